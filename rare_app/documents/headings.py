"""Finding headings in a page's text and keeping track of the section that is open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.documents.clean import is_row

LONGEST_SECTION = 80
"""Characters of a section's name."""

SEPARATOR = " › "

_LONGEST_HEADING = 100
_WEAK_LEVEL = 8  # levels from here on are guessed from the look of the line alone

_MARKDOWN = re.compile(r"(#{1,6}) +(.*?)(?: +#+)?$")
_NUMBER = r"(?:\d{1,3}[A-Z]?|[IVXLC]{1,6}|[A-Z])"
_NAMED: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"(?:PART|Part|BOOK|Book|VOLUME) +{_NUMBER}\b", re.ASCII)),
    (2, re.compile(rf"(?:CHAPTER|Chapter|ANNEX|Annex|APPENDIX|Appendix) +{_NUMBER}\b")),
    (2, re.compile(r"(?:ITEM|Item) +\d{1,2}[A-Z]?\b\.?")),
    (3, re.compile(rf"(?:SECTION|Section|ARTICLE|Article) +{_NUMBER}\b")),
    (3, re.compile(r"(?:NOTE|Note) +\d{1,3} *[:.—–-] *[A-Z]")),
)
_OUTLINE_NUMBER = re.compile(r"([1-9]\d?(?:\.\d{1,2}){0,4})\.?[ \t]+(?=[A-ZÀ-Þ])")
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’)\]]*$")
_CONTENTS_LINE = re.compile(r"\S.*(?:\.{3,}|\s)\s*\d{1,4}$")
_JOINING_TEXT = """
    a an and as at but by der des die du et for from if in into la le les nor of on or over per
    pursuant s t the to und under up vs with without von y de
"""
_JOINING = frozenset(_JOINING_TEXT.split())


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names what follows.

    Attributes
    ----------
    start, end : int
        Half-open character span of the line in the page's text, without the line end.
    level : int
        1 for the outermost; 8 and more where only the look of the line speaks for a heading.
    title : str
        The heading without number signs, on one line.
    """

    start: int
    end: int
    level: int
    title: str


def find_headings(pages: Sequence[str], *, markdown: bool) -> list[list[Heading]]:
    """Find the headings of a document.

    Parameters
    ----------
    pages : sequence of str
        Text of every page.
    markdown : bool
        Take ``#`` headings and nothing else; otherwise judge by form and neighbourhood: a named or
        numbered heading, a line in capitals, a short line in title case before prose. When in
        doubt a line is none.

    Returns
    -------
    list of list of Heading
        For every page its headings in the order of the text.
    """
    if markdown:
        return [_find_markdown(page) for page in pages]
    found = [_find_by_form(page) for page in pages]
    numbers = {n for page in found for heading in page if (n := _outline_number(heading))}
    # Sections are numbered from 1 and have neighbours; lists of exhibits and laws do not.
    plausible = {
        number
        for number in numbers
        if any(other[0] == 1 for other in numbers)
        and (
            (*number[:-1], number[-1] + 1) in numbers
            or (*number[:-1], number[-1] - 1) in numbers
            or number[:-1] in numbers
        )
    }
    return [
        [h for h in page if (number := _outline_number(h)) is None or number in plausible]
        for page in found
    ]


def _find_markdown(text: str) -> list[Heading]:
    """Find the ``#`` headings of a page outside code."""
    headings = []
    position = 0
    fenced = False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = None if fenced else _MARKDOWN.match(line)
        title = " ".join(match.group(2).strip("*_` ").split()) if match else ""
        if match and title:
            headings.append(Heading(position, position + len(line), len(match.group(1)), title))
        position += len(line) + 1
    return headings


