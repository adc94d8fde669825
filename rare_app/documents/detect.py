"""What a file's content is: from its bytes first, from its suffix only to break a tie."""

import mmap
import re
import zipfile
from enum import StrEnum
from pathlib import Path, PurePosixPath

from rare_app.documents.errors import (
    CorruptFileError,
    EncryptedFileError,
    UnsupportedFileError,
    show_name,
)


class Format(StrEnum):
    """The formats that can be read; the value is the media type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    EPUB = "application/epub+zip"
    ODT = "application/vnd.oasis.opendocument.text"
    RTF = "application/rtf"
    EML = "message/rfc822"
    MBOX = "application/mbox"
    MSG = "application/vnd.ms-outlook"
    HTML = "text/html"
    CSV = "text/csv"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    WEBP = "image/webp"
    BMP = "image/bmp"


PICTURES = frozenset({Format.PNG, Format.JPEG, Format.TIFF, Format.WEBP, Format.BMP})
"""Formats of pictures; their text is recognised."""
DRAWN = PICTURES | {Format.PDF}
"""Formats whose pages are shown as pictures."""

_SUPPORTED_SUFFIXES_TEXT = """
    .pdf .docx .docm .pptx .pptm .xlsx .xlsm .ods .epub .html .htm .xhtml .csv .tsv .md .markdown
    .txt .text .rst .org .tex .log .adoc .odt .rtf .eml .mbox .msg .png .jpg .jpeg .tif .tiff .webp
    .bmp
