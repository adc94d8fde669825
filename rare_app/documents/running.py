"""Finding running headers and footers: lines that repeat at the edge of neighbouring pages."""

import re
from collections import Counter
from collections.abc import Sequence

from rare_app.documents.clean import is_row

EDGE_LINES = 4
"""Lines at the top and at the bottom of a page that may be running."""

_WINDOW = 4
"""Pages before and after a page that are compared with it."""

_DIGITS = re.compile(r"\d+")
_NUMBERING = re.compile(r"\d+[A-Za-z]?(?:, *\d+[A-Za-z]?)*\b|\b[IVXLC]+\b|\d+")
_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|janv|févr|avr)[a-zé]*\.? "
    r".*\d{4}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}",
    re.IGNORECASE,
)
_EDGE_NUMBER = re.compile(r"^(\d{1,4})(?=\s|$)|(?:^|\s)(\d{1,4})$")
_STATED_PAGE = re.compile(r"\b(?:page|p\.|seite) *\d+(?: *(?:of|/|von) *\d+)?", re.IGNORECASE)
_CHAPTER = re.compile(
    r"^(?:chapter|section|part|appendix|annex|kapitel|teil|anhang) (?:\d{1,3}|[A-Z]|[IVXLC]+):",
    re.I,
)
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|página|pagina|strana|s\.)?\s*[-–—|(\[]*\s*(\d{1,5}|[ivxlc]{1,7})\s*[-–—|)\]]*"
    r"(?:\s*(?:of|/|von|de|sur|di|z)\s*\d{1,5})?",
    re.IGNORECASE,
)


def find_running_lines(
    top: Sequence[Sequence[str]], bottom: Sequence[Sequence[str]]
) -> list[tuple[int, int]]:
    """Find running headers, footers and page numbers.

    A line is running when it stands within the first (or last) lines of a page, only running
    lines are between it and the edge, and the same line, digits aside, stands at the same edge
    of most neighbouring pages, or of most neighbouring left or right pages. Rows of figures are
    never running. Documents of fewer than three pages have none.

    Parameters
    ----------
    top, bottom : sequence of sequence of str
        For every page its first lines from the top down, and its last lines from the bottom up,
        :data:`EDGE_LINES` of each at most; clean and not empty.

    Returns
    -------
    list of (int, int)
        For every page how many lines are running, of the first and of the last ones.
    """
    if sum(bool(page) for page in top) < 3:
        return [(0, 0)] * len(top)
    upper = [{_mask(line): line for line in page[::-1]} for page in top]
    lower = [{_mask(line): line for line in page[::-1]} for page in bottom]
    offset = _find_offset([*zip(upper, lower, strict=True)])
    return [
        (
            _count_running(first, upper, index=index, offset=offset),
            _count_running(last, lower, index=index, offset=offset),
        )
        for index, (first, last) in enumerate(zip(top, bottom, strict=True))
    ]


def same_running(line: str) -> str:
    """Write a running line so that those of other pages are written alike; ``#`` for a number."""
    return _mask(line)


def without_number(line: str) -> str:
    """Leave the page's number at its edge out of a running line."""
    return _EDGE_NUMBER.sub("", line).strip()


def _mask(line: str) -> str:
    """Write a line as it is compared: digits masked, case and spaces aside."""
    if _PAGE_NUMBER.fullmatch(line):
        return "#"
    if line[-1] in ".!?,;-":
        masked = line  # running text: only the very same line repeats
    elif len(line.split()) <= 4:
        masked = _NUMBERING.sub("#", line)
    else:
        # In a longer line only the page's number may differ; other figures are what it says.
        masked = _EDGE_NUMBER.sub("#", _STATED_PAGE.sub("#", line))
    return re.sub(r"\s+", " ", masked).casefold()


def _find_offset(edges: Sequence[tuple[dict[str, str], dict[str, str]]]) -> int | None:
    """Find the printed number less the page's index, where most pages agree; else None."""
    offsets: Counter[int] = Counter()
    for index, (top, bottom) in enumerate(edges):
        found = set()
        for line in [*list(top.values())[:2], *list(bottom.values())[:2]]:
            number = _EDGE_NUMBER.search(line)
            if number and not _holds_figures(line):
                found.add(int(number.group(1) or number.group(2)) - index)
        offsets.update(found)
    if not offsets:
        return None
    offset, count = offsets.most_common(1)[0]
    return offset if count >= 3 and 2 * count > len(edges) else None


def _count_running(
    page: Sequence[str], keys: Sequence[dict[str, str]], *, index: int, offset: int | None
) -> int:
    """Count the lines from the edge of a page that are running."""
    for held, line in enumerate(page[:EDGE_LINES]):
        numbered = held < 2 and offset is not None and _is_numbered(line, number=index + offset)
        if not numbered and not _is_running(line, keys, index=index):
            return held
    return min(len(page), EDGE_LINES)


def _is_numbered(line: str, *, number: int) -> bool:
    """Whether a line at the edge is, begins or ends with the number printed on its page."""
    if len(line) > 100 or _holds_figures(line):
        return False
    if _PAGE_NUMBER.fullmatch(line):
        return str(number) in _DIGITS.findall(line)
    found = _EDGE_NUMBER.search(line)
    # Prose may end with any number; a header has no punctuation and begins with a capital.
    return bool(
        found
        and int(found.group(1) or found.group(2)) == number
        and not re.search(r"[,;:$%]|[.]$", _CHAPTER.sub("", line))
        and not line[0].islower()
        and len(line.split()) <= 12
    )


def _holds_figures(line: str) -> bool:
    """Whether a line is a row of a table; one number beside a title may be the page's."""
    return is_row(line) and len(_DIGITS.findall(line)) > 1


def _is_running(line: str, keys: Sequence[dict[str, str]], *, index: int) -> bool:
    """Whether most neighbours have this line at the same edge."""
    if is_row(line) or len(line) > 200:
        return False
    key = _mask(line)
    near = range(max(0, index - _WINDOW), min(len(keys), index + _WINDOW + 1))
    same = [other for other in near if key in keys[other]]
    if len(same) < 3:
        return False
    with_text = [other for other in near if keys[other]]
    same_side = [other for other in with_text if (other - index) % 2 == 0]
    on_side = [other for other in same if (other - index) % 2 == 0]
    if 2 * len(same) <= len(with_text) and not (
        len(on_side) >= 3 and 4 * len(on_side) >= 3 * len(same_side)
    ):
        # A chapter's header may have just begun or be about to end: it must then fill a run.
        # A date does so by chance, below the signatures at the end of a file.
        if _DATE.search(line):
            return False
        runs = (range(index - lead, index - lead + 4) for lead in range(4))
        if not any(all(other in same for other in run) for run in runs):
            return False
    return key != "#" or _counts_up(line, keys, index=index, near=same)


def _counts_up(
    line: str, keys: Sequence[dict[str, str]], *, index: int, near: Sequence[int]
) -> bool:
    """Whether a lone number is a page number: it grows with the pages."""
    own = _DIGITS.search(line)
    if own is None:
        return True  # roman numerals; their value is not worth reading
    agreeing = 0
    for other in near:
        number = _DIGITS.search(keys[other]["#"])
        if number and int(number.group()) - int(own.group()) == other - index:
            agreeing += 1
    return agreeing >= min(3, len(near))