def _find_by_form(text: str) -> list[Heading]:
    """Find the headings of a page that has no marks for them."""
    lines = text.split("\n")
    if _is_contents(lines):
        return []
    headings: list[Heading] = []
    position = 0
    for index, line in enumerate(lines):
        level = _judge(lines, index)
        end = position + len(line)
        if level:
            title = " ".join(line.split())
            last = headings[-1] if headings else None
            if last is not None and last.end + 1 == position and _is_broken(last, level, title):
                headings[-1] = Heading(last.start, end, last.level, f"{last.title} {title}")
            else:
                headings.append(Heading(position, end, level, title))
        position = end + 1
    return headings


def _is_broken(last: Heading, level: int, title: str) -> bool:
    """Whether a heading goes on in the next line."""
    if level < _WEAK_LEVEL or (last.title.isupper() and not title.isupper()):
        return False
    return len(last.title) >= 85 or last.title.split()[-1].lower() in _JOINING


def _outline_number(heading: Heading) -> tuple[int, ...] | None:
    """Take the number of a heading such as “3.1 Results”, None for other headings."""
    match = _OUTLINE_NUMBER.match(heading.title)
    return tuple(int(part) for part in match.group(1).split(".")) if match else None


class SectionTrail:
    """The headings that are open at a place of the document, outermost first.

    Parameters
    ----------
    certain : bool
        The headings are marked as such (Markdown), so they hold until the next one.
    """

    def __init__(self, *, certain: bool) -> None:
        self._certain = certain
        self._open: list[tuple[int, int, str]] = []  # level, page, title

    def enter(self, heading: Heading, *, page: int) -> None:
        """Open a heading; it closes those of its own level and below.

        Parameters
        ----------
        heading : Heading
            The next heading of the document.
        page : int
            1-based number of the page it stands on.
        """
        self._open = [entry for entry in self._open if entry[0] < heading.level]
        self._open.append((heading.level, page, heading.title))

    def name(self, *, page: int) -> str:
        """Name the open section.

        Parameters
        ----------
        page : int
            1-based page that is asked for; guessed headings of much earlier pages are left out.

        Returns
        -------
        str
            Headings joined by " › ", at most 80 characters; where that is too long the outer ones
            go first.
        """
        titles = [
            title
            for level, since, title in self._open
            if self._certain or page - since <= _pages_held(level)
        ]
        while len(titles) > 1 and len(SEPARATOR.join(titles)) > LONGEST_SECTION:
            titles.pop(0)
        name = SEPARATOR.join(titles)
        return name if len(name) <= LONGEST_SECTION else name[: LONGEST_SECTION - 1].rstrip() + "…"


def _pages_held(level: int) -> int:
    """Pages after which a heading is taken for closed by one that was not recognised."""
    if level >= _WEAK_LEVEL:
        return 2
    return {1: 100, 2: 100, 3: 4}.get(level, 15)


def _is_contents(lines: Sequence[str]) -> bool:
    """Whether a page is a table of contents: its entries are headings of other pages."""
    held = [line for line in lines if line.strip()]
    entries = sum(bool(_CONTENTS_LINE.match(line)) and not is_row(line) for line in held)
    named = any(
        re.match(r"(?:table of )?contents\b|index$|inhalt|sommaire|índice|indice", line.lower())
        for line in held[:8]
    )
    if entries >= 4 and (named or 2 * entries >= len(held)):
        return True
    headings = sum(bool(_judge_named(line.strip())) for line in held)
    prose = sum(_is_prose(line) for line in held)
    return headings >= 4 and prose < headings


