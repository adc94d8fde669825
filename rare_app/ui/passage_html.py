"""A passage's text as people read it: words marked, and no signs of Markdown.

Files other than PDF and plain text are kept as Markdown; of those two the tables are. The signs
are left out by where they stand, so that a mark is where its words are, whatever is left out around
them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby, pairwise

from rare_app.library import Passage
from rare_app.prompt import unwrap

Span = tuple[int, int]

_PLAIN_SUFFIXES = (".txt", ".text", ".log")
_BLOCK = re.compile(
    r"""^(?P<indent>[ \t]*(?:>[ ]?)*)(?:
        (?P<heading>\#{1,6}[ \t]+)(?P<title>[^\n]*?)(?P<closing>[ \t]+\#+)?[ \t]*$
        | (?P<rule>(?:[-*_=][ \t]*){3,}|`{3,}[^`\n]*|~{3,}[^\n]*)$
        | (?P<bullet>[-*+])(?=[ \t]+\S)
    )?""",
    re.MULTILINE | re.VERBOSE,
)
_INLINE = re.compile(
    r"""(?<!`)(?P<code>`+)(?!`)(?P<literal>[^\n]+?)(?<!`)(?P=code)(?!`)
    | \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<entity>&(?:[a-zA-Z]{2,8}|\#\d{1,6});)
    | (?P<line><br[ ]?/?>)
    | !?\[(?P<label>[^\[\]\n]*)\]\([^()\s]*(?:[ ]"[^"\n]*")?\)
    """,
    re.VERBOSE,
)
_STRONG = re.compile(r"(?<!\w)(?:\*\*\*?|__)(?=\S)|(?<=\S)(?:\*\*\*?|__)(?!\w)|(?<!\w)~~|~~(?!\w)")
_EMPHASIS = re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])[^*_\n]*[^\s*_\\]\1(?![\w*])")
_ROW = re.compile(r"[ \t]*\|.*|.*\|[ \t]*$")
_BAR = re.compile(r"(?<!\\)\|")
_BLANKS = re.compile(r" {2,}")
_RULE_ROW = re.compile(r"[ \t|:-]*-[ \t|:-]*$")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A text, what of it is replaced by what, and what is marked; all in order."""

    text: str
    edits: Sequence[tuple[int, int, str]]
    marks: Sequence[Span]

    def html(self, start: int, end: int) -> str:
        """Write a part, its words marked."""
        edges = {start, end, *(at for mark in self.marks for at in mark if start < at < end)}
        written = []
        for left, right in pairwise(sorted(edges)):
            words = escape(self.words(left, right))
            marked = any(one[0] <= left and right <= one[1] for one in self.marks)
            written.append(f"<mark>{words}</mark>" if marked and words.strip() else words)
        return "".join(written)

    def words(self, start: int, end: int) -> str:
        """Give a part's words; of a sign that is cut in two the left part is replaced."""
        parts, at = [], start
        for left, right, new in self.edits:
            if right <= at or left >= end:
                continue
            parts.append(self.text[at : max(at, left)])
            parts.append(new if left >= start else "")
            at = right
        parts.append(self.text[at:end])
        return "".join(parts)


def is_markdown(passage: Passage) -> bool:
    """Whether a passage's text is Markdown: all is but that of PDF and plain text."""
    return passage.page_kind != "page" and not passage.document.lower().endswith(_PLAIN_SUFFIXES)


def passage_html(passage: Passage, marks: Iterable[Span] = ()) -> str:
    """Write a passage's text, below the head of the table inside which it begins.

    Parameters
    ----------
    marks : iterable of (int, int)
        What is marked, in characters of the passage's text; overlapping marks are joined.
    """
    head = f"{passage.head}\n" if passage.head else ""
    placed = [(start + len(head), end + len(head)) for start, end in marks]
    return text_html(head + passage.text, placed, markdown=is_markdown(passage))


def text_html(text: str, marks: Iterable[Span] = (), *, markdown: bool) -> str:
    """Write a text with marks, its tables as tables; of Markdown the words alone."""
    shown = unwrap(text)
    whole = _Shown(shown, _edits(text) if markdown else (), _joined(marks, len(text)))
    lines: list[Span] = []
    for line in shown.split("\n"):
        start = lines[-1][1] + 1 if lines else 0
        lines.append((start, start + len(line)))
    written: list[str] = []
    is_row = _is_row if markdown else _is_whole_row
    for rows, group in groupby(lines, lambda line: is_row(shown[line[0] : line[1]])):
        own = list(group)
        if rows:
            written.append(_table(whole, own))
        elif markdown:
            written.append(_lines(whole, own))
        else:
            written.append(whole.html(own[0][0], own[-1][1]) + "\n")
    return "".join(written).strip("\n")


def words_html(text: str, passages: Iterable[Passage]) -> str:
    """Write words that are taken from passages, or tell of them, without signs of Markdown."""
    if any(map(is_markdown, passages)):
        return escape(bare_text(text))
    rows = (
        _BLANKS.sub(" ", _BAR.sub(" ", line)).strip() if _is_whole_row(line) else line
        for line in text.split("\n")
    )
    return escape("\n".join(rows))


def bare_text(text: str) -> str:
    """Give words of Markdown on their own, a table's cells a blank apart.

    They may begin anywhere in a line: a dash in front is no item's mark.
    """
    bars = [(*match.span(), " ") for match in _BAR.finditer(text)]
    shown = _Shown(text, sorted([*_edits(text, lines=False), *bars]), ())
    return _BLANKS.sub(" ", shown.words(0, len(text)))


def _joined(marks: Iterable[Span], length: int) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in marks):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined


def _edits(text: str, *, lines: bool = True) -> list[tuple[int, int, str]]:
    """List what is replaced in a text, in order; most of it by nothing.

    Parameters
    ----------
    lines : bool
        Whether the text begins with a line, so that what lines begin with is replaced, too.
    """
    edits: list[tuple[int, int, str]] = []
    taken: list[Span] = []
    for match in _INLINE.finditer(text):
        taken.append(match.span())
        if kept := next((name for name in ("literal", "label") if match[name] is not None), ""):
            edits += [(match.start(), match.start(kept), ""), (match.end(kept), match.end(), "")]
        elif match["escaped"]:
            edits.append((match.start(), match.start() + 1, ""))
        else:
            edits.append((*match.span(), "\n" if match["line"] else unescape(match[0])))
    for match in _BLOCK.finditer(text) if lines else ():
        signs = [match.span("heading"), match.span("closing")]
        edits += [(*span, "") for span in signs if span[1] > span[0]]
        if match["rule"]:  # with the break behind it, which may have been taken for a wrapped one
            edits.append((match.start("rule"), match.end("rule") + 1, ""))
        if quoted := text.count(">", *match.span("indent")):
            edits.append((match.start("indent"), match.end("indent"), " " * (2 * quoted)))
        if match["bullet"]:
            edits.append((*match.span("bullet"), "•"))
        if match["rule"] or match["bullet"]:
            taken.append(match.span("rule" if match["rule"] else "bullet"))
    taken.sort()
    for match in _STRONG.finditer(text):
        if not _overlaps(taken, match.span()):
            edits.append((*match.span(), ""))
    for match in _EMPHASIS.finditer(text):
        for at in (match.start(), match.end() - 1):
            if not _overlaps(taken, (at, at + 1)):
                edits.append((at, at + 1, ""))
    return sorted(edits)


def _overlaps(taken: Sequence[Span], span: Span) -> bool:
    """Whether a span lies on one of those that are taken, which are in order and apart."""
    at = bisect_left(taken, span[1], key=lambda one: one[0])
    return at > 0 and taken[at - 1][1] > span[0]


def _is_row(line: str) -> bool:
    return bool(_ROW.match(line)) and len(_BAR.findall(line)) > 1


def _is_whole_row(line: str) -> bool:
    """Whether a line is a row of a table as the readers of files write it."""
    return line.startswith("|") and line.endswith("|") and _is_row(line)


def _lines(whole: _Shown, lines: Sequence[Span]) -> str:
    """Write lines that are no rows; headings stand out, lines of signs alone are left out."""
    written: list[str] = []
    below_head = False
    for start, end in lines:
        html, line = whole.html(start, end), whole.text[start:end]
        if not html.strip() and (line.strip() or below_head):
            continue
        below_head = line.lstrip(" \t>").startswith("#") and html.strip() != line.strip()
        written.append(f"<span class='rare-heading'>{html}</span>" if below_head else html)
    return "".join(f"{one}\n" for one in written)


def _table(whole: _Shown, rows: Sequence[Span]) -> str:
    """Write rows as a table where all have as many cells; else the cells with a gap between."""
    cells = [_cells(whole.text, row) for row in rows]
    ruled = [bool(_RULE_ROW.match(whole.text[start:end])) for start, end in rows]
    has_head = len(ruled) > 1 and ruled[1] and _is_filled(cells[0])
    kept = [one for one, rule in zip(cells, ruled, strict=True) if not rule and _is_filled(one)]
    if len({len(one) for one in kept}) > 1:
        apart = ([whole.html(*cell) for cell in one if cell[1] > cell[0]] for one in kept)
        return "".join(f"{'  ·  '.join(one)}\n" for one in apart)
    written = []
    for number, one in enumerate(kept):
        kind = "th" if has_head and not number else "td"
        written.append("".join(f"<{kind}>{whole.html(*cell)}</{kind}>" for cell in one))
    body = "".join(f"<tr>{row}</tr>" for row in written)
    return f"<div class='rare-table'><table><tbody>{body}</tbody></table></div>"


def _is_filled(cells: Sequence[Span]) -> bool:
    return any(end > start for start, end in cells)


def _cells(text: str, row: Span) -> list[Span]:
    """Find the cells of a row, without the white space around them."""
    start, end = row
    bars = [start + match.start() for match in _BAR.finditer(text[start:end])]
    edges = [start - 1, *bars, end]
    cells = []
    for left, right in pairwise(edges):
        words = text[left + 1 : right]
        begin = left + 1 + len(words) - len(words.lstrip())
        cells.append((begin, max(begin, left + 1 + len(words.rstrip()))))
    # What stands outside the first and the last bar is no cell.
    if cells and cells[0][1] <= cells[0][0]:
        cells = cells[1:]
    if cells and cells[-1][1] <= cells[-1][0]:
        cells = cells[:-1]
    return cells
