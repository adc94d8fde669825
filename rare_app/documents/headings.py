"""Finding headings in a page's text and keeping track of the section that is open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.documents.clean import is_figure, is_row

LONGEST_SECTION = 80
"""Characters of a section's name."""

SEPARATOR = " › "

_LONGEST_HEADING = 100
_WEAK_LEVEL = 8  # levels from here on are guessed from the look of the line alone
_WEAK_PAGES = 2  # pages after which a guessed heading no longer holds

_MARKDOWN = re.compile(r"(#{1,6}) +(.*?)(?: +#+)?$")
_NUMBER = r"(?:\d{1,3}[A-Z]?|[IVXLC]{1,6}|[A-Z])"
_NAMED: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"(?:PART|Part|BOOK|Book|VOLUME) +{_NUMBER}\b", re.ASCII)),
    (2, re.compile(rf"(?:CHAPTER|Chapter|ANNEX|Annex|APPENDIX|Appendix) +{_NUMBER}\b")),
    (2, re.compile(r"(?:ITEM|Item) +\d{1,2}[A-Z]?\b\.?")),
    (3, re.compile(rf"(?:SECTION|Section|ARTICLE|Article) +{_NUMBER}\b")),
    (3, re.compile(r"(?:NOTE|Note) +\d{1,3} *[:.—–-] *[A-Z]")),
)
_OUTLINE_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?[ \t]+(?=[A-ZÀ-Þ])")
_PROSE = re.compile(r"[a-zà-ÿ]{2,}(?:[ ,]+\S+){5,}")
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’)\]]*$")
_CONTENTS_LINE = re.compile(r"\S.*(?:\.{3,}|\s)\s*\d{1,4}$")
_JOINING_TEXT = """
    a an and as at but by der des die du et for from if in into la le les nor of on or over per
    s t the to und up vs with without von y de
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


def find_headings(text: str, *, markdown: bool) -> list[Heading]:
    """Find the headings of a page.

    Parameters
    ----------
    text : str
        The page's text.
    markdown : bool
        Take ``#`` headings and nothing else; otherwise judge by form and neighbourhood: a named or
        numbered heading, a line in capitals, a short line in title case before prose. When in
        doubt a line is none.

    Returns
    -------
    list of Heading
        In the order of the text.
    """
    lines = text.split("\n")
    if not markdown and _is_contents(lines):
        return []
    headings = []
    position = 0
    fenced = False
    for index, line in enumerate(lines):
        if markdown:
            if line.lstrip().startswith(("```", "~~~")):
                fenced = not fenced
            match = None if fenced else _MARKDOWN.match(line)
            level, title = (len(match.group(1)), match.group(2)) if match else (0, "")
            title = title.strip("*_` ")
        else:
            title = line.strip()
            level = _judge(lines, index)
        if level and title:
            headings.append(Heading(position, position + len(line), level, " ".join(title.split())))
        position += len(line) + 1
    return headings


class SectionTrail:
    """The headings that are open at a place of the document, outermost first."""

    def __init__(self) -> None:
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
            if level < _WEAK_LEVEL or page - since <= _WEAK_PAGES
        ]
        while len(titles) > 1 and len(SEPARATOR.join(titles)) > LONGEST_SECTION:
            titles.pop(0)
        name = SEPARATOR.join(titles)
        return name if len(name) <= LONGEST_SECTION else name[: LONGEST_SECTION - 1].rstrip() + "…"


def _is_contents(lines: Sequence[str]) -> bool:
    """Whether a page is a table of contents: its entries are headings of other pages."""
    held = [line for line in lines if line.strip()]
    entries = sum(bool(_CONTENTS_LINE.match(line)) and not is_row(line) for line in held)
    named = any(
        re.match(r"(?:table of )?contents\b|index$|inhalt|sommaire|índice|indice", line.lower())
        for line in held[:8]
    )
    return entries >= 4 and (named or 2 * entries >= len(held))


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
        return 0 if _PROSE.search(line) and _SENTENCE_END.search(line) else named
    if not _ends_block(before) and lines[index - 1].strip():
        return 0
    if _SENTENCE_END.search(line) or line.endswith(","):
        return 0
    numbered = _OUTLINE_NUMBER.match(line)
    if numbered and len(line) <= 80 and not is_row(after):
        return 3 + numbered.group(1).count(".")
    if is_row(after) or is_row(before) or "  " in line:
        return 0
    words = line.split()
    letters = [c for c in line if c.isalpha()]
    if all(c.isupper() for c in letters):
        enough = len(letters) >= 6 and len(words) <= 10 and max(map(len, words)) >= 4
        return _WEAK_LEVEL if enough and _opens_block(after) else 0
    if len(words) <= 10 and len(line) <= 70 and _is_title_case(words) and _opens_block(after):
        return _WEAK_LEVEL + 1
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
    return not line or bool(_SENTENCE_END.search(line)) or _judge_form(line)


def _judge_form(line: str) -> bool:
    """Whether a line could itself be a heading, by its form alone."""
    words = line.split()
    return bool(_judge_named(line)) or (
        len(words) <= 10 and len(line) <= 70 and (line.isupper() or _is_title_case(words))
    )


def _opens_block(line: str) -> bool:
    """Whether a line may follow a guessed heading: prose, or a further heading."""
    return bool(_PROSE.search(line) and len(line) >= 40) or _judge_form(line)


def _is_title_case(words: Sequence[str]) -> bool:
    """Whether the words that carry meaning begin with capitals; figures and dates do not count."""
    first = words[0]
    if not first[0].isupper() or sum(is_figure(word) for word in words) > 0:
        return False
    carrying = [word for word in words if word.strip("(),&").lower() not in _JOINING]
    alphabetic = [word for word in carrying if any(c.isalpha() for c in word)]
    capital = [word for word in alphabetic if word.lstrip("(“\"'")[:1].isupper()]
    longest = max((len(word) for word in alphabetic), default=0)
    return longest >= 4 and len(capital) == len(alphabetic)
