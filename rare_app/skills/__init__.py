"""What code does because a model should not be trusted with it: whole lists, cells of tables."""

from rare_app.skills.asked_list import AskedList, Lists, find_lists, gains_of, overlaps
from rare_app.skills.cell_check import (
    Cells,
    cells_that_answer,
    misplaced_figures,
    names_a_cell,
    quoted_rows,
    unheard_codes,
)
from rare_app.skills.exchanged import Exchanged, exchanged_figures
from rare_app.skills.grids import grids_in, head_lines, tables_of
from rare_app.skills.listing import (
    complete_list,
    list_completion,
    list_in,
    prove_list,
    rest_of_list,
    share_of_list,
)
from rare_app.skills.row_gains import Rows, row_gains
from rare_app.skills.sheets import bind_sheets
from rare_app.skills.skill import Said, Seen, Skill
from rare_app.skills.spell_rows import BLANK, names_a_blank, open_cells, spell_rows, spell_value
from rare_app.skills.surroundings import NOTHING_KNOWN, Sheet, Surroundings

SKILLS: tuple[Skill, ...] = (Lists(), Rows(), Cells(), Exchanged())
"""Those of the app; what each says is added up."""

__all__ = [
    "BLANK",
    "NOTHING_KNOWN",
    "SKILLS",
    "AskedList",
    "Cells",
    "Exchanged",
    "Lists",
    "Rows",
    "Said",
    "Seen",
    "Sheet",
    "Skill",
    "Surroundings",
    "bind_sheets",
    "cells_that_answer",
    "complete_list",
    "exchanged_figures",
    "find_lists",
    "gains_of",
    "grids_in",
    "head_lines",
    "list_completion",
    "list_in",
    "misplaced_figures",
    "names_a_blank",
    "names_a_cell",
    "open_cells",
    "overlaps",
    "prove_list",
    "quoted_rows",
    "rest_of_list",
    "row_gains",
    "share_of_list",
    "spell_rows",
    "spell_value",
    "tables_of",
    "unheard_codes",
]
