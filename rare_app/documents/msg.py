"""Outlook's .msg (MS-OXMSG) as an ordinary mail: properties of an OLE container, by their ids."""

import re
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from olefile import OleFileIO  # type: ignore[import-untyped]

_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS = 0x0C1A, 0x5D01, 0x0C1F
_SHOWN_TO, _SHOWN_CC, _RECIPIENT_KIND = 0x0E04, 0x0E03, 0x0C15
_NAME, _SMTP, _ADDRESS = 0x3001, 0x39FE, 0x3003
_SENT, _DELIVERED = 0x0039, 0x0E06
_CODE_PAGE, _INTERNET_CODE_PAGE = 0x3FFD, 0x3FDE
_DATA, _LONG_FILE_NAME, _FILE_NAME, _MIME, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_TEXT, _TEXT_8_BIT, _BINARY, _TIME = 0x001F, 0x001E, 0x0102, 0x0040
_STREAM = re.compile(r"__substg1\.0_([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})")
_EMBEDDED = "__substg1.0_3701000D"
_PROPERTIES = "__properties_version1.0"
_DEEPEST = 10
_MOST = 5000
"""Recipients and attachments that are looked at."""
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Properties = Mapping[int, bytes | str | int]


def read_msg(path: Path) -> EmailMessage:
    """Read an Outlook message into an ordinary one: header lines, body, attachments.

    Raises
    ------
    OSError, ValueError
        The container is damaged, or its streams hold more than the file.
    """
    with OleFileIO(path) as container:
        return _Reader(container, size=path.stat().st_size).message((), depth=0)


