"""Answers as Markdown; with page pictures as a zip that holds the text and the pictures.

Everything that is not ours is escaped, so that no document can put a link, a picture or HTML into
the file: https://spec.commonmark.org/0.31.2/#backslash-escapes.
"""

import io
import re
import zipfile
from collections.abc import Sequence

from rare_app.export.types import Part, Picture, Source, TurnSheet

_SPECIAL = re.compile(
    r"[\\`*_{}\[\]#+|~$@=]|^-|:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=\bwww)\.", re.IGNORECASE
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NUMBERED = re.compile(r"^(\d+)([.)])")


def escape_markdown(text: str) -> str:
    """Escape one line of text that is to be read as it stands."""
    line = _SPECIAL.sub(lambda found: f"\\{found[0]}", text.strip())
    line = "".join(_ENTITIES.get(one, one) for one in line)
    return _NUMBERED.sub(r"\1\\\2", line)


def markdown_text(
    sheets: Sequence[TurnSheet], *, title: str, made: str, folder: str = "pages"
) -> tuple[str, dict[str, Picture]]:
    """Write answers as Markdown.

    Parameters
    ----------
    title : str
        Heading of the whole; of a single question the question itself.
    made : str
        When and with what the file was made; stands at its end.
    folder : str
        Folder of the pictures.

    Returns
    -------
    text : str
    pictures : dict
        By the path that the text names; each page once.
    """
    pictures: dict[str, Picture] = {}
    names: dict[int, str] = {}
    lines = [f"# {escape_markdown(_one_line(title))}", ""]
    for sheet in sheets:
        if len(sheets) > 1:
            lines += [f"## {escape_markdown(_one_line(sheet.question))}", ""]
        elif _one_line(sheet.question) != _one_line(title):
            lines += [*_paragraph(sheet.question), ""]
        lines += _turn(sheet, folder, pictures, names)
    lines += ["---", "", *_paragraph(made), ""]
    return "\n".join(lines), pictures


def markdown_file(sheets: Sequence[TurnSheet], *, title: str, made: str) -> tuple[str, str, bytes]:
    """Write answers as a file: suffix, media type and bytes; a zip where there are pictures."""
    text, pictures = markdown_text(sheets, title=title, made=made)
    if not pictures:
        return "md", "text/markdown", text.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answer.md", text.encode())
        for path, picture in pictures.items():
            archive.writestr(path, picture.png, zipfile.ZIP_STORED)
    return "zip", "application/zip", stream.getvalue()


def _turn(
    sheet: TurnSheet, folder: str, pictures: dict[str, Picture], names: dict[int, str]
) -> list[str]:
    lines = [f"**{'Answer' if sheet.answered else 'Not answered'}**", ""]
    if sheet.table:
        heads, *rows = ([_cell(one) for one in row] for row in sheet.table)
        for line in (heads, ["---"] * len(heads), *rows):
            lines.append(f"| {' | '.join(line)} |")
        lines.append("")
    lines += [*_answer(sheet.answer), ""]
    if sheet.claims:
        lines += ["**Claims**", ""]
        lines += [
            f"- {escape_markdown(one.text)} – {escape_markdown(one.verdict)}"
            f"{', ' + _marks(one.sources) if one.sources else ''}"
            for one in sheet.claims
        ]
        lines.append("")
    if sheet.sources:
        lines += ["**Sources**", ""]
        shown: set[str] = set()
        for source in sheet.sources:
            lines += _source(source)
            if source.picture is not None:
                path = _path(source.picture, folder, pictures, names)
                if path not in shown:
                    shown.add(path)
                    lines += [f"![{escape_markdown(source.picture.alt)}]({path})", ""]
    if sheet.reasoning:
        lines += ["**Reasoning**", "", *_paragraph(sheet.reasoning), ""]
    if sheet.others:
        what = "Other passages that were read" if sheet.sources else "Closest passages"
        lines += [f"**{what}**", ""]
        for source in sheet.others:
            lines += _source(source)
    if sheet.facts:
        lines += [*_paragraph(" · ".join(sheet.facts)), ""]
    return lines


def _answer(parts: Sequence[Part]) -> list[str]:
    # Marks are ours and must stay whole: they are put in for a sign that no text holds.
    ours: list[str] = []
    text = ""
    for part in parts:
        text += part.text
        if part.marks:
            text += f"\x00{len(ours)}\x01"
            ours.append(f" {_marks(part.marks)}")
        if part.warning:
            text += f"\x00{len(ours)}\x01"
            ours.append(f" *({escape_markdown(part.warning)})*")
    lines = _paragraph(text)
    return [re.sub("\x00(\\d+)\x01", lambda found: ours[int(found[1])], one) for one in lines]


def _cell(parts: Sequence[Part]) -> str:
    return " ".join(line.rstrip("\\") for line in _answer(parts))


def _source(source: Source) -> list[str]:
    number = f"{_marks((source.number,))} " if source.number else ""
    head = f"{number}**{escape_markdown(source.document)}**, {escape_markdown(source.place)}"
    if source.section:
        head += f" – {escape_markdown(source.section)}"
    lines = [head, ""]
    for quote in source.quotes:
        lines += [f"> {one}" if one else ">" for one in _paragraph(quote)]
        lines.append("")
    if source.around:
        lines += [*([] if not source.quotes else ["In the passage:", ""])]
        lines += [*_paragraph(source.around), ""]
    return lines


def _marks(numbers: Sequence[int]) -> str:
    return "".join(f"\\[{number}\\]" for number in numbers)


def _path(
    picture: Picture, folder: str, pictures: dict[str, Picture], names: dict[int, str]
) -> str:
    if id(picture) not in names:
        names[id(picture)] = f"{folder}/page-{len(names) + 1}.png"
        pictures[names[id(picture)]] = picture
    return names[id(picture)]


def _paragraph(text: str) -> list[str]:
    """Write text in its lines: each ends in a break, an empty one ends the paragraph."""
    lines = [escape_markdown(one) for one in text.strip().split("\n")]
    return [
        f"{one}\\" if one and i + 1 < len(lines) and lines[i + 1] else one
        for i, one in enumerate(lines)
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
