"""PowerPoint presentations: what each slide shows, in the order in which it is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rare_app.documents.container import check_container
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import TooManyPagesError, show_name
from rare_app.documents.parts import LONGEST_PART, cut_into_parts
from rare_app.documents.pptx_notes import read_authors, read_comments, speaker_notes
from rare_app.documents.pptx_shapes import Line, SlideShapes, as_table
from rare_app.documents.slide_layout import Cluster, Shape, arrange
from rare_app.documents.tables import Table
from rare_app.documents.types import Page
from rare_app.documents.write_page import PageWriter
from rare_app.documents.write_sheet import slices
from rare_app.settings import Settings

if TYPE_CHECKING:
    from pptx.slide import Slide

_SHORT = 60
"""Characters of the longest text of a box that is read in one line with its neighbour."""


@dataclass(slots=True)
class _LeftOut:
    """What was not read, by the number of its slide."""

    hidden: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)


def read_pptx(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a presentation, each slide as a page.

    Parameters
    ----------
    path : Path
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once a slide.

    Returns
    -------
    Draft
        A hidden slide is an empty page, so that the others keep their numbers; the notes say
        which were hidden.

    Raises
    ------
    EncryptedFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    from pptx import Presentation

    check_container(path, name=name)
    with path.open("rb") as file:
        deck = Presentation(file)
    slides = list(deck.slides)
    if len(slides) > settings.maximum_pages:
        raise TooManyPagesError(
            f"{show_name(name)} has {len(slides):,} slides, more than the "
            f"{settings.maximum_pages:,} allowed: split it into smaller files, or raise the option "
            "“maximum_pages”."
        )
    area = float(deck.slide_width or 0) * float(deck.slide_height or 0)
    authors = read_authors(deck.part)
    left_out = _LeftOut()
    pages = []
    for number, slide in enumerate(slides, start=1):
        if slide.element.get("show") in ("0", "false"):
            left_out.hidden.append(number)
            pages.append(Page(number, ""))
        else:
            pages.append(_read_slide(slide, number, area, authors, left_out))
        on_page(number, len(slides))
    macros = any(str(part.partname).endswith("vbaProject.bin") for part in _parts(deck.part))
    return Draft(
        media_type=Format.PPTX, page_kind="slide", pages=tuple(pages),
        title=deck.core_properties.title or "",
        notes=(*_say(left_out), *(["Its macros were not read."] if macros else [])),
    )  # fmt: skip


def _parts(part: Any) -> Iterator[Any]:
    return (one.target_part for one in part.rels.values() if not one.is_external)


def _read_slide(
    slide: "Slide", number: int, area: float, authors: dict[str, str], left_out: _LeftOut
) -> Page:
    """Write a slide: its title, its shapes, its notes and comments."""
    shapes = SlideShapes(slide)
    writer = PageWriter()
    if shapes.title:
        writer.add("heading", shapes.title, level=1)
    for cluster in arrange(shapes.found, area=area):
        _write_cluster(writer, cluster)
    for text in shapes.running:
        writer.add("running", text)
    for said in (*speaker_notes(slide), *read_comments(slide.part, authors)):
        for part in cut_into_parts(said, longest=LONGEST_PART):
            writer.add("note", part)
    left_out.pictures += [number] * shapes.pictures
    left_out.objects += [number] * shapes.objects
    return writer.page(number)


def _write_cluster(writer: PageWriter, cluster: Cluster) -> None:
    """Write shapes that are read together: a table of boxes, a paragraph, or each by itself."""
    if cluster.rows:
        rows = [[shape.text for shape in row] for row in cluster.rows]
        _write_table(writer, as_table(rows))
    elif len(cluster.shapes) > 1:
        texts = [shape.text for shape in cluster.shapes]
        # “Data migration” over “Lead: Tomas Wieland” says one thing: neither is read alone.
        short = all(len(text) <= _SHORT and "\n" not in text for text in texts)
        writer.add("paragraph", (" – " if short else "\n").join(texts))
    else:
        _write_shape(writer, cluster.shapes[0])


def _write_shape(writer: PageWriter, shape: Shape) -> None:
    content = shape.content
    if isinstance(content, Table):
        _write_table(writer, content)
        return
    lines: Sequence[Line] = content or ()
    plain: list[str] = []
    for line in lines:
        if line.mark:
            writer.add("paragraph", "\n".join(plain))
            plain = []
            writer.add("item", f"{'  ' * line.level}{line.mark} {line.text}", level=line.level)
        elif line.text:
            plain.append(line.text)
    writer.add("paragraph", "\n".join(plain))


def _write_table(writer: PageWriter, table: Table) -> None:
    for one in slices(table):
        writer.add_table(one.table)


def _say(left_out: _LeftOut) -> list[str]:
    """Say what was not read, a sentence each."""
    said = []
    if left_out.hidden:
        one = len(left_out.hidden) == 1
        said.append(f"The hidden {_on(left_out.hidden)} {'was' if one else 'were'} not read.")
    for numbers, singular, plural in (
        (left_out.pictures, "picture", "pictures"),
        (left_out.objects, "embedded object", "embedded objects"),
    ):
        if numbers:
            noun, verb = (singular, "was") if len(numbers) == 1 else (plural, "were")
            said.append(f"{len(numbers)} {noun} ({_on(numbers)}) {verb} not read.")
    return said


def _on(numbers: Sequence[int]) -> str:
    places = list(dict.fromkeys(numbers))
    noun = "slide" if len(places) == 1 else "slides"
    more = " and others" if len(places) > 20 else ""
    return f"{noun} {', '.join(map(str, places[:20]))}{more}"