"""
SUPPORTED_SUFFIXES: frozenset[str] = frozenset(_SUPPORTED_SUFFIXES_TEXT.split())
"""Suffixes, in lower case, that a folder is searched for. A file that is added by itself is
read by what it holds, whatever its suffix."""

_HEAD_BYTES = 65536
_PICTURE_STARTS: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\xff\xd8\xff", Format.JPEG),
    (0, b"\x89PNG\r\n\x1a\n", Format.PNG),
    (0, b"II*\x00", Format.TIFF),
    (0, b"MM\x00*", Format.TIFF),
    (8, b"WEBP", Format.WEBP),
)

# What starts a file of a kind that is refused, and what to tell its owner.
_PICTURE = "a picture ({kind}): run text recognition (OCR) on it and add the PDF or text it makes."
_MEDIA = "a recording ({kind}), not a document: write its words down and add the text."
_PACKED = "a packed archive ({kind}): unpack it and add the files inside."
_PROGRAM = "a program ({kind}), not a document: add documents only."
_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"GIF87a", _PICTURE.format(kind="GIF")),
    (0, b"GIF89a", _PICTURE.format(kind="GIF")),
    (4, b"ftypheic", _PICTURE.format(kind="HEIC")),
    (4, b"ftypavif", _PICTURE.format(kind="AVIF")),
    (0, b"8BPS", _PICTURE.format(kind="Photoshop")),
    (0, b"AT&TFORM", "a DjVu file: save it as PDF with a text layer and add that."),
    (4, b"ftyp", _MEDIA.format(kind="MP4")),
    (0, b"ID3", _MEDIA.format(kind="MP3")),
    (0, b"\xff\xfb", _MEDIA.format(kind="MP3")),
    (0, b"OggS", _MEDIA.format(kind="Ogg")),
    (0, b"fLaC", _MEDIA.format(kind="FLAC")),
    (0, b"\x1aE\xdf\xa3", _MEDIA.format(kind="Matroska")),
    (8, b"WAVE", _MEDIA.format(kind="WAV")),
    (8, b"AVI ", _MEDIA.format(kind="AVI")),
    (0, b"\x1f\x8b", _PACKED.format(kind="gzip")),
    (0, b"BZh", _PACKED.format(kind="bzip2")),
    (0, b"\xfd7zXZ\x00", _PACKED.format(kind="xz")),
    (0, b"7z\xbc\xaf\x27\x1c", _PACKED.format(kind="7-Zip")),
    (0, b"Rar!\x1a\x07", _PACKED.format(kind="RAR")),
    (0, b"\x28\xb5\x2f\xfd", _PACKED.format(kind="Zstandard")),
    (257, b"ustar", _PACKED.format(kind="tar")),
    (0, b"\x7fELF", _PROGRAM.format(kind="ELF")),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM.format(kind="Mach-O")),
    (0, b"SQLite format 3\x00", "a database (SQLite): export its tables as CSV and add those."),
    (0, b"PAR1", "a Parquet table: export it as CSV and add that."),
    (0, b"%!PS", "a PostScript file: convert it to PDF and add that."),
    (60, b"BOOKMOBI", "a Kindle book: convert it to EPUB or PDF and add that."),
)

# Streams of an OLE container ("old Office"), as they stand in its directory (UTF-16).
_MSG_STREAM = "__properties_version1.0"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS: tuple[tuple[str, str], ...] = (
    ("WordDocument", "an old Word file (.doc): save it as DOCX or PDF and add that."),
    ("PowerPoint Document", "an old PowerPoint file (.ppt): save it as PPTX or PDF and add that."),
    ("Workbook", "an old Excel file (.xls): save it as XLSX or CSV and add that."),
    ("Book", "an old Excel file (.xls): save it as XLSX or CSV and add that."),
)

_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
_MAIL_FIRST = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t]+[^\n]*\n)*){2,}", re.ASCII)
_MAIL_LINE = re.compile(
    rb"^(?:MIME-Version|Message-ID|Received|Return-Path|X-Mailer|Content-Transfer-Encoding):",
    re.IGNORECASE | re.MULTILINE,
)
_MAIL_SENDER = re.compile(rb"^From:", re.IGNORECASE | re.MULTILINE)
_BOX_FIRST = re.compile(rb"From [^\n:]*(\d:\d\d[^\n]*)?\n(?=[!-9;-~]+:)")
"""Not every program writes sender and time into it."""
_CSV_SUFFIXES = frozenset({".csv", ".tsv"})


def detect_format(path: Path, *, name: str) -> Format:
    """Tell what a file's content is.

    Parameters
    ----------
    path : Path
        The file; only its first bytes and, for containers, its directory are read.
    name : str
        What the user calls it; its suffix tells Markdown, CSV and plain text apart.

    Returns
    -------
    Format
        A format that can be read. That a file is text is decided here, in which encoding later.

    Raises
    ------
    UnsupportedFileError
        The content is of another kind; the sentence says which.
    EncryptedFileError
        An Office file with a password.
    CorruptFileError
        A ZIP container (as Office files and e-books are) that cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    # Some producers put bytes before the header, and readers accept it within the first 1024.
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(_ZIP_MAGICS):
        return _detect_in_zip(path, name=name)
    if head.startswith(_OLE_MAGIC):
        if _is_outlook(path):
            return Format.MSG
        _refuse_ole(path, name=name)
    if head.startswith(b"{\\rtf"):
        return Format.RTF
    for offset, magic, kind in _PICTURE_STARTS:
        if head.startswith(magic, offset):
            return kind
    for offset, magic, what in _REFUSED:
        if head.startswith(magic, offset):
            raise UnsupportedFileError(f"{show_name(name)} is {what}")
    if head.startswith(b"BM") and b"\x00" in head[:32]:
        return Format.BMP
    if head.startswith(b"MZ") and b"\x00" in head[:64]:
        raise UnsupportedFileError(f"{show_name(name)} is {_PROGRAM.format(kind='Windows')}")
    if looks_binary(head):
        raise UnsupportedFileError(
            f"{show_name(name)} holds {_name_binary(path)}, not text: add a PDF, an Office file, "
            "an e-book, a web page or a text file."
        )
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in _PICTURE_SUFFIXES:
        raise UnsupportedFileError(
            f"{show_name(name)} is called a picture and holds text: rename it if it is to be read."
        )
    return _detect_text(head, suffix=suffix)


