"""Making extracted text uniform without touching its words, numbers and rows."""

import re
import unicodedata

_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_LINE_ENDS = dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], "\n")
# Invisible: zero-width space, marks and overrides of direction, word joiner, byte order mark, and
# the tags in which words can be hidden from the eye and not from a model.
# The joiners U+200C and U+200D stay, because Persian words and emoji need them.
_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    [
        *(code for code in range(0x20) if chr(code) not in "\t\n\x0b\x0c\r"),
        0x7F,
        *(code for code in range(0x80, 0xA0) if code != 0x85),
        0x200B,
        0x200E,
        0x200F,
        0x61C,
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
        0xFEFF,
        0xFFFE,
        0xFFFF,
        *range(0xD800, 0xE000),
        *range(0xE0000, 0xE0080),
    ],
    None,
)
_OTHERS = {
    0x2010: "-",  # hyphen and non-breaking hyphen: the words are typed with the ordinary one
    0x2011: "-",
    0xF0B7: "•",  # the bullets of the Symbol and Wingdings fonts, in the private area
    0xF0A7: "•",
    0xF0D8: "•",
    0xF076: "•",
}
# What the PDF reader makes of a bullet in a font's code that stands for nothing else.
_UNUSED_CODE = re.compile(r"^([ \t]*)\x7f(?=[ \t])", re.MULTILINE)
_TABLE: dict[int, str | None] = {**_LIGATURES, **_SPACES, **_LINE_ENDS, **_INVISIBLE, **_OTHERS}
_PRESENTATION_FORMS = re.compile(r"[\ufb13-\ufdff\ufe70-\ufefc]+")
_SOFT_HYPHEN_AT_LINE_END = re.compile(r"\xad[ \t]*\n[ \t]*(\S+)[ \t]?")
_COLUMN_GAP = re.compile(r"(?<=\S)(?: *\t[ \t]*| {2,})(?=\S)")
_NUMBER = re.compile(r"\(?[$€£¥]?\s?\(?\d[\d,.]*\)?%?")


def clean_characters(text: str, *, keep_indentation: bool = False) -> str:
    r"""Make characters and white space uniform.

    Composes accents (NFC), opens ligatures (ﬁ to fi), removes control and invisible characters,
    rejoins words at soft hyphens, turns every kind of space into a plain one and every line end
    into ``\n``. Lines stay lines. A gap within a line (the space between two columns of a table)
    becomes two spaces; at most one empty line stays between two lines.

    Parameters
    ----------
    text : str
        Extracted text.
    keep_indentation : bool
        Keep white space at the start of a line and gaps within it as they are (plain text,
        source code).

    Returns
    -------
    str
        Clean text without white space at its end, nor at the end of any line.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNUSED_CODE.sub(r"\1•", text).translate(_TABLE)
    text = _SOFT_HYPHEN_AT_LINE_END.sub(r"\1\n", text).replace("\xad", "")
    # Only where Arabic and Hebrew come as drawn shapes; elsewhere NFKC would lose ² and ™.
    text = _PRESENTATION_FORMS.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    text = unicodedata.normalize("NFC", text)
    lines = []
    for line in text.split("\n"):
        if keep_indentation:
            lines.append(line.rstrip())
        else:
            lines.append(_close_letter_spacing(_COLUMN_GAP.sub("  ", line.strip())))
    return "\n".join(_drop_empty_lines(lines))


def is_row(line: str) -> bool:
    """Whether a line looks like a row of a table: figures after a label, or cells with bars.

    Parameters
    ----------
    line : str
        One line of clean text.

    Returns
    -------
    bool
        True for rows such as ``Inventories  4,268  3,742`` and ``| a | b |``.
    """
    if line.startswith("|") and line.endswith("|") and len(line) > 1:
        return True
    cells = [cell for cell in line.split("  ") if cell.strip(" $€£)%")]
    if len(cells) > 1 and all(is_figure(cell) for cell in cells[1:]):
        return True
    words = line.split()
    # A label, if any, then at least two figures to the end of the line.
    tail = 0
    for word in reversed(words):
        if not is_figure(word) and word not in ("$", "€", "£", ")", "%"):
            break
        tail += is_figure(word)
    return tail >= 2


def is_figure(cell: str) -> bool:
    """Whether a cell holds a number, an amount, a percentage or the dash for nothing.

    Parameters
    ----------
    cell : str
        Text of one cell.

    Returns
    -------
    bool
        True for ``$ 4,268``, ``(28,096)``, ``12%``, ``—`` and alike.
    """
    bare = cell.strip(" $€£¥()%*¹²³⁰⁴⁵⁶⁷⁸⁹")
    return bare in ("—", "–", "-", "N/A", "NM", "n/m") or bool(
        bare and _NUMBER.fullmatch(bare) and bare[-1] not in ".,"
    )


def _close_letter_spacing(line: str) -> str:
    """Turn “w i d e l y  s e t” into “widely set”: letters apart, words further apart."""
    letters = line.split()
    single = sum(len(letter) == 1 and letter.isalpha() for letter in letters)
    if len(letters) < 10 or single < 0.8 * len(letters) or "  " not in line:
        return line
    return " ".join(word.replace(" ", "") for word in line.split("  "))


def _drop_empty_lines(lines: list[str]) -> list[str]:
    """Keep one empty line in a row, none around the text and none between two table rows."""
    kept: list[str] = []
    gap = False
    for line in lines:
        if not line:
            gap = bool(kept)
            continue
        if gap and not (is_row(line) and is_row(kept[-1])):
            kept.append("")
        gap = False
        kept.append(line)
    return kept
