"""Lists on a page: what introduces them, what stands above them, and their items."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.reader import Mark, Span, find_marks, sentence_spans, trim

_WORD = re.compile(r"\S+")
_POINTS_ON = re.compile(
    r"\bthe following\b|\bas follows\b|\b(?:listed|set out|given|as) below\b", re.I
)
_SENTENCE_END = re.compile(r"[.!?;,][\"”’')\]]*$")
_HEADING = re.compile(r"^(?:#+ |[A-Z]|[\dIVX]+(?:\.\d+)*[.)]? +[A-Z(])")
_HASHES = re.compile(r"^#+ *")
_HEADING_WORDS, _LOOK_UP = 12, 40
_NESTED_LINES = 15
"""Lines that a list within an item may have."""
_BODY_LINES = 2
"""Lines without a mark that an item may have more: a note, the wrapped end of a line."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a text.

    Attributes
    ----------
    lead : (int, int)
        The sentence or line that introduces it, by offsets.
    heading : str
        The heading above, or an empty text.
    items : tuple of (int, int)
        The items, marks left out, by offsets.
    marks : tuple of str
        What each is written behind: its number or letter as it stands there, or ``-``.
    """

    lead: Span
    heading: str
    items: tuple[Span, ...]
    marks: tuple[str, ...]


@functools.lru_cache(maxsize=64)
def read_lists(text: str) -> tuple[Listing, ...]:
    """Find the lists of a text whose items are lines.

    Items have marks (:func:`~rare_app.reader.marks.find_marks`); behind a colon they may be lines
    in small letters without any, as web pages give them in a PDF. A list has at least two, and a
    line that introduces it: one that ends in a colon, points on (“the following”), or is no whole
    sentence, such as a heading.

    Parameters
    ----------
    text : str
        A page or passage, wrapped lines joined.
    """
    lines = _lines(text)
    marks = {mark.line: mark for mark in find_marks(text)}
    found: list[Listing] = []
    at = 1
    while at < len(lines):
        if lines[at][0] in marks:
            end, listing = _marked(text, lines, marks, at)
        elif text[lines[at - 1][1] - 1] == ":" and _is_small(text, lines[at]):
            end, listing = _plain(text, lines, marks, at)
        else:
            at += 1
            continue
        if listing is not None:
            found.append(listing)
        at = max(end, at + 1)
    return tuple(found)


def _marked(
    text: str, lines: Sequence[Span], marks: dict[int, Mark], first: int
) -> tuple[int, Listing | None]:
    """Read a list from its first marked line on; gives the line behind it, too."""
    opening = last = marks[lines[first][0]]
    items: list[Span] = [(opening.words, lines[first][1])]
    said = [_written(text, opening)]
    longer = 0  # items of several lines
    outer = {mark.style for line, mark in marks.items() if line < lines[first][0]} - {last.style}
    at = first + 1
    while at < len(lines):
        start, end = lines[at]
        mark = marks.get(start)
        if mark is not None and mark.follows(last):
            items.append((mark.words, end))
            said.append(_written(text, mark))
            last = mark
        elif mark is not None and (mark.style == last.style or mark.style in outer):
            if not _goes_on(lines, marks, at, last):
                break
            items[-1] = (items[-1][0], end)
        elif mark is not None or _has_next(text, lines, marks, at, last):
            items[-1] = (items[-1][0], end)
            longer += mark is None
        else:
            break
        at += 1
    if len(items) < 2 or 2 * longer > len(items):  # numbered sections are no list
        return at, None
    items[-1] = _as_long(text, items)
    return at, _introduced(text, lines, first, items, said)


def _as_long(text: str, items: Sequence[Span]) -> Span:
    """Cut the last item after as many sentences as the longest other one has.

    On a PDF's page the paragraph behind a list may begin in the next line, as a wrapped line of
    the item would. Where empty lines part paragraphs, all of an item is kept.
    """
    end = items[-1][1]
    if text.startswith("\n\n", end) or (not text[end:].strip() and "\n\n" in text):
        return items[-1]
    most = max(len(sentence_spans(text[start:end])) for start, end in items[:-1])
    start, end = items[-1]
    sentences = sentence_spans(text[start:end])
    return (start, start + sentences[min(most, len(sentences)) - 1][1])


def _plain(
    text: str, lines: Sequence[Span], marks: dict[int, Mark], first: int
) -> tuple[int, Listing | None]:
    """Read lines in small letters behind a colon."""
    at = first
    while at < len(lines) and _is_small(text, lines[at]) and lines[at][0] not in marks:
        at += 1
    items = [span for line in lines[first:at] if (span := trim(text, *line))]
    if len(items) < 2:
        return at, None
    return at, _introduced(text, lines, first, items, ["-"] * len(items))


def _introduced(
    text: str, lines: Sequence[Span], first: int, items: Sequence[Span], said: Sequence[str]
) -> Listing | None:
    """Put a list together with what stands above it; ``None`` where nothing introduces it."""
    start, end = lines[first - 1]
    start += len(match[0]) if (match := _HASHES.match(text[start:end])) else 0
    sentences = sentence_spans(text[start:end])
    if not sentences:
        return None
    lead = (start + sentences[-1][0], start + sentences[-1][1])
    line = text[slice(*lead)]
    if line[-1] != ":" and _SENTENCE_END.search(line) and not _POINTS_ON.search(line):
        return None
    return Listing(lead, _heading_above(text, lines, first - 1), tuple(items), tuple(said))


def _goes_on(lines: Sequence[Span], marks: dict[int, Mark], at: int, last: Mark) -> bool:
    """Whether a list within an item begins at a line: “(i)”, “(ii)” and then “(d)”."""
    mark, before = marks[lines[at][0]], marks.get(lines[at - 1][0])
    inner = any(number == 1 for _, number in mark.numbers) or (before and mark.follows(before))
    own = (marks.get(start) for start, _ in lines[at : at + _NESTED_LINES])
    return bool(last.numbers and inner) and any(one and one.follows(last) for one in own)


def _has_next(
    text: str, lines: Sequence[Span], marks: dict[int, Mark], at: int, last: Mark
) -> bool:
    """Whether a line without a mark belongs to an item: the next number comes soon after it."""
    if not last.numbers or text.startswith("#", lines[at][0]):
        return False
    return any(
        mark.follows(last)
        for start, _ in lines[at + 1 : at + 1 + _BODY_LINES]
        if (mark := marks.get(start)) is not None
    )


def _heading_above(text: str, lines: Sequence[Span], at: int) -> str:
    """Find the nearest heading above a line."""
    for start, end in reversed(lines[max(0, at - _LOOK_UP) : at]):
        line = text[start:end].strip()
        if line.startswith("#"):
            return _HASHES.sub("", line)
        if (
            _HEADING.match(line)
            and len(_WORD.findall(line)) <= _HEADING_WORDS
            and not _SENTENCE_END.search(line)
            and line[-1] not in ":|"
        ):
            return line
    return ""


def _lines(text: str) -> list[Span]:
    """List the lines that hold something."""
    found, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append((start, start + len(line)))
        start += len(line) + 1
    return found


def _is_small(text: str, line: Span) -> bool:
    return text[slice(*line)].lstrip()[:1].islower()


def _written(text: str, mark: Mark) -> str:
    return text[mark.line : mark.words].strip() if mark.numbers else "-"
