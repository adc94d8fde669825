"""The parts of a mail: header lines as people read them, the body's text, the attachments."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime

from rare_app.documents.clean import clean_characters
from rare_app.documents.html import decode_html, read_html_text
from rare_app.documents.text import decode
from rare_app.documents.types import Attachment

MOST_ATTACHMENTS = 200
"""Attachments of a mail that are read."""
_MOST_PARTS = 5000
_SIGNED = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
)
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_ENDINGS = {"message/rfc822": ".eml", "text/html": ".html", "text/calendar": ".txt"}


@dataclass(slots=True)
class Parts:
    """What a mail consists of.

    Attributes
    ----------
    texts : list of (str, bool)
        The body in order; whether it is Markdown, made of HTML.
    attachments : list of Attachment
    pictures : int
        Pictures inside the body, which are not read.
    left_out : int
        Attachments beyond :data:`MOST_ATTACHMENTS`.
    sealed : bool
        Whether some part is encrypted.
    """

    texts: list[tuple[str, bool]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    pictures: int = 0
    left_out: int = 0
    sealed: bool = False


def parse(data: bytes) -> Message:
    """Parse a mail's bytes; what is wrong with them is passed over."""
    return message_from_bytes(data)


def header(message: Message, name: str) -> str:
    """Give a header's value on one line, decoded; of several all; empty where there is none."""
    values = [
        _decoded(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()
    ]
    return ", ".join(one for one in values if one)


def when(message: Message) -> tuple[str, str]:
    """Say when a mail was sent, written out, and of which day it is.

    Returns
    -------
    str
        Day and time; what stands in the header where that is no date.
    str
        The day alone; empty where that is no date.
    """
    stated = header(message, "Date")
    try:
        sent = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return stated, ""
    zone = f" {sent:%z}" if sent.tzinfo else ""
    day = f"{sent.day} {sent:%B} {sent.year}"
    return f"{sent:%A}, {day}, {sent:%H:%M}{zone}", day


def parts_of(message: Message, *, name: str) -> Parts:
    """Take a mail apart.

    Parameters
    ----------
    name : str
        What the user calls the file, for messages.
    """
    parts = Parts()
    taken: set[str] = set()
    for number, part in enumerate(_walk(message)):
        if number >= _MOST_PARTS:
            parts.left_out += 1
            continue
        kind = part.get_content_type()
        if kind in _SIGNED:
            continue
        if kind in _SEALED or kind == "application/pgp-encrypted":
            parts.sealed = True
        elif _is_body(part) or (part is message and kind.startswith("text/")):
            parts.texts.append(_text_of(part, name=name))
        elif kind.startswith("image/") and part.get_content_disposition() != "attachment":
            parts.pictures += 1
        elif len(parts.attachments) >= MOST_ATTACHMENTS:
            parts.left_out += 1
        else:
            called = _distinct(_name_of(part), taken)
            parts.attachments.append(Attachment(called, _bytes_of(part)))
    parts.texts = [(text, marked) for text, marked in parts.texts if text.strip()]
    return parts


def _walk(message: Message) -> Iterator[Message]:
    """Go through the parts that are to be read: of alternatives one."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_type() == "message/rfc822" and part is not message:
            yield part
        elif part.is_multipart():
            inside = [one for one in part.get_payload() if isinstance(one, Message)]
            if part.get_content_type() == "multipart/alternative" and inside:
                inside = _best_of(inside)
            waiting += reversed(inside)
        else:
            yield part


def _best_of(alternatives: list[Message]) -> list[Message]:
    """Choose plain text, unless it lacks what HTML says: a table, or nearly all."""
    plain = [one for one in alternatives if one.get_content_type() == "text/plain"]
    rich = [one for one in alternatives if one not in plain and _holds_text(one)]
    if plain and any(len(_bytes_of(one).strip()) > 0 for one in plain):
        said = sum(len(_bytes_of(one).strip()) for one in plain)
        pages = [page for one in rich for page in one.walk() if _is_html(page)]
        shown, tables = _look_at([_bytes_of(one) for one in pages])
        if not tables and (said >= 200 or shown <= 5 * said):
            return plain + [one for one in rich if one.get_content_type() == "multipart/mixed"]
    return rich[-1:] or plain or alternatives[-1:]


def _holds_text(part: Message) -> bool:
    return any(one.get_content_maintype() == "text" for one in part.walk())


def _is_html(part: Message) -> bool:
    return part.get_content_type() == "text/html" and part.get_content_disposition() != "attachment"


def _look_at(pages: list[bytes]) -> tuple[int, bool]:
    """Count the characters that web pages show, and tell whether they hold a table of data.

    That is one without another inside, with two rows or more of two filled cells or more; tables
    that arrange a page have others inside or a single filled cell in a row.
    """
    from lxml import html

    shown, tables = 0, False
    for page in pages:
        try:
            root = html.document_fromstring(page)
        except (ValueError, html.etree.LxmlError):
            continue
        html.etree.strip_elements(root, "style", "script", "head", with_tail=False)
        shown += len(" ".join(root.text_content().split()))
        for table in root.xpath("//table[not(.//table)]"):
            rows = [
                sum(bool(cell.text_content().strip()) for cell in row.xpath("./td|./th"))
                for row in table.xpath(".//tr")
            ]
            tables = tables or sum(filled >= 2 for filled in rows) >= 2
    return shown, tables


def _is_body(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return False
    kind = part.get_content_type()
    return kind == "message/delivery-status" or (
        kind.startswith("text/") and kind != "text/calendar"
    )


def _text_of(part: Message, *, name: str) -> tuple[str, bool]:
    """Give a body part's text, and whether it is Markdown."""
    data = _bytes_of(part)
    stated = part.get_content_charset()
    text = ""
    if stated and stated not in ("us-ascii", "ascii"):
        try:
            text = data.decode(stated)
        except (LookupError, ValueError):
            text = ""
    if part.get_content_type() == "text/html":
        # The mail's word for the encoding goes above the page's.
        source = text or decode_html(data, name=name)
        return read_html_text(source, name=name, marks_quotes=True).page.text, True
    text = text or decode(data, name=name)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unflowed(text, drop=str(part.get_param("delsp", "")).lower() == "yes")
    return clean_characters(text, keep_indentation=True), False


def _unflowed(text: str, *, drop: bool) -> str:
    """Join lines that were broken for sending (RFC 3676): those that end with a space."""
    lines: list[str] = []
    open_, depth = False, ""
    for line in text.replace("\r\n", "\n").split("\n"):
        found = re.match(r">*", line)
        marks = found[0] if found else ""
        own = line[len(marks) :].removeprefix(" ")
        if open_ and marks == depth and own != "-- ":
            before = lines[-1][:-1] if drop else lines[-1]
            lines[-1] = before + own
        else:
            lines.append(f"{marks} {own}" if marks else own)
        open_ = own.endswith(" ") and own != "-- "
        depth = marks
    return "\n".join(lines)


def _bytes_of(part: Message) -> bytes:
    """Give a part's bytes without their transfer encoding; of a mail inside, the whole mail."""
    if part.is_multipart():
        inside = part.get_payload()
        if part.get_content_maintype() == "message":
            return b"\n\n".join(one.as_bytes() for one in inside if isinstance(one, Message))
        return part.as_bytes()
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name_of(part: Message) -> str:
    """Say what an attachment is called; a mail inside is called as its subject."""
    stated = part.get_param("filename", None, "content-disposition") or part.get_param("name")
    called = _decoded(collapse_rfc2231_value(stated)) if stated else ""
    ending = _ENDINGS.get(part.get_content_type(), "")
    if not called and part.get_content_type() == "message/rfc822":
        inside = part.get_payload()
        first = inside[0] if isinstance(inside, list) and inside else None
        called = header(first, "Subject") if isinstance(first, Message) else ""
    called = re.sub(r"[/\\›\x00-\x1f\x7f]+", "_", called).strip(" .") or "attachment"
    if ending and not called.lower().endswith((ending, ".htm", ".msg", ".ics")):
        called += ending
    return called[-120:]


def _distinct(name: str, taken: set[str]) -> str:
    """Add a number to a name that another attachment has."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    number, given = 1, name
    while given.lower() in taken:
        number += 1
        given = f"{stem} ({number}){dot}{ending}"
    taken.add(given.lower())
    return given


def _decoded(value: str) -> str:
    """Decode a header's value: encoded words, bytes that should have been encoded, line ends."""
    if any("\udc80" <= one <= "\udcff" for one in value):
        value = decode(value.encode("utf-8", "surrogateescape"), name="header")
    value = re.sub(r"[\r\n]+[ \t]*", " ", value)
    with suppress(ValueError, LookupError, TypeError):
        value = str(make_header(decode_header(value)))
    return " ".join(clean_characters(value).split())