def looks_binary(head: bytes) -> bool:
    """Whether bytes are not text in any encoding.

    Parameters
    ----------
    head : bytes
        The beginning of a file.

    Returns
    -------
    bool
        True where there are NUL bytes other than those of UTF-16 and UTF-32, or many control
        characters.
    """
    if not head:
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf")):
        return False
    if b"\x00" in head:
        return guess_wide_encoding(head) is None
    control = sum(head.count(code) for code in (*range(1, 7), *range(14, 27), *range(28, 32)))
    return control > max(2, len(head) // 100)


def guess_wide_encoding(head: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a byte order mark by where the NUL bytes stand.

    Parameters
    ----------
    head : bytes
        The beginning of a file.

    Returns
    -------
    str or None
        A codec's name, or None when the pattern is that of neither.
    """
    sample = head[: min(len(head), 4096) // 4 * 4] or head[:2]
    columns = [sample[start::4] for start in range(4)]
    empty = [column.count(0) > 0.9 * len(column) if column else False for column in columns]
    full = [column.count(0) < 0.1 * len(column) if column else False for column in columns]
    if all(empty[1:]) and full[0]:
        return "utf-32-le"
    if all(empty[:3]) and full[3]:
        return "utf-32-be"
    even, odd = sample[0::2], sample[1::2]
    # Text of another script still has spaces, digits and line ends whose high byte is 0.
    for codec, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high.count(0) >= max(1, len(high) // 50) and low.count(0) == 0:
            try:
                decoded = sample.decode(codec, errors="strict")
            except UnicodeDecodeError:
                # The sample may end within a pair; only its last character may be at fault.
                decoded = sample[:-2].decode(codec, errors="replace")
            if "�" not in decoded and sum(not c.isprintable() for c in decoded) < max(
                4, len(decoded) // 10
            ):
                return codec
    return None


def _detect_in_zip(path: Path, *, name: str) -> Format:
    """Tell Office files and e-books apart by what their container holds."""
    shown = show_name(name)
    try:
        with zipfile.ZipFile(path) as container:
            members = set(container.namelist())
            kind = ""
            if "mimetype" in members:
                kind = container.open("mimetype").read(200).decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise CorruptFileError(
            f"{shown} is damaged (its container cannot be opened): get a complete copy and add"
            " that."
        ) from error
    if "word/document.xml" in members or any(m.startswith("word/document") for m in members):
        return Format.DOCX
    if "ppt/presentation.xml" in members:
        return Format.PPTX
    if "xl/workbook.xml" in members:
        return Format.XLSX
    if kind.startswith(Format.ODT) and "content.xml" in members:
        return Format.ODT
    if kind == Format.ODS:
        return Format.ODS
    if kind == Format.EPUB or "META-INF/container.xml" in members:
        return Format.EPUB
    if "xl/workbook.bin" in members:
        what = "an Excel binary file (.xlsb): save it as XLSX and add that."
    elif kind.startswith("application/vnd.oasis.opendocument"):
        what = "an OpenDocument file: save it as DOCX, XLSX, PPTX or PDF and add that."
    elif "Index/Document.iwa" in members or "Index.zip" in members:
        what = "an Apple iWork file: export it as PDF or as an Office file and add that."
    else:
        what = _PACKED.format(kind="ZIP")
    raise UnsupportedFileError(f"{shown} is {what}")


def _is_outlook(path: Path) -> bool:
    """Whether an OLE container is an Outlook message; one may hold any Office file inside."""
    from olefile import OleFileIO  # type: ignore[import-untyped]

    try:
        with OleFileIO(path) as container:
            return [_MSG_STREAM] in container.listdir()
    except (OSError, ValueError, IndexError):
        return False


def _refuse_ole(path: Path, *, name: str) -> None:
    """Say what an OLE container holds: always raises."""
    shown = show_name(name)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise EncryptedFileError(
                f"{shown} is protected by a password: save a copy without it and add that."
            )
        for stream, what in _OLE_KINDS:
            # A directory entry's name ends with a NUL character unless it goes on.
            ending = "" if stream.startswith("__") else "\x00"
            if content.find((stream + ending).encode("utf-16-le")) >= 0:
                raise UnsupportedFileError(f"{shown} is {what}")
    raise UnsupportedFileError(
        f"{shown} is in an old Office format: save it in a new one or as PDF and add that."
    )


def _detect_text(head: bytes, *, suffix: str) -> Format:
    """Tell the kinds of text apart; the suffix decides where the bytes do not."""
    if mail := _detect_mail(head, suffix=suffix):
        return mail
    if suffix in _HTML_SUFFIXES or _HTML_START.match(_narrow(head)):
        return Format.HTML
    if suffix in _MARKDOWN_SUFFIXES:
        return Format.MARKDOWN
    if suffix in _CSV_SUFFIXES:
        return Format.CSV
    return Format.TEXT


def _detect_mail(head: bytes, *, suffix: str) -> Format | None:
    """Recognise a mail by its header lines, a box of mails by the line in front of them."""
    head = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").lstrip(b"\n")
    box = _BOX_FIRST.match(head)
    lines = _MAIL_FIRST.match(head, box.end() if box else 0)
    if lines is None:
        return None
    sure = bool(_MAIL_SENDER.search(lines[0]) and _MAIL_LINE.search(lines[0]))
    if box:
        return Format.MBOX if box[1] or sure or suffix == ".mbox" else None
    return Format.EML if sure or suffix == ".eml" else None


def _narrow(head: bytes) -> bytes:
    """Take byte order marks and the NUL bytes of UTF-16 out, so that tags can be matched."""
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"")


def _name_binary(path: Path) -> str:
    """Ask magika what unknown bytes are; a general word when it is unsure or missing."""
    try:
        # Takes most of a second to load: only ever needed for a file that is refused.
        from magika import Magika

        result = Magika().identify_path(path)
        if result.ok and result.score > 0.8:
            return f"{result.output.description} data"
    except Exception:  # noqa: BLE001 - its words are a courtesy; the file is refused in any case
        return "binary data"
    return "binary data"
