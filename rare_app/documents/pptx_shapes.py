"""The shapes of a slide as texts and tables, with where they stand on it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rare_app.documents.chart import read_chart
from rare_app.documents.clean import clean_characters
from rare_app.documents.container import parse_xml
from rare_app.documents.package import text_of
from rare_app.documents.sheet import Box, Grid, Sheet, Shown, kind_of
from rare_app.documents.sheet_tables import find_tables
from rare_app.documents.slide_layout import Shape
from rare_app.documents.tables import Table

if TYPE_CHECKING:
    from pptx.slide import Slide

_TITLES = frozenset({"title", "ctrTitle", "vertTitle"})
_LISTS = frozenset({"body", "obj", ""})
_RUNNING = frozenset({"ftr", "dt", "hdr"})
_FILE_NAME = re.compile(r"[\w\s().-]+\.(?:png|jpe?g|gif|emf|wmf|tiff?|bmp|svg)", re.IGNORECASE)
_MOST_CELLS = 200_000
_DEEPEST = 30

Scale = tuple[float, float, float, float]
"""Offset and factor across, offset and factor down: from a group's units to the slide's."""


class Line(NamedTuple):
    """A paragraph of a shape: its text, how deep it stands in a list, and its mark (if any)."""

    text: str
    level: int = 0
    mark: str = ""


class SlideShapes:
    """What stands on a slide.

    Attributes
    ----------
    title : str
    found : list of Shape
        Contents are lists of :class:`Line`, or a :class:`Table`.
    running : list of str
        Footer and date.
    pictures, objects : int
        How many pictures without words about them, and embedded files, were not read.
    """

    def __init__(self, slide: "Slide") -> None:
        self.title = ""
        self.running: list[str] = []
        self.pictures = 0
        self.objects = 0
        self._slide = slide
        self.found = self._read(slide.shapes, (0.0, 1.0, 0.0, 1.0), 0)

    def _read(self, shapes: Any, scale: Scale, depth: int) -> list[Shape]:
        found = []
        for shape in shapes:
            if shape.element.xpath("boolean(./*/p:cNvPr[@hidden='1' or @hidden='true'])"):
                continue
            one = self._read_shape(shape, scale, depth)
            if one is not None:
                found.append(one)
        return found

    def _read_shape(self, shape: Any, scale: Scale, depth: int) -> Shape | None:
        kind = _placeholder(shape)
        if kind == "sldNum":
            return None
        tag = shape.element.tag.rpartition("}")[2]
        box = _box(shape, scale)
        if tag == "grpSp":
            parts = self._read(shape.shapes, _inside(shape, scale), depth + 1)
            return Shape(*box, parts=parts) if parts and depth < _DEEPEST else None
        if tag == "graphicFrame":
            return self._read_frame(shape, box)
        if tag == "pic":
            said = _described(shape)
            self.pictures += not said
            text = f"[Picture] {said}"
            return Shape(*box, text=text, content=[Line(text)], loose=False) if said else None
        if not getattr(shape, "has_text_frame", False):
            return None
        lines = _lines(shape.text_frame, listed=kind is not None and kind in _LISTS)
        text = "\n".join(line.text for line in lines)
        if kind in _TITLES and text and not self.title:
            self.title = " ".join(text.split())
            return None
        if kind in _RUNNING:
            self.running += [text] if text else []
            return None
        loose = not any(line.mark for line in lines)
        return Shape(*box, text=text, content=lines, loose=loose)

    def _read_frame(self, shape: Any, box: tuple[float, float, float, float]) -> Shape | None:
        """Read a table, a chart, or a drawing made of words (SmartArt)."""
        table: Table | None = None
        if shape.has_table:
            table = _read_table(shape.table)
        elif shape.has_chart:
            table = read_chart(parse_xml(shape.chart_part.blob))
        elif shape.element.xpath(".//*[local-name()='relIds']"):
            lines = self._read_diagram(shape)
            text = "\n".join(line.text for line in lines)
            return Shape(*box, text=text, content=lines, loose=False) if text else None
        else:
            self.objects += 1
        if table is None or not table.rows:
            return None
        return Shape(*box, text="table", content=table, loose=False)

    def _read_diagram(self, shape: Any) -> list[Line]:
        key = shape.element.xpath(".//*[local-name()='relIds']/@*[local-name()='dm']")
        part = self._slide.part.rels.get(str(key[0])) if key else None
        if part is None or part.is_external:
            return []
        points = parse_xml(part.target_part.blob).iter("{*}pt")
        texts = (_clean(" ".join(text_of(p) for p in one.iter("{*}p"))) for one in points)
        return [Line(text, mark="-") for text in texts if text]


def as_table(
    rows: Sequence[Sequence[str]], *, merged: Sequence[Box] = (), bold: bool = False
) -> Table:
    """Make a table of texts; which rows name the columns is told by what stands in them."""
    cells = {
        number: {
            column: Shown(text, kind_of(text), bold and number == 0)
            for column, text in enumerate(row)
            if text
        }
        for number, row in enumerate(rows)
    }
    sheet = Sheet("", cells={n: row for n, row in cells.items() if row}, merged=list(merged))
    found = find_tables(Grid(sheet), single=True)
    tables = [one.table for one in found if one.table is not None]
    return tables[0] if len(found) == 1 and tables else Table(rows=tuple(map(tuple, rows)), heads=0)


def _read_table(table: Any) -> Table:
    rows: list[list[str]] = []
    merged: list[Box] = []
    width = len(table.columns)
    for number, row in enumerate(table.rows):
        if (number + 1) * width > _MOST_CELLS:
            break
        texts = []
        for column, cell in enumerate(row.cells):
            if cell.is_merge_origin:
                end = number + cell.span_height - 1, column + cell.span_width - 1
                merged.append(Box(number, column, *end))
            texts.append("" if cell.is_spanned else _clean(cell.text))
        rows.append(texts)
    return as_table(rows, merged=merged, bold=bool(table.first_row))


def _placeholder(shape: Any) -> str | None:
    """Give a placeholder's kind as the file has it, empty for the general one."""
    found = shape.element.xpath("./*/p:nvPr/p:ph")
    return None if not found else str(found[0].get("type", ""))


