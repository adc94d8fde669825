"""Whether what was read of the own documents holds each right value in the right relation.

The values, and where they stand, were written down before the documents were read
(benchmarks/own_documents/README.md); no model takes part.
"""

import csv
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest

from rare_app.documents import Document, Page, read_document
from rare_app.documents.tables import cells_of
from rare_app.settings import Settings

from .tables import texts

OWN = Path(__file__).parents[2] / "benchmarks" / "own_documents"


def rows():
    with (OWN / "questions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def documents(folder: str) -> dict[str, Document]:
    """All files of a folder, and what is attached to them, by name."""
    found = {}
    with tempfile.TemporaryDirectory() as kept:
        paths = sorted((OWN / folder).iterdir())
        for path in paths:
            read = read_document(path, name=path.name, settings=Settings(home=Path(kept)))
            found[path.name] = read
            for one in read.attachments:
                paths.append(Path(kept) / one.name)
                paths[-1].write_bytes(one.data)
    return found


def one_line(text: str) -> str:
    return " ".join(re.sub(r"[*\\]", "", text).split())


def words_stand(document: Document, words: str) -> bool:
    """Whether a block, below its headings, holds pieces of text in their order."""
    pattern = ".*?".join(re.escape(one_line(piece)) for piece in words.split("…"))
    return any(re.search(pattern, text) for page in document.pages for text in blocks(page))


def blocks(page: Page):
    """Text of each block of a page after the headings that it stands under."""
    headings: list[tuple[int, str]] = []
    for block in page.blocks:
        text = one_line(page.text[block.start : block.end])
        if block.kind == "heading":
            headings = [one for one in headings if one[0] < block.level] + [(block.level, text)]
        yield " ".join([*(heading for _, heading in headings), text])


def values(document: Document, row: str, column: str) -> list[str]:
    """Cells of the rows that hold a cell, in the column whose heads hold all of some words."""
    found = []
    for page in document.pages:
        for block in page.blocks:
            lines = [cells_of(line) for line in page.text[block.start : block.end].split("\n")]
            lines = [[one_line(cell) for cell in line] for line in lines if line]
            if block.kind != "table" or not lines:
                continue
            rule = next((n for n, line in enumerate(lines) if set(line) == {"---"}), 1)
            heads = [" ".join(column) for column in zip(*lines[:rule], strict=True)]
            wanted = set(column.split())
            places = [n for n, head in enumerate(heads) if wanted <= set(head.split())]
            for line in lines[rule + 1 :]:
                if row in line and places:
                    assert len(places) == 1, (column, heads)
                    found.append(line[places[0]])
    return found


@pytest.mark.parametrize("asked", rows(), ids=lambda row: f"{row['folder']}: {row['question']}")
def test_the_right_value_was_read(asked):
    kind, _, place = asked["read"].partition(": ")
    if not kind:
        assert not asked["right"]
        return
    document = documents(asked["folder"])[asked["file"]]
    if kind == "table":
        row, column, value = re.fullmatch(r"(.+?) \| (.+?) = ?(.*)", place).groups()
        assert values(document, row, column) == [value]
    elif kind == "blank":
        assert words_stand(document, f"{place} (blank)")
    else:
        assert words_stand(document, place)


def test_pages_are_called_by_their_labels():
    (manual,) = documents("pump-manual").values()
    assert [page.label for page in manual.pages] == ["i", "ii", "1", "2", "3"]


def test_what_is_struck_out_is_told_with_what_stands_in_its_place():
    (manual,) = documents("pump-manual").values()
    assert "[Struck out by M. Falk, “0.45 mm.”] 0.35 mm since" in manual.pages[2].text


def test_paragraphs_stay_whole_where_fonts_do_not_tell_how_deep_letters_reach():
    (report,) = documents("avis-pont").values()
    said = [one_line(text) for text in texts(report, "paragraph")]
    assert (
        "Le présent avis porte sur le pont de la Verrière, ouvrage en béton précontraint de trois "
        "travées franchissant la Saône, mis en service en 1974. Il remplace l’avis no 2020-31."
    ) in said
    assert said[-1] == "Avis 2026-14 – page 1"


def test_what_is_printed_above_and_below_columns_is_in_none_of_them():
    (guideline,) = documents("cold-chain").values()
    for page in guideline.pages:
        lines = page.text.split("\n")
        assert lines[0].startswith("Western Region Health Service  Cold chain guideline")
        assert lines[-1].startswith("Valid from 1 February 2026  ")
    assert "\n2. Storage temperatures\n" in guideline.pages[0].text
    assert "it is\nused within 18 months" in guideline.pages[0].text
    assert "may be used as a second display\nonly." in guideline.pages[0].text


def test_a_bold_row_of_dates_names_columns_and_a_price_names_none():
    (findings,) = documents("blutwerte").values()
    offer = documents("press-offers")["presswerk-taunus.pdf"]
    heads = [
        block.head
        for document in (findings, offer)
        for page in document.pages
        for block in page.blocks
        if block.kind == "table"
    ]
    assert "Referenzbereich | 12.03.2026 |" in heads[0]
    assert heads[1] == ""
