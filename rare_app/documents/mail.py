"""Mail: .eml, .mbox (a message a page) and Outlook's .msg."""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from email.utils import parseaddr
from pathlib import Path

from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import (
    EmptyFileError,
    EncryptedFileError,
    TooManyPagesError,
    show_name,
)
from rare_app.documents.mail_parts import MOST_ATTACHMENTS, Parts, header, parse, parts_of, when
from rare_app.documents.parts import cut_page
from rare_app.documents.quoted import Said, take_apart
from rare_app.documents.tables import Table, cells_of
from rare_app.documents.types import Attachment, Page
from rare_app.documents.write_page import PageWriter
from rare_app.plain import counted
from rare_app.settings import Settings

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_HEADING = re.compile(r"(#{1,6}) +(\S.*)")
_DASHES = re.compile(r"[:\s-]*-[:\s-]*")


def read_eml(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a mail; see :func:`read_mail`."""
    return read_mail(path, Format.EML, name=name, settings=settings, on_page=on_page)


def read_mbox(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a box of mails; see :func:`read_mail`."""
    return read_mail(path, Format.MBOX, name=name, settings=settings, on_page=on_page)


def read_msg(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a mail of Outlook; see :func:`read_mail`."""
    return read_mail(path, Format.MSG, name=name, settings=settings, on_page=on_page)


def read_mail(path: Path, kind: Format, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a mail or a box of mails.

    Parameters
    ----------
    path : Path
    kind : Format
        ``EML``, ``MBOX`` or ``MSG``.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every message.

    Returns
    -------
    Draft
        A message a page: header lines first, then the body, in which every paragraph of an earlier
        mail says that it is quoted, from whom and when. A message of more than about 20,000
        characters goes over several pages, which are called parts then. Attachments go along.

    Raises
    ------
    EncryptedFileError, EmptyFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    pages: list[Page] = []
    attachments: list[Attachment] = []
    told = Parts()
    title = ""
    number = 0
    for number, message in enumerate(_messages(path, kind), start=1):
        parts = parts_of(message, name=name)
        if kind != Format.MBOX:
            title = header(message, "Subject")
            _refuse_sealed(parts, name=name)
        pages += write_message(message, parts, first=len(pages) + 1)
        if len(pages) > settings.maximum_pages:
            raise TooManyPagesError(
                f"{show_name(name)} has more messages than the {settings.maximum_pages:,} allowed: "
                "split it into smaller files, or raise the option “maximum_pages”."
            )
        own = [
            replace(one, name=f"message {number} › {one.name}") if kind == Format.MBOX else one
            for one in parts.attachments
        ]
        told.left_out += parts.left_out + max(0, len(attachments) + len(own) - MOST_ATTACHMENTS)
        told.pictures += parts.pictures
        told.sealed = told.sealed or parts.sealed
        attachments = (attachments + own)[:MOST_ATTACHMENTS]
        on_page(number, number)
    if not number:
        raise EmptyFileError(f"{show_name(name)} holds no message: add a file with mail.")
    return Draft(
        media_type=kind,
        page_kind="message" if len(pages) == number else "part",
        pages=tuple(pages),
        title=title,
        notes=_notes(told),
        attachments=tuple(attachments),
    )


def _refuse_sealed(parts: Parts, *, name: str) -> None:
    if parts.sealed and not parts.texts:
        raise EncryptedFileError(
            f"{show_name(name)} is an encrypted mail: open it in your mail program, save its text "
            "or a decrypted copy, and add that."
        )


def _messages(path: Path, kind: Format) -> Iterator[Message]:
    if kind == Format.MSG:
        from rare_app.documents.msg import read_msg

        yield read_msg(path)
    elif kind == Format.MBOX:
        box = mailbox.mbox(path, create=False)
        try:
            for key in box.iterkeys():
                yield parse(re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key)))
        finally:
            box.close()
    else:
        yield parse(path.read_bytes())


def _notes(told: Parts) -> tuple[str, ...]:
    """Say what was not read."""
    found = []
    if told.pictures:
        verb = "was" if told.pictures == 1 else "were"
        found.append(f"{counted(told.pictures, 'picture')} inside the text {verb} not read.")
    if told.left_out:
        found.append(
            f"{counted(told.left_out, 'attachment')} beyond the first {MOST_ATTACHMENTS} "
            f"{'was' if told.left_out == 1 else 'were'} not read."
        )
    if told.sealed:
        found.append("Encrypted parts were not read.")
    return tuple(found)


def write_message(message: Message, parts: Parts, *, first: int) -> list[Page]:
    """Write a message as pages.

    Parameters
    ----------
    message : Message
    parts : Parts
        Its body and attachments.
    first : int
        Number of the first page, from 1.
    """
    pages = PageWriter()
    subject, (sent, day) = header(message, "Subject"), when(message)
    sender, address = parseaddr(header(message, "From"))
    who = f"Mail from {sender or address}" if sender or address else "Mail"
    origin = f"{who}, {day}" if day else who
    pages.add("heading", f"{origin}: {subject}" if subject else origin, level=1)
    for name in _SHOWN:
        if value := sent if name == "Date" else header(message, name):
            pages.add("field", f"{name}: {value}")
    if names := "; ".join(one.name for one in parts.attachments):
        pages.add("field", f"Attachments: {names}")
    for text, marked_up in parts.texts:
        for said in take_apart(text, subject=subject):
            _add(pages, said, marked_up=marked_up)
    cut = cut_page(pages.page(1))
    return [replace(page, number=number) for number, page in enumerate(cut, start=first)]


def _add(pages: PageWriter, said: Said, *, marked_up: bool) -> None:
    """Add a paragraph; what is quoted, and the signature, with its mark in front."""
    table = _table(said.text) if marked_up else None
    if table is not None:
        if said.mark:
            pages.add("note", said.mark)
        pages.add_table(table)
    elif said.mark:
        pages.add("note", f"{said.mark} {said.text}")
    elif marked_up and (found := _HEADING.fullmatch(said.text)):
        pages.add("heading", found[2].strip("* "), level=min(6, len(found[1]) + 1))
    else:
        pages.add("paragraph", said.text)


def _table(text: str) -> Table | None:
    """Make a table of Markdown's lines; ``None`` for other text."""
    rows = [cells_of(line.strip()) for line in text.split("\n")]
    if len(rows) < 2 or not all(rows):
        return None
    ruled = all(_DASHES.fullmatch(cell) for cell in rows[1])
    width = max(map(len, rows))
    kept = [row for row in rows if not all(_DASHES.fullmatch(cell) for cell in row)]
    return Table(
        rows=tuple((*row, *[""] * (width - len(row))) for row in kept),
        heads=int(ruled and len(kept) > 1),
    )