def _described(shape: Any) -> str:
    """Give the words that describe a picture; a file's name is none."""
    said = _clean(str(shape.element.xpath("string(./*/p:cNvPr/@descr)")))
    return "" if _FILE_NAME.fullmatch(said) else said


def _box(shape: Any, scale: Scale) -> tuple[float, float, float, float]:
    left, top = float(shape.left or 0), float(shape.top or 0)
    right, bottom = left + float(shape.width or 0), top + float(shape.height or 0)
    across, wider, down, higher = scale
    return (
        across + left * wider, down + top * higher, across + right * wider, down + bottom * higher,
    )  # fmt: skip


def _inside(group: Any, scale: Scale) -> Scale:
    """Give the scale of what a group holds."""
    across, wider, down, higher = scale
    found = group.element.xpath("./p:grpSpPr/a:xfrm")
    if not found:
        return scale
    numbers = {
        name: (float(one.get(a, 0)), float(one.get(b, 0)))
        for name, a, b in (
            ("off", "x", "y"), ("ext", "cx", "cy"), ("chOff", "x", "y"), ("chExt", "cx", "cy"),
        )
        for one in found[0].iterchildren(f"{{*}}{name}")
    }  # fmt: skip
    if len(numbers) < 4 or not all(numbers["chExt"]):
        return scale
    by_x = numbers["ext"][0] / numbers["chExt"][0]
    by_y = numbers["ext"][1] / numbers["chExt"][1]
    return (
        across + (numbers["off"][0] - numbers["chOff"][0] * by_x) * wider, wider * by_x,
        down + (numbers["off"][1] - numbers["chOff"][1] * by_y) * higher, higher * by_y,
    )  # fmt: skip


def _lines(frame: Any, *, listed: bool) -> list[Line]:
    """Read a shape's paragraphs; in a list each has the mark that is shown before it."""
    paragraphs = [(one, _clean_lines(one.text)) for one in frame.paragraphs]
    paragraphs = [(one, text) for one, text in paragraphs if text]
    counts: dict[int, int] = {}
    lines = []
    for paragraph, text in paragraphs:
        level = int(paragraph.level or 0)
        marks = {one.tag.rpartition("}")[2]: one for one in paragraph._p.xpath("./a:pPr/*")}
        mark = "-" if listed and len(paragraphs) > 1 else ""
        if "buNone" in marks:
            mark = ""
        elif "buAutoNum" in marks:
            start = marks["buAutoNum"].get("startAt", "1")
            counts[level] = counts.get(level, int(start) - 1 if start.isdigit() else 0) + 1
            mark = f"{counts[level]}."
        elif "buChar" in marks or "buBlip" in marks:
            mark = "-"
        if "buAutoNum" not in marks:
            counts.pop(level, None)
        counts = {deep: count for deep, count in counts.items() if deep <= level}
        lines.append(Line(text, level, mark))
    return lines


def _clean_lines(text: str) -> str:
    lines = clean_characters(text.replace("\v", "\n")).split("\n")
    return "\n".join(line for line in lines if line.strip())


def _clean(text: str) -> str:
    return " ".join(clean_characters(text.replace("\v", " ")).split())
