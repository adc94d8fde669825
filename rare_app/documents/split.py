"""Splitting pages into chunks that fit the embedder."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rare_app.documents.boundaries import ALL_MARKS, mark_boundaries
from rare_app.documents.detect import Format
from rare_app.documents.headings import Heading, SectionTrail, find_headings
from rare_app.documents.types import Chunk, Document, Page
from rare_app.settings import Settings

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

CountTokens = Callable[[Sequence[str]], list[int]]
"""Takes texts, returns each one's length in tokens without special tokens."""

_UNIT = re.compile(r"\w{1,40}|[^\w\s]")
_SMALL = 0.3  # part of the limit below which a piece is joined with its neighbour's section

_MARKED_UP = frozenset(Format) - {Format.PDF, Format.TEXT}


@dataclass(slots=True)
class _Span:
    """A piece of a page while it is being made into a chunk."""

    start: int
    end: int
    tokens: int
    section: int  # index of the last heading at or before the start; -1 before the first


def split_document(
    document: Document, *, count_tokens: CountTokens, settings: Settings
) -> list[Chunk]:
    """Split a document into chunks of at most ``chunk_tokens`` tokens.

    A chunk never crosses a page. It ends, in this order of preference, before a heading, at a
    paragraph, at a sentence or table row, at a line, at a word. A heading stays with the text
    that follows. Neighbouring chunks share up to ``chunk_overlap_tokens`` tokens of whole
    sentences or rows, or of whole words where a sentence had to be cut.

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
        ``page.text[chunk.start : chunk.end] == chunk.text`` holds for every chunk; no chunk
        begins or ends with white space. Pages without text have none.
    """
    limit = max(8, settings.chunk_tokens)
    overlap = max(0, min(settings.chunk_overlap_tokens, limit // 2))
    counter = _Counter(count_tokens)
    counter.learn(page.text for page in document.pages)
    markdown = document.media_type in _MARKED_UP
    trail = SectionTrail(certain=markdown)
    chunks: list[Chunk] = []
    all_headings = find_headings([page.text for page in document.pages], markdown=markdown)
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


class _Counter:
    """Counts tokens by adding up the words', which were counted once in one batch.

    For tokenizers that cut at white space and punctuation first (as BERT's do) the sum is exact;
    for others it is near, and the finished chunks are counted as a whole.
    """

    def __init__(self, count_tokens: CountTokens) -> None:
        self._count_tokens = count_tokens
        self._known: dict[str, int] = {}
        self._counted: dict[str, int] = {}  # the splitter asks for most pieces several times

    def learn(self, texts: Iterable[str]) -> None:
        """Count the words that are new, all at once."""
        new = {unit for text in texts for unit in _UNIT.findall(text)} - self._known.keys()
        if new:
            units = sorted(new)
            counts = self._count_tokens(units)
            # A sign that the tokenizer drops still costs nothing to count as one.
            self._known.update((u, max(1, c)) for u, c in zip(units, counts, strict=True))

    def __call__(self, text: str) -> int:
        """Length of a text in tokens."""
        count = self._counted.get(text)
        if count is None:
            units = _UNIT.findall(text)
            try:
                count = sum([self._known[unit] for unit in units])
            except KeyError:
                self.learn([text])
                count = sum([self._known[unit] for unit in units])
            self._counted[text] = count
        return count

    def forget(self) -> None:
        """Forget the texts that were counted; what the words have is kept."""
        self._counted.clear()

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Count whole texts, exactly."""
        return self._count_tokens(texts) if texts else []


def _split_page(
    page: Page, headings: Sequence[Heading], *, counter: _Counter, limit: int, overlap: int
) -> list[_Span]:
    """Spans of a page's chunks, trimmed and in order."""
    text = page.text
    if not text.strip():
        return []
    marked = mark_boundaries(text, headings)
    size = limit
    for _ in range(4):
        spans = _cut(marked, headings, counter=counter, limit=size, overlap=overlap)
        spans = [trimmed for span in spans if (trimmed := _trim(text, span))]
        longest = max(counter.measure([text[span.start : span.end] for span in spans]), default=0)
        if longest <= limit:
            return spans
        # The tokenizer needs more for the whole than for its words: try again, smaller.
        size = max(8, min(size - 1, size * limit // longest - 1))
    return spans


def _cut(
    marked: str, headings: Sequence[Heading], *, counter: _Counter, limit: int, overlap: int
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
    spans = _join_small(spans, limit=limit, room=limit - overlap)
    for before, span in reversed(list(pairwise(spans))):
        _reach_back(marked, span, before, counter=counter, room=min(overlap, limit - span.tokens))
    return spans


def _move_headings(
    spans: list[_Span], headings: Sequence[Heading], *, marked: str, counter: _Counter
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


def _reach_back(marked: str, span: _Span, before: _Span, *, counter: _Counter, room: int) -> None:
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
    return _Span(start, end, span.tokens, span.section) if end > start else None


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
