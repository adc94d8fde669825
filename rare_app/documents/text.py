"""Plain text and Markdown in any encoding."""

import re
from pathlib import Path

from rare_app.documents.clean import clean_characters
from rare_app.documents.detect import Format, guess_wide_encoding, looks_binary
from rare_app.documents.draft import Draft, OnPage, plain_pages
from rare_app.documents.errors import UnsupportedFileError, show_name
from rare_app.documents.parts import cut_into_parts, number_pages
from rare_app.settings import Settings

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SYMBOL_IN_WORD = re.compile(
    r"[a-zà-ÿ][^\w\s'’‘“”\"–—…\-.,;:!?()/&+*@#%=<>\[\]{}|\\~^$€£§°·•™®©]+[a-zà-ÿ]"
)
_LETTER_RUN = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœŸ]{3,}")


def read_text(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read plain text.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every part when all is done.

    Returns
    -------
    Draft
        Parts of at most about 20,000 characters.

    Raises
    ------
    TooManyPagesError, UnsupportedFileError
        It is too long, or the bytes are not text.
    """
    text = clean_characters(decode(path.read_bytes(), name=name), keep_indentation=True)
    pages = number_pages(
        plain_pages(cut_into_parts(text)),
        kind="part",
        name=name,
        most=settings.maximum_pages,
        on_page=on_page,
    )
    return Draft(media_type=Format.TEXT, page_kind="part", pages=pages)


def decode(data: bytes, *, name: str) -> str:
    """Turn bytes into text, whatever the encoding.

    Tried in order: byte order mark, UTF-16 and UTF-32 without one, UTF-8, then an 8-bit or East
    Asian encoding found by its statistics.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What the user calls it, for messages.

    Returns
    -------
    str
        The text without a byte order mark.

    Raises
    ------
    UnsupportedFileError
        The bytes are not text in any known encoding.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, errors="replace")
    wide = guess_wide_encoding(data[:65536]) if b"\x00" in data[:65536] else None
    if wide:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # One broken byte in a long UTF-8 file must not turn all of it into another encoding.
        repaired = data.decode("utf-8", errors="replace")
        valid = sum(character > "\x7f" and character != "�" for character in repaired)
        if repaired.count("�") * 20 <= valid or error.start >= len(data) - 3:
            return repaired
    if looks_binary(data[:65536]):
        raise UnsupportedFileError(
            f"{show_name(name)} holds binary data, not text: add a PDF, an Office file or a text "
            "file."
        )
    return _decode_by_statistics(data)


def _decode_by_statistics(data: bytes) -> str:
    """Decode text that is neither UTF-8 nor UTF-16."""
    western = data.decode("cp1252", errors="replace")
    if _plausibly_western(western):
        return western
    # Takes a moment to load; most files are UTF-8.
    from charset_normalizer import from_bytes

    best = from_bytes(data[:1_000_000]).best()
    if best is None:
        return western
    return data.decode(best.encoding, errors="replace")


def _plausibly_western(text: str) -> bool:
    """Whether text that was decoded as Windows-1252 reads like a Western language.

    Statistics guess badly from a few accented letters, which is all that an English or French
    file has; a wrong guess shows as symbols within words or as long runs of accented letters.
    """
    high = sum(character > "\x7f" for character in text)
    if "�" in text or high > 0.3 * len(text):
        return False
    return not _SYMBOL_IN_WORD.search(text) and not _LETTER_RUN.search(text)
