"""Why a file could not be read, each as one sentence that names the file and the way out."""

import unicodedata

from rare_app.errors import UserError

LONGEST_SHOWN_NAME = 80
"""Characters of a file's name that are shown in a message."""


class DocumentError(UserError):
    """A file could not be read; the message names the file and the way out."""


class EncryptedFileError(DocumentError):
    """The file is protected by a password or by rights management."""


class CorruptFileError(DocumentError):
    """The file is damaged, or the reader died of it."""


class EmptyFileError(DocumentError):
    """The file holds no bytes, no pages or no text."""


class ScannedFileError(DocumentError):
    """The file holds pictures of pages and no text."""


class TooManyPagesError(DocumentError):
    """The file has more pages than the settings allow."""


class TooLargeFileError(DocumentError):
    """The file, or what it unpacks to, is larger than the settings allow."""


class UnsupportedFileError(DocumentError):
    """The content is of a kind that cannot be read."""


class ReadTimeoutError(DocumentError):
    """Reading took longer than the settings allow."""


class ReadCancelledError(DocumentError):
    """The caller asked to stop."""


ERROR_KINDS: dict[str, type[DocumentError]] = {
    kind.__name__: kind
    for kind in (
        DocumentError,
        EncryptedFileError,
        CorruptFileError,
        EmptyFileError,
        ScannedFileError,
        TooManyPagesError,
        TooLargeFileError,
        UnsupportedFileError,
        ReadTimeoutError,
        ReadCancelledError,
    )
}
"""All errors by class name; the worker process sends the name, its owner raises the class."""


def plain_name(name: str) -> str:
    """Take out of a file's name what no name should hold: control characters, half characters.

    Parameters
    ----------
    name : str
        Any text, also one that holds lone surrogates (undecodable bytes of a path).

    Returns
    -------
    str
        The name on one line, safe to store as UTF-8; ``"unnamed"`` when nothing is left.
    """
    kept = "".join(
        " " if character in "\t\n\r" else character
        for character in name
        if character in "\t\n\r" or not _is_unprintable(character)
    )
    return kept.strip() or "unnamed"


def show_name(name: str) -> str:
    """Quote a file's name for a message, shortened in its middle when it is long.

    Parameters
    ----------
    name : str
        The name or the path below the folder that was added.

    Returns
    -------
    str
        For example ``“report.pdf”``; at most 82 characters with the quotation marks.
    """
    shown = plain_name(name)
    if len(shown) > LONGEST_SHOWN_NAME:
        # The end is kept because it tells the kind of file.
        shown = shown[: LONGEST_SHOWN_NAME - 21].rstrip() + "…" + shown[-20:].lstrip()
    return f"“{shown}”"


def _is_unprintable(character: str) -> bool:
    """Control characters, surrogates, and marks that turn the direction of the line."""
    turns = 0x200E <= ord(character) <= 0x200F or 0x202A <= ord(character) <= 0x202E
    isolates = 0x2066 <= ord(character) <= 0x2069
    return turns or isolates or unicodedata.category(character) in ("Cc", "Cs")
