"""Export answered questions, one or a whole chat, as a file."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rare_app import __version__
from rare_app.errors import UserError
from rare_app.export.docx import docx_file
from rare_app.export.markdown import markdown_file, markdown_text
from rare_app.export.pdf import pdf_file
from rare_app.export.pictures import PagePictures
from rare_app.export.sheet import lay_out
from rare_app.export.types import AnsweredTurn, ExportedFile, ExportFormat, TurnSheet
from rare_app.plain import plain_line

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIXES: dict[str, ExportFormat] = {".md": "md", ".zip": "md", ".docx": "docx", ".pdf": "pdf"}
_NAME_LENGTH = 60


def export_turns(
    turns: Sequence[AnsweredTurn],
    *,
    form: ExportFormat,
    pictures: PagePictures | None = None,
    title: str = "",
    now: datetime | None = None,
) -> ExportedFile:
    """Write answered questions with their sources, quotes and page pictures into one file.

    Parameters
    ----------
    turns : sequence of AnsweredTurn
        One for an answer, several for a chat; at least one.
    form : {"md", "docx", "pdf"}
        Markdown with pictures comes as a zip of the text and its pictures.
    pictures : PagePictures or None
        Draws the cited pages; ``None`` for none.
    title : str
        Of the file; by default the first question.
    now : datetime, optional
        Stands in for the time of the export in tests.

    Raises
    ------
    ValueError
        There is no turn.
    """
    sheets, title, made = _sheets(turns, pictures, title, now)
    suffix: str = form
    if form == "md":
        suffix, media_type, data = markdown_file(sheets, title=title, made=made)
    elif form == "docx":
        media_type, data = _DOCX, docx_file(sheets, title=title, made=made)
    else:
        media_type, data = "application/pdf", pdf_file(sheets, title=title, made=made)
    return ExportedFile(name=f"{file_stem(title)}.{suffix}", media_type=media_type, data=data)


def write_export(
    turns: Sequence[AnsweredTurn], path: Path, *, pictures: PagePictures | None = None
) -> list[Path]:
    """Write answered questions into a file whose suffix tells the format.

    ``.md`` gets its pictures into a folder beside it, ``.zip`` holds Markdown and pictures.

    Returns
    -------
    list of Path
        What was written: the file, and the folder if there is one.

    Raises
    ------
    UserError
        The suffix is none of a format, or the file cannot be written.
    """
    form = export_format(path)
    try:
        if path.suffix.lower() != ".md":
            path.write_bytes(export_turns(turns, form=form, pictures=pictures).data)
            return [path]
        sheets, title, made = _sheets(turns, pictures, "", None)
        folder = f"{file_stem(path.stem)} pages".replace(" ", "-")
        text, drawn = markdown_text(sheets, title=title, made=made, folder=folder)
        for name, picture in drawn.items():
            (path.parent / folder).mkdir(exist_ok=True)
            (path.parent / name).write_bytes(picture.png)
        path.write_text(text, encoding="utf-8", newline="\n")
        return [path, path.parent / folder] if drawn else [path]
    except OSError as error:
        raise UserError(
            f"“{path}” cannot be written ({error.strerror}): choose another place."
        ) from error


def export_format(path: Path) -> ExportFormat:
    """Tell the format that a file's suffix stands for.

    Raises
    ------
    UserError
        It stands for none, or there is no such folder.
    """
    form = _SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise UserError(
            f"“{path.name}” cannot be exported: its name must end in .md, .zip (Markdown with its "
            "pictures), .docx or .pdf."
        )
    if not path.absolute().parent.is_dir():
        raise UserError(f"There is no folder “{path.absolute().parent}”: make it first.")
    return form


def _sheets(
    turns: Sequence[AnsweredTurn],
    pictures: PagePictures | None,
    title: str,
    now: datetime | None,
) -> tuple[list[TurnSheet], str, str]:
    """Lay out all turns: their sheets, the title, and what is said of the making."""
    if not turns:
        raise ValueError("there is nothing to export")
    sheets = [lay_out(turn, pictures=pictures) for turn in turns]
    title = plain_line(title) or plain_line(turns[0].question) or "Answer"
    made = f"Exported from RARE {__version__} on {(now or datetime.now()):%Y-%m-%d %H:%M}"
    return sheets, title, made


def file_stem(title: str) -> str:
    """Make a file's name of a title: letters, digits and blanks, on every platform allowed."""
    kept = " ".join(re.sub(r"[^\w\s-]", " ", plain_line(title)).split())
    return kept[:_NAME_LENGTH].strip(" -_") or "answer"
