"""From the words of a PDF's page to its parts in reading order: paragraphs, items and tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rare_app.documents.pdf_fields import Piece, labels_below, read_special, round_lines
from rare_app.documents.pdf_flows import in_columns
from rare_app.documents.pdf_lines import Line, Run, lines_of, runs_of
from rare_app.documents.pdf_marks import Comment, Edges, Field
from rare_app.documents.pdf_ruled import find_ruled_tables
from rare_app.documents.pdf_rules import Rule
from rare_app.documents.pdf_tables import find_tables
from rare_app.documents.pdf_words import PageWords, Word, turn_box
from rare_app.documents.types import BlockKind

SIGN = 0xF0000
"""A field's value stands in the text as one private character, from here on, until it is written:
so its place in the text is known to the last."""
_BULLET = re.compile(r"[•◦▪●○■□‣∙·–—*☐☒☑-](?:\s|$)")
_NUMBERED = re.compile(r"(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxlc]{1,5})[.)]|§+ ?\d+)(?:\s|$)")
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’)\]]*$")
_WIDER = 0.3
"""Line heights by which the gap above a paragraph is wider than that between its lines."""
_WIDE = 0.35
"""Line heights of a gap that parts paragraphs behind a sentence's end, unless sentences go on over
such gaps."""
_ALIKE = 0.1
"""Line heights by which gaps differ that are meant to be the same."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Fields and comments of a page; the fields' signs count from :data:`SIGN`."""

    fields: Sequence[Field] = ()
    comments: Sequence[Comment] = ()


@dataclass(slots=True)
class _Taken:
    """Lines of a paragraph while it is being put together."""

    lines: list[Line]
    kind: BlockKind


def lay_out(page: PageWords, marks: Marks, *, hidden: Sequence[Edges] = ()) -> list[Piece]:
    """Give the parts of a page in reading order.

    Parameters
    ----------
    page : PageWords
    marks : Marks
        Of the page as it is seen.
    hidden : sequence of Edges
        In the frame of most words: lines that are left out, since they run through the document.
    """
    pieces: list[Piece] = []
    first = page.frames[0].words() if page.frames else []
    turns = page.frames[0].turns if page.frames else 0
    words = [one for one in first if not _is_in(one, hidden)] if hidden else list(first)
    words += [
        _as_word(SIGN + at, turn_box(one.box, turns, page.width, page.height))
        for at, one in enumerate(marks.fields)
    ]
    if turns < 0:
        pieces.append(_at_an_angle(words))
    else:
        pieces += _read_frame(words, _rules(page, turns), marks.fields)
    for frame in page.frames[1:]:
        if frame.turns < 0:
            pieces.append(_at_an_angle(frame.words()))
        else:
            pieces += _read_frame(frame.words(), _rules(page, frame.turns), ())
    _place_comments(pieces, first, marks.comments, page)
    return pieces


def _rules(page: PageWords, turns: int) -> list[Rule]:
    return [turn_box(one, turns, page.width, page.height) for one in page.rules]


def edge_lines(page: PageWords, *, most: int) -> tuple[list[Line], list[Line]]:
    """Give the first lines of a page from the top down, and the last ones from the bottom up."""
    if not page.frames or page.frames[0].turns < 0:
        return [], []
    words = page.frames[0].words()
    top, bottom = min(one.top for one in words), max(one.bottom for one in words)
    size = median(one.size for one in words)
    zone = max(0.2 * (bottom - top), (2 * most) * size)

    def lines(own: Sequence[Word]) -> list[Line]:
        return lines_of(runs_of(own, breaks=lambda *_: False))

    upper = lines([one for one in words if one.top < top + zone])
    lower = lines([one for one in words if one.bottom > bottom - zone])
    return upper[:most], lower[::-1][:most]


def _is_in(word: Word, boxes: Sequence[Edges]) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def _as_word(code: int, box: Edges) -> Word:
    left, top, right, bottom = box
    # A field of several lines is read with the first.
    bottom = min(bottom, top + 24)
    return Word(chr(code), left, top, right, bottom, min(bottom - top, 12.0))


def _is_sign(text: str) -> bool:
    return len(text) == 1 and ord(text) >= SIGN


def _at_an_angle(words: Sequence[Word]) -> Piece:
    return Piece("paragraph", " ".join(one.text for one in words), (0.0, 0.0, 0.0, 0.0))


def _read_frame(
    words: Sequence[Word], rules: Sequence[Rule], fields: Sequence[Field]
) -> list[Piece]:
    tables = find_ruled_tables(rules, words)
    used = frozenset(index for table in tables for index in table.words)
    runs = runs_of(
        [word for index, word in enumerate(words) if index not in used],
        breaks=lambda one, other: _is_sign(one.text) or _is_sign(other.text),
    )
    for run in runs:
        if _is_sign(run.text):
            run.content = fields[ord(run.text) - SIGN]
    runs += [Run("\ufffc", *table.box, 10.0, content=table) for table in tables]
    pieces: list[Piece] = []
    for flow in in_columns(runs):
        pieces += _read_flow(flow, rules)
    return pieces


