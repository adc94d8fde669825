"""Lines of a passage that are rows of a table: a name and figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rare_app.evidence.sentences import Span, trim

_FIGURE = re.compile(
    r"""(?<!\S)(?:
        (?:[($€£¥]{1,3}[ ]{0,4}|[($€£¥−–-]{1,4}[ ]?)?[($€£¥−–-]{0,3}
        (?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?
        (?:[ ]?\))?(?:[ ]?%)?\)?
        | (?:[$€£¥][ ]?)?(?:[—–-]|n/?[am]|N/?[AM])
    )(?=[¹²³⁰⁴-⁹]*(?!\S))""",
    re.VERBOSE,
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
YEAR = re.compile(r"(?<![\d,.$])(?:19|20)\d\d(?![\d,.])")
_FOOTNOTE = re.compile(r"\(\d\)")
_OPEN_END = re.compile(rf"(?:,|\b(?:{MONTH}|Q[1-4]|FY|fiscal|year|of|ended|in|at))$", re.I)
_VERB = re.compile(r"\b(?:is|are|was|were|be|been|has|have|had|will|would|may|can|we|our)\b", re.I)
_PART = re.compile(r"[^;]+(?:;(?! )[^;]*)*")
_LONGEST_LABEL, _LONGEST_LONE_LABEL = 24, 10


@dataclass(frozen=True, slots=True)
class Row:
    """A line that ends in figures; ``None`` for a cell that holds none.

    `columns` are the columns' names where the line itself says them or stands below them in bars.
    """

    line: Span
    label: str
    figures: tuple[Span | None, ...]
    columns: tuple[str, ...] = ()


def lines_of(text: str) -> list[Span]:
    """List the lines that are not empty."""
    found, at = [], 0
    for line in text.split("\n"):
        if span := trim(text, at, at + len(line)):
            found.append(span)
        at += len(line) + 1
    return found


def read_line(text: str, start: int, end: int) -> Row | None:
    """Read a line as a row: a label, then figures to its end; or each with its column's name."""
    if record := _record(text, start, end):
        return record
    figures: list[Span] = []
    for match in reversed(list(_FIGURE.finditer(text, start, end))):
        if text[match.end() : figures[0][0] if figures else end].strip():
            break
        figures.insert(0, match.span())
    # A year that ends a date or opens the line is part of the label.
    while figures and _is_year(text, figures[0]):
        label = text[start : figures[0][0]].strip()
        if (label or len(figures) == 1) and not _OPEN_END.search(label):
            break
        figures.pop(0)
    # So is a figure that stands close to it where the others stand apart: “Level 2  3,008  0”.
    while len(figures) > 1 and not _apart(text, figures[0]) and _apart(text, figures[1]):
        figures.pop(0)
    if _are_years(text, figures):
        return None
    label = text[start : figures[0][0]].strip(" $€£.:…")
    words = len(label.split())
    if words > _LONGEST_LABEL:
        return None
    alone = len(figures) == 1 and not _apart(text, figures[0])
    said = text[slice(*figures[0])]
    if alone and (
        words > _LONGEST_LONE_LABEL or _VERB.search(label) or "." in label or said.isdigit()
    ):
        return None
    named = any(sign.isalpha() for sign in label)
    return Row((start, end), label if named else "", tuple(figures))


def _record(text: str, start: int, end: int) -> Row | None:
    """Read a row that says its columns: “Goodwill; 2023: 67; 2022: 68”."""
    parts = [(start + one.start(), start + one.end()) for one in _PART.finditer(text[start:end])]
    names, figures = [], []
    for a, b in parts[1:]:
        name, _, said = text[a:b].rpartition(": ")
        if not name:
            return None
        names.append(name.strip().replace(" · ", " "))
        figures.append((b - len(said), b) if _FIGURE.fullmatch(said) else None)
    if sum(one is not None for one in figures) < 2:
        return None
    label = text[slice(*parts[0])].rpartition(": ")[2].strip()
    return Row((start, end), label, tuple(figures), tuple(names))


def read_bars(text: str, start: int, end: int, names: tuple[str, ...]) -> Row | None:
    """Read a line of a Markdown table; ``None`` where it has no figures beside its name."""
    bounds = [at for at in range(start, end) if text[at] == "|"]
    spans = [trim(text, a + 1, b) for a, b in pairwise(bounds)]
    if not spans or spans[0] is None:
        return None
    figures = [one if one and _FIGURE.fullmatch(text[slice(*one)]) else None for one in spans[1:]]
    if not any(one and (names or not _is_year(text, one)) for one in figures):
        return None
    columns = names if len(names) == len(figures) else ()
    return Row((start, end), text[slice(*spans[0])], tuple(figures), columns)


def _apart(text: str, figure: Span) -> bool:
    """Whether a wide gap stands before a figure."""
    return text[max(0, figure[0] - 2) : figure[0]].isspace()


def _is_year(text: str, span: Span) -> bool:
    return YEAR.fullmatch(text[span[0] : span[1]]) is not None


def _are_years(text: str, figures: Sequence[Span]) -> bool:
    """Whether figures are years, if with footnotes: “2019 (1) 2018”; also where there are none."""
    others = [text[slice(*one)] for one in figures if not _is_year(text, one)]
    return not others or (len(others) < len(figures) and all(map(_FOOTNOTE.fullmatch, others)))
