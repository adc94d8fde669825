"""Choosing a document's title: what the file states when that is sensible, else its name."""

import re
from pathlib import PurePosixPath

from rare_app.documents.clean import clean_characters
from rare_app.documents.errors import plain_name

LONGEST_TITLE = 120
"""Characters of a title."""

_PROGRAM_PREFIX = re.compile(
    r"^(?:microsoft (?:office )?(?:word|powerpoint|excel)|powerpoint presentation|word document"
    r"|libreoffice|openoffice(?:\.org)?)\b\s*[-–:]?\s*",
    re.IGNORECASE,
)
_FILE_SUFFIX = re.compile(
    r"\.(?:pdf|docx?|pptx?|xlsx?|rtf|odt|tex|dvi|html?|txt|md|indd|qxd|cdr|ps|epub|fm|wpd)$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:untitled|unnamed|no ?name|unknown|none|null|titles?|document|dokument|presentation|slide"
    r"|workbook|book|blank|template|layout|scan(?:ned)?|print|test|temp|tmp|new|copy|draft|cover"
    r"|powerpoint|word|about:blank|anonymous|unspecified|ohne titel|sans titre|n/?a)"
    r"[\s\-_.#()\d]*(?:document|presentation|page|slide|image)?",
    re.IGNORECASE,
)


def choose_title(stated: str, *, name: str) -> str:
    """Choose a document's title.

    Parameters
    ----------
    stated : str
        The title in the file's own data; may be empty.
    name : str
        What the user calls the file.

    Returns
    -------
    str
        The stated title when it is one, else the file's name without folder and suffix; one
        line of at most 120 characters, never empty.
    """
    title = " ".join(clean_characters(stated).split())
    if not is_title(title):
        path = PurePosixPath(plain_name(name).replace("\\", "/"))
        title = (path.stem if path.suffix else path.name) or path.name or "unnamed"
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1].rstrip() + "…"
    return title


def is_title(text: str) -> bool:
    """Whether a stated title is one that a reader would recognise.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    bool
        False for what programs leave behind: “Microsoft Word - foo.doc”, “untitled”, file names,
        numbers, codes without a vowel.
    """
    if len(text) < 4 or _PROGRAM_PREFIX.match(text) or _FILE_SUFFIX.search(text):
        return False
    if _PLACEHOLDER.fullmatch(text) or "/" in text.partition(" ")[0] or "\\" in text:
        return False
    letters = sum(character.isalpha() for character in text)
    if letters < 3 or 2 * letters < len(text.replace(" ", "")):
        return False
    # A single word with digits or underscores is a file's name or a code.
    return " " in text or (text.isalpha() and not text.islower()) or not text.isascii()