def _read_flow(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Piece]:
    """Part the lines of a flow into its paragraphs, items, tables and fields."""
    tables = {one.start: one for one in find_tables(lines, rules)}
    pieces: list[Piece] = []
    prose: list[Line] = []
    at = 0
    while at < len(lines):
        found, line = tables.get(at), lines[at]
        own: list[Piece] = []
        taken = 1
        if found is not None:
            taken = found.end - at
            part = lines[at : found.end]
            own.append(Piece("table", "", round_lines(part), part[0].size, table=found.table))
        elif any(run.content is not None for run in line.runs):
            above = prose.pop() if prose and labels_below(prose[-1], line) else None
            own += read_special(line, above)
        else:
            prose.append(line)
        at += taken
        if own:
            pieces += _paragraphs(prose)
            prose = []
            pieces += own
    return pieces + _paragraphs(prose)


def _paragraphs(lines: Sequence[Line]) -> list[Piece]:
    """Put lines together to paragraphs and items of lists."""
    if not lines:
        return []
    gaps = [
        (after.top - before.bottom) / max(1.0, before.size) for before, after in pairwise(lines)
    ]
    usual = sorted(gaps)[len(gaps) // 3] if gaps else 0.0
    inside = [
        gap
        for gap, (before, after) in zip(gaps, pairwise(lines), strict=True)
        if not _ends_sentence(before) and after.text[:1].islower()
    ]
    parting = max(_WIDE, sorted(inside)[len(inside) // 2] + _ALIKE) if inside else _WIDE
    right = max(one.right for one in lines)
    parts: list[_Taken] = []
    for at, line in enumerate(lines):
        part = parts[-1] if parts else None
        gap = gaps[at - 1] if at else 0.0
        wide = gap - usual > _WIDER or (gap > parting and _ends(part))
        if part is None or wide or _begins(part, line, right=right):
            kind: BlockKind = "item" if _is_item(line) else "paragraph"
            parts.append(_Taken([line], kind))
        else:
            part.lines.append(line)
    return [_piece(part) for part in parts]


def _is_item(line: Line) -> bool:
    """Whether a line begins an item: with a bullet, or a number set apart."""
    first = line.runs[0].text
    if _BULLET.match(first):
        return len(line.text) > 2
    return bool(_NUMBERED.match(first)) and (len(line.runs) > 1 or " " in first)


def _ends(part: _Taken | None) -> bool:
    return part is not None and _ends_sentence(part.lines[-1])


def _ends_sentence(line: Line) -> bool:
    return bool(_SENTENCE_END.search(line.text))


def _begins(part: _Taken, line: Line, *, right: float) -> bool:
    """Whether a line begins a part of its own."""
    last, first = part.lines[-1], part.lines[0]
    if last.bold != line.bold or abs(last.size - line.size) > 0.12 * line.size:
        return True
    ended = _ends(part) or last.right < right - 0.3 * (right - first.left)
    if _is_item(line):
        return bool(_BULLET.match(line.text)) or part.kind == "item" or ended
    if part.kind == "item":
        inner = first.runs[1].left if len(first.runs) > 1 else first.left + 0.3 * first.size
        return ended and line.left < inner - 0.5 * line.size and line.left <= first.left + 1
    indented = line.left > last.left + 0.9 * line.size and last.left <= first.left + 1
    return indented and ended


def _piece(part: _Taken) -> Piece:
    text = "\n".join(line.text for line in part.lines)
    if part.kind == "item":
        text = re.sub(r"^(\S+) {2,}", r"\1 ", text)
    return Piece(
        part.kind,
        text,
        round_lines(part.lines),
        max(line.size for line in part.lines),
        all(line.bold for line in part.lines),
        lines=len(part.lines),
    )


def _place_comments(
    pieces: list[Piece], words: Sequence[Word], comments: Sequence[Comment], page: PageWords
) -> None:
    """Put each comment right after the part that it stands at."""
    turns = page.frames[0].turns if page.frames else 0
    for comment in sorted(comments, key=lambda one: one.box[1]):
        marked = [turn_box(one, turns, page.width, page.height) for one in comment.marked]
        box = marked[0] if marked else turn_box(comment.box, turns, page.width, page.height)
        held = " ".join(one.text for one in words if _is_in(one, marked)) if marked else ""
        if comment.text or held:
            place = _round_edges(comment.marked) if marked else comment.box
            note = Piece("note", comment.write(held), box, place=place)
            pieces.insert(_nearest(pieces, box), note)


def _round_edges(boxes: Sequence[Edges]) -> Edges:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _nearest(pieces: Sequence[Piece], box: Edges) -> int:
    """Index behind the part at a box's height, or else above it; notes there stay before."""
    middle = (box[1] + box[3]) / 2
    best, least = 0, float("inf")
    for index, piece in enumerate(pieces):
        if piece.kind == "note":
            continue
        left, top, right, bottom = piece.box
        down = max(top - middle, 0.0) * 1.5 + max(middle - bottom, 0.0)
        across = max(left - box[2], box[0] - right, 0.0)
        if down + 0.2 * across < least:
            best, least = index + 1, down + 0.2 * across
    while best < len(pieces) and pieces[best].kind == "note":
        best += 1
    return best