class _Reader:
    """Reads messages of a container; `size` is that of the file in bytes."""

    def __init__(self, container: OleFileIO, *, size: int) -> None:
        self._container = container
        self._left = 2 * size + (1 << 20)
        self._inside: dict[tuple[str, ...], list[str]] = {}
        for entry in container.listdir(streams=True, storages=True):
            self._inside.setdefault(tuple(entry[:-1]), []).append(entry[-1])

    def message(self, at: tuple[str, ...], *, depth: int) -> EmailMessage:
        """Read the message in a storage."""
        own = self._properties(at, header=24 if at else 32)
        message = EmailMessage()
        self._write_headers(message, at, own)
        self._write_body(message, own)
        for name in self._named(at, "__attach_version1.0_"):
            self._attach(message, (*at, name), depth=depth)
        return message

    def _write_headers(self, message: EmailMessage, at: tuple[str, ...], own: Properties) -> None:
        sender = _text(own, _SENDER_NAME)
        address = _text(own, _SENDER_SMTP) or _text(own, _SENDER_ADDRESS)
        found: dict[int, list[str]] = {}
        for name in self._named(at, "__recip_version1.0_"):
            one = self._properties((*at, name), header=8)
            kind = one.get(_RECIPIENT_KIND)
            shown = _person(_text(one, _NAME), _text(one, _SMTP) or _text(one, _ADDRESS))
            found.setdefault(kind if isinstance(kind, int) else 1, []).append(shown)
        sent = own.get(_SENT) or own.get(_DELIVERED)
        lines = {
            "From": _person(sender, address),
            "To": ", ".join(found.get(1, [])) or _text(own, _SHOWN_TO),
            "Cc": ", ".join(found.get(2, [])) or _text(own, _SHOWN_CC),
            "Date": format_datetime(_time(sent)) if isinstance(sent, int) and sent else "",
            "Subject": _text(own, _SUBJECT),
        }
        for name, value in lines.items():
            if value := " ".join(value.split()):
                # Set as it is: what a header may hold is checked where mail is written, not read.
                message._headers.append((name, value))  # type: ignore[attr-defined]

    def _write_body(self, message: EmailMessage, own: Properties) -> None:
        plain, html = _text(own, _BODY), own.get(_HTML, "")
        if isinstance(html, bytes):
            page = own.get(_INTERNET_CODE_PAGE)
            html = _decode(html, page if isinstance(page, int) else 65001)
        rtf = own.get(_RTF)
        if not plain.strip() and not str(html).strip() and isinstance(rtf, bytes):
            plain = _text_of_rtf(rtf)
        message.set_content(plain)
        if str(html).strip():
            message.add_alternative(str(html), subtype="html")

    def _attach(self, message: EmailMessage, at: tuple[str, ...], *, depth: int) -> None:
        own = self._properties(at, header=8)
        name = _text(own, _LONG_FILE_NAME) or _text(own, _FILE_NAME) or _text(own, _NAME)
        name = " ".join(name.split())
        if _PROPERTIES in self._inside.get((*at, _EMBEDDED), []) and depth < _DEEPEST:
            message.add_attachment(self.message((*at, _EMBEDDED), depth=depth + 1))
            return
        data = own.get(_DATA)
        kind = _text(own, _MIME)
        main, _, sub = kind.partition("/")
        if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) or main in ("multipart", "message"):
            main, sub = "application", "octet-stream"
        message.add_attachment(
            data if isinstance(data, bytes) else b"",
            maintype=main,
            subtype=sub,
            filename=name or "attachment",
            disposition="inline" if _text(own, _CONTENT_ID) and main == "image" else "attachment",
        )

    def _named(self, at: tuple[str, ...], beginning: str) -> list[str]:
        return [one for one in self._inside.get(at, []) if one.startswith(beginning)][:_MOST]

    def _properties(self, at: tuple[str, ...], *, header: int) -> Properties:
        """Read the properties of a storage: fixed ones of their stream, others of their own."""
        found: dict[int, bytes | str | int] = {}
        names = self._inside.get(at, [])
        if _PROPERTIES in names:
            data = self._stream((*at, _PROPERTIES))[header:]
            for start in range(0, len(data) - 15, 16):
                kind, number = struct.unpack_from("<HH", data, start)
                if kind in (0x0003, 0x000B):
                    found[number] = int(struct.unpack_from("<I", data, start + 8)[0])
                elif kind == _TIME:
                    found[number] = int(struct.unpack_from("<Q", data, start + 8)[0])
        page = found.get(_INTERNET_CODE_PAGE) or found.get(_CODE_PAGE)
        for name in names:
            if (stream := _STREAM.fullmatch(name)) is None or name == _EMBEDDED:
                continue
            number, kind = int(stream[1], 16), int(stream[2], 16)
            if kind == _TEXT:
                text = self._stream((*at, name)).decode("utf-16-le", "replace")
                found[number] = text.rstrip("\0")
            elif kind == _TEXT_8_BIT:
                code = page if isinstance(page, int) else 1252
                found.setdefault(number, _decode(self._stream((*at, name)), code).rstrip("\0"))
            elif kind == _BINARY:
                found.setdefault(number, self._stream((*at, name)))
        return found

    def _stream(self, at: tuple[str, ...]) -> bytes:
        """Read a stream; a container may claim the same bytes for any number of them."""
        self._left -= int(self._container.get_size(list(at)))
        if self._left < 0:
            raise ValueError("The streams hold more than the file.")
        return bytes(self._container.openstream(list(at)).read())


def _text(own: Properties, number: int) -> str:
    value = own.get(number, "")
    return value if isinstance(value, str) else ""


def _person(name: str, address: str) -> str:
    """Write a name and an address; Exchange's inner addresses (“/O=…”) say nothing."""
    if "@" not in address:
        return name
    return f"{name} <{address}>" if name and name != address else address


def _time(ticks: int) -> datetime:
    """Turn a Windows time (units of 100 ns since 1601) into UTC."""
    return _EPOCH + timedelta(microseconds=min(ticks // 10, 250_000_000_000_000_000))


def _decode(data: bytes, page: int) -> str:
    codec = {65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 28591: "latin-1"}.get(page)
    try:
        return data.decode(codec or f"cp{page}", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _text_of_rtf(data: bytes) -> str:
    """Give the text of a body that is kept as compressed RTF alone."""
    from compressed_rtf import decompress  # type: ignore[import-untyped]

    from rare_app.documents.rtf import text_of_rtf

    return text_of_rtf(decompress(data))