def _judge(lines: Sequence[str], index: int) -> int:
    """Level of a line as a heading, 0 for none."""
    line = lines[index].strip()
    if not 3 <= len(line) <= _LONGEST_HEADING or not any(c.isalpha() for c in line):
        return 0
    if is_row(line) or line[0] in '•-–—*|☐☒☑(“"':
        return 0
    if re.search(r"\d$", line) and "  " in line:
        return 0
    before = _neighbour(lines, index, step=-1)
    after = _neighbour(lines, index, step=1)
    if not after or after[0].islower():
        return 0
    named = _judge_named(line)
    if named:
        # "Item 2 of Part I describes …" within prose is no heading.
        return 0 if _is_prose(line) and _SENTENCE_END.search(line) else named
    if not _ends_block(before) and lines[index - 1].strip():
        return 0
    if _SENTENCE_END.search(line) or line.endswith(","):
        return 0
    numbered = _OUTLINE_NUMBER.match(line)
    if numbered and len(line) <= 80 and not is_row(after) and "  " not in line:
        worded = any(len(word) > 3 and word.isalpha() for word in line.split())
        return min(_WEAK_LEVEL - 1, 4 + numbered.group(1).count(".")) if worded else 0
    if is_row(after) or "  " in line or re.search("[☐☒☑_]", line):
        return 0
    words = line.split()
    letters = [c for c in line if c.isalpha()]
    if all(c.isupper() for c in letters):
        enough = len(letters) >= 6 and len(words) <= 10 and max(map(len, words)) >= 4
        return _WEAK_LEVEL if enough and _opens_block(lines, index) else 0
    if len(words) <= 10 and len(line) <= 70 and _is_title_case(words):
        return _WEAK_LEVEL + 1 if _opens_block(lines, index) else 0
    return 0


def _judge_named(line: str) -> int:
    """Level of a heading such as “Item 2. …” or “NOTE 6 — INVENTORIES”, 0 for none."""
    for level, pattern in _NAMED:
        match = pattern.match(line)
        if match is None:
            continue
        rest = line[match.end() :].lstrip(" .:—–-")
        if not rest:
            return level
        opened = line[match.end() - 1] if level == 3 and match.group()[-1].isalpha() else rest[0]
        punctuated = bool(re.match(r"[ ]*[.:—–-]", line[match.end() - 1 :])) or level == 3
        if opened.isupper() and (punctuated or line.isupper()) and not rest[-1].isdigit():
            return level
    return 0


def _neighbour(lines: Sequence[str], index: int, *, step: int) -> str:
    """Nearest line that holds something, before or after; empty at the page's edge."""
    index += step
    while 0 <= index < len(lines):
        if lines[index].strip():
            return lines[index].strip()
        index += step
    return ""


def _ends_block(line: str) -> bool:
    """Whether a line may end what stands before a heading."""
    return not line or bool(_SENTENCE_END.search(line)) or is_row(line) or _judge_form(line)


def _judge_form(line: str) -> bool:
    """Whether a line could itself be a heading, by its form alone."""
    words = line.split()
    return bool(_judge_named(line)) or (
        len(words) <= 10 and len(line) <= 70 and (line.isupper() or _is_title_case(words))
    )


def _opens_block(lines: Sequence[str], index: int) -> bool:
    """Whether prose follows a line, at once or after one or two further headings.

    The heads of table columns look like headings but no prose follows them.
    """
    following = [line.strip() for line in lines[index + 1 : index + 8] if line.strip()][:3]
    for line in following:
        if _is_prose(line):
            return True
        if not _judge_form(line):
            return False
    return False


def _is_prose(line: str) -> bool:
    """Whether a line is a part of running text: long, mostly words in lower case."""
    words = line.split()
    lower = sum(word[0].islower() for word in words)
    return len(line) >= 40 and 2 * lower >= len(words) and line[0] != "(" and not is_row(line)


def _is_title_case(words: Sequence[str]) -> bool:
    """Whether the words that carry meaning begin with capitals; figures and dates do not count."""
    first = words[0]
    if not first[0].isupper() or any(c.isdigit() for word in words for c in word):
        return False
    carrying = [word for word in words if word.strip("(),&").lower() not in _JOINING]
    alphabetic = [word for word in carrying if any(c.isalpha() for c in word)]
    capital = [word for word in alphabetic if word.lstrip("(“\"'")[:1].isupper()]
    longest = max((len(word) for word in alphabetic), default=0)
    return longest >= 4 and len(capital) == len(alphabetic)
