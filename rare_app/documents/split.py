"""Splitting pages into chunks that fit the embedder."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rare_app.documents.boundaries import ALL_MARKS, mark_boundaries
from rare_app.documents.count import CountTokens, TokenCounter
from rare_app.documents.detect import DRAWN, Format
from rare_app.documents.headings import Heading, SectionTrail
from rare_app.documents.sections import headings_of
from rare_app.documents.tables import cells_of, is_group
from rare_app.documents.types import Block, Chunk, Document, Page
from rare_app.settings import Settings

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

_SMALL = 0.3  # part of the limit below which a piece is joined with its neighbour's section

_LONGEST_HEAD = 0.4
"""Part of the limit that a table's head may take in each chunk; a longer one is not repeated."""

_MARKED_UP = frozenset(Format) - DRAWN - {Format.TEXT}


@dataclass(slots=True)
class _Span:
    """A piece of a page while it is being made into a chunk."""

    start: int
    end: int
    tokens: int
    section: int  # index of the last heading at or before the start; -1 before the first
    head: str = ""  # what a chunk that begins inside a table is shown with

    def whole(self, text: str) -> str:
        """Give what a reader gets of the page's text: the head, if any, and the span's own."""
        own = text[self.start : self.end]
        return f"{self.head}\n{own}" if self.head else own


