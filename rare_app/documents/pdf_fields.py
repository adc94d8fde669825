"""Lines of a PDF's page that hold form fields or ruled tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.documents.pdf_lines import Line, Run
from rare_app.documents.pdf_marks import Edges, Field
from rare_app.documents.pdf_ruled import RuledTable
from rare_app.documents.tables import Table
from rare_app.documents.types import BlockKind

_FAR_LABEL = 25.0
"""Line heights between a field and its label, at most."""


@dataclass(slots=True)
class Piece:
    """A part of a page.

    Attributes
    ----------
    kind : BlockKind
        A heading is not known before the whole document is: it comes as a paragraph.
    text : str
        Empty for a table.
    box : Edges
        In the frame of the words.
    size : float
        Height of its largest line, in points.
    place : Edges or None
        Of a comment: where the page that is seen shows it.
    """

    kind: BlockKind
    text: str
    box: Edges
    size: float = 0.0
    bold: bool = False
    table: Table | None = None
    lines: int = 1
    level: int = 0
    place: Edges | None = None


def round_lines(lines: Sequence[Line]) -> Edges:
    """Give the box round lines."""
    return (
        min(one.left for one in lines),
        min(one.top for one in lines),
        max(one.right for one in lines),
        max(one.bottom for one in lines),
    )


def labels_below(line: Line, below: Line) -> bool:
    """Whether a line names the one field below it, which has nothing beside it."""
    run = below.runs[0]
    return (
        len(below.runs) == 1
        and isinstance(run.content, Field)
        and len(line.runs) == 1
        and below.top - line.bottom <= 0.6 * line.size
        and abs(line.left - run.left) <= 2 * line.size
        and len(line.text.split()) <= 12
    )


def read_special(line: Line, above: Line | None) -> list[Piece]:
    """Read a line that holds ruled tables or form fields, with their labels beside them."""
    pieces: list[Piece] = []
    waiting: list[Run] = [] if above is None else list(above.runs)
    for at, run in enumerate(line.runs):
        content = run.content
        if isinstance(content, RuledTable):
            pieces += _plain(waiting)
            waiting = []
            box = (run.left, run.top, run.right, run.bottom)
            pieces.append(Piece("table", "", box, run.size, table=content.table))
        elif isinstance(content, Field):
            after = line.runs[at + 1] if at + 1 < len(line.runs) else None
            behind = (
                content.is_box
                and after is not None
                and after.content is None
                and after.left - run.right <= 2 * run.size
                and not (waiting and run.left - waiting[-1].right < after.left - run.right)
            )
            if behind and after is not None:
                pieces += _plain(waiting)
                waiting = []
                pieces.append(_field(run, content, after))
                after.content = _USED
            else:
                label = waiting.pop() if waiting and _is_near(waiting[-1], run) else None
                pieces += _plain(waiting)
                waiting = []
                pieces.append(_field(run, content, label))
        elif content is None:
            waiting.append(run)
    return pieces + _plain(waiting)


_USED = object()
"""Content of a run that was read as the label of a field."""


def _is_near(label: Run, run: Run) -> bool:
    return run.left - label.right <= _FAR_LABEL * label.size


def _plain(runs: Sequence[Run]) -> list[Piece]:
    if not runs:
        return []
    line = Line(list(runs))
    return [Piece("paragraph", line.text, round_lines([line]), line.size, line.bold)]


def _field(run: Run, content: Field, label: Run | None) -> Piece:
    words = label.text.rstrip("_. …") if label is not None else ""
    words = words or content.name
    shown = f"{words} " if words.endswith((":", "?")) else f"{words}: " if words else ""
    line = Line([run] if label is None else [run, label])
    return Piece("field", f"{shown}{run.text}", round_lines([line]), run.size)