def split_document(
    document: Document, *, count_tokens: CountTokens, settings: Settings
) -> list[Chunk]:
    """Split a document into chunks of at most ``chunk_tokens`` tokens.

    A chunk never crosses a page. It ends, in this order of preference, before a heading, at a
    paragraph, at a sentence or table row, at a line, at a word. A heading stays with the text
    that follows; a chunk that begins inside a table carries the table's head. Outside tables
    neighbouring chunks share up to ``chunk_overlap_tokens`` tokens of whole sentences, or of whole
    words where a sentence had to be cut.

    Parameters
    ----------
    document : Document
        The pages; not changed.
    count_tokens : callable
        Takes texts and returns the length of each in tokens, without special tokens. Called a few
        times with many texts, so that it may work in batches.
    settings : Settings
        ``chunk_tokens`` and ``chunk_overlap_tokens`` are used.

    Returns
    -------
    list of Chunk
        ``page.text[chunk.start : chunk.end] == chunk.text`` holds for every chunk; head and text
        together have at most ``chunk_tokens`` tokens; no chunk begins or ends with white space.
        Pages without text have none.
    """
    limit = max(8, settings.chunk_tokens)
    overlap = max(0, min(settings.chunk_overlap_tokens, limit // 2))
    counter = TokenCounter(count_tokens)
    counter.learn(page.text for page in document.pages)
    markdown = document.media_type in _MARKED_UP
    trail = SectionTrail(certain=markdown)
    chunks: list[Chunk] = []
    all_headings = headings_of(document, markdown=markdown)
    for page, headings in zip(document.pages, all_headings, strict=True):
        counter.forget()
        spans = _split_page(page, headings, counter=counter, limit=limit, overlap=overlap)
        entered = 0
        for span in spans:
            # Headings that open the chunk name it; those further inside do not.
            opening = _end_of_opening(page.text, headings, span=span)
            while entered < len(headings) and headings[entered].start < opening:
                trail.enter(headings[entered], page=page.number)
                entered += 1
            chunks.append(
                Chunk(
                    ordinal=len(chunks),
                    page=page.number,
                    start=span.start,
                    end=span.end,
                    text=page.text[span.start : span.end],
                    section=trail.name(page=page.number),
                    head=span.head,
                )
            )
        for heading in headings[entered:]:
            trail.enter(heading, page=page.number)
    return chunks


def load_splitter() -> "type[RecursiveCharacterTextSplitter]":
    """Import the library that splits, which takes a while the first time."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter as Splitter

    splitter: type[RecursiveCharacterTextSplitter] = Splitter
    return splitter


def _split_page(
    page: Page, headings: Sequence[Heading], *, counter: TokenCounter, limit: int, overlap: int
) -> list[_Span]:
    """Spans of a page's chunks, trimmed and in order."""
    text = page.text
    if not text.strip():
        return []
    marked = mark_boundaries(text, headings)
    tables = [one for one in page.blocks if one.kind == "table"]
    size = limit
    for _ in range(4):
        spans = _cut(marked, headings, tables, counter=counter, limit=size, overlap=overlap)
        spans = [trimmed for span in spans if (trimmed := _trim(text, span))]
        spans = _give_heads(text, spans, tables, counter=counter, limit=size)
        longest = max(counter.measure([span.whole(text) for span in spans]), default=0)
        if longest <= limit:
            return spans
        # The tokenizer needs more for the whole than for its words: try again, smaller.
        size = max(8, min(size - 1, size * limit // longest - 1))
    return spans


def _cut(
    marked: str,
    headings: Sequence[Heading],
    tables: Sequence[Block],
    *,
    counter: TokenCounter,
    limit: int,
    overlap: int,
) -> list[_Span]:
    """Cut the marked text, join what is small, then let chunks reach back over the cut."""
    splitter = load_splitter()(
        separators=[*ALL_MARKS, "\n", " ", ""],
        keep_separator="end",
        is_separator_regex=False,
        chunk_size=limit - overlap,
        chunk_overlap=0,
        length_function=counter,
        strip_whitespace=False,
    )
    spans: list[_Span] = []
    position = 0
    # Without overlap and stripping the pieces add up to the text, so positions are exact.
    for piece in splitter.split_text(marked):
        end = position + len(piece)
        spans.append(_Span(position, end, counter(piece), _section_at(position, headings)))
        position = end
    spans = _move_headings(spans, headings, marked=marked, counter=counter)
    spans = _move_table_heads(spans, tables, marked=marked, counter=counter)
    spans = _join_small(spans, limit=limit, room=limit - overlap)
    for before, span in reversed(list(pairwise(spans))):
        if _table_at(tables, span.start) is None:
            _reach_back(
                marked, span, before, counter=counter, room=min(overlap, limit - span.tokens)
            )
    return spans


def _move_headings(
    spans: list[_Span], headings: Sequence[Heading], *, marked: str, counter: TokenCounter
) -> list[_Span]:
    """Give headings that end a span to the span that follows."""
    for before, after in pairwise(spans):
        cut = before.end
        for heading in reversed([h for h in headings if before.start <= h.start < before.end]):
            if marked[heading.end : cut].strip():
                break
            cut = heading.start
        if cut < before.end:
            before.end = after.start = cut
            before.tokens = counter(marked[before.start : before.end])
            after.tokens = counter(marked[after.start : after.end])
            after.section = _section_at(after.start, headings)
    return [span for span in spans if span.end > span.start]


def _move_table_heads(
    spans: list[_Span], tables: Sequence[Block], *, marked: str, counter: TokenCounter
) -> list[_Span]:
    """Give a table's head to the span that has its first row."""
    for before, after in pairwise(spans):
        table = _table_at(tables, before.end)
        if table is None or before.end > table.start + len(table.head) + 1:
            continue
        if before.start < table.start:
            before.end = after.start = table.start
            before.tokens = counter(marked[before.start : before.end])
            after.tokens = counter(marked[after.start : after.end])
            after.section = before.section
    return spans


def _table_at(tables: Sequence[Block], position: int) -> Block | None:
    """Find the table inside which a position lies; ``None`` at its beginning."""
    return next((one for one in tables if one.start < position < one.end), None)


def _give_heads(
    text: str,
    spans: Sequence[_Span],
    tables: Sequence[Block],
    *,
    counter: TokenCounter,
    limit: int,
) -> list[_Span]:
    """Give the head of its table to each span that begins inside one, cut again if need be."""
    given: list[_Span] = []
    for span in spans:
        table = _table_at(tables, span.start)
        if table is None or not 0 < counter(table.head) <= _LONGEST_HEAD * limit:
            given.append(span)
            continue
        start = span.start
        while start < span.end:
            head = _head_at(text, table, start)
            room = limit - counter(head)
            end = start
            while end < span.end:
                following = text.find("\n", end + 1, span.end)
                following = span.end if following < 0 else following
                if end > start and counter(text[start:following]) > room:
                    break
                end = following
            tokens = counter(text[start:end])
            piece = _Span(start, end, tokens, span.section, head if tokens <= room else "")
            if trimmed := _trim(text, piece):
                given.append(trimmed)
            start = end
    return given


def _head_at(text: str, table: Block, start: int) -> str:
    """Give what a row is shown with: the table's head, and the name of its group of rows."""
    group = ""
    position = table.start + len(table.head)
    for line in text[position:start].split("\n"):
        if is_group(cells_of(line)):
            group = line
    opens = is_group(cells_of(text[start : table.end].lstrip("\n").split("\n", 1)[0]))
    return table.head if opens or not group else f"{table.head}\n{group}"


def _section_at(position: int, headings: Sequence[Heading]) -> int:
    """Index of the last heading that begins at or before a position, -1 for none."""
    return sum(heading.start <= position for heading in headings) - 1


def _join_small(spans: Sequence[_Span], *, limit: int, room: int) -> list[_Span]:
    """Join neighbours: within a section while they fit, across sections when one is small."""
    joined: list[_Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is not None:
            small = min(last.tokens, span.tokens) < _SMALL * limit
            allowed = room if not small else limit
            same = last.section == span.section
            if last.tokens + span.tokens <= allowed and (same or small):
                last.end = span.end
                last.tokens += span.tokens
                continue
        joined.append(_Span(span.start, span.end, span.tokens, span.section))
    return joined


def _reach_back(
    marked: str, span: _Span, before: _Span, *, counter: TokenCounter, room: int
) -> None:
    """Let a span begin earlier, at a whole sentence or row; at a word if one was cut."""
    if room <= 0 or span.section != before.section:
        return
    cut_at = marked[span.start - 1]
    marks = ALL_MARKS if cut_at in ALL_MARKS else (*ALL_MARKS, "\n", " ")
    best = span.start
    spent = 0
    end = span.start
    while end > before.start:
        start = max(marked.rfind(mark, before.start, end - 1) for mark in marks) + 1
        if start <= before.start:
            break
        spent += counter(marked[start:end])
        if spent > room:
            break
        best = end = start
    if best < span.start:
        span.tokens += counter(marked[best : span.start])
        span.start = best


def _trim(text: str, span: _Span) -> _Span | None:
    """Take white space off both ends; None when nothing is left."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    return _Span(start, end, span.tokens, span.section, span.head) if end > start else None


def _end_of_opening(text: str, headings: Sequence[Heading], *, span: _Span) -> int:
    """Position after the headings with which a span begins; headings before it are open."""
    position = span.start + 1
    for heading in headings:
        if heading.start >= span.end:
            break
        if heading.start >= position and text[position - 1 : heading.start].strip():
            break
        position = max(position, heading.end + 1)
    return position
