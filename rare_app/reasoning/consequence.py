"""Find what follows from a condition: an item with its lead, a section or a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rare_app.evidence import (
    MOST_LINES,
    Consequence,
    Guidance,
    bare_item,
    consequences,
    opening_lines,
    opens_with_mark,
)
from rare_app.library import Passage
from rare_app.reasoning.align import cite, find_quote
from rare_app.reasoning.prompt import QUOTE_CLOSE, QUOTE_OPEN, as_read
from rare_app.reasoning.types import Answer, Citation, Claim

Line = tuple[str, tuple[Citation, ...]]
"""A line of an answer, and the places that it stands at."""

MOST_SHOWN = 2
"""Documents that are told of where several name the condition for sure."""


@dataclass(frozen=True, slots=True)
class Following:
    """What the documents say follows from something.

    Attributes
    ----------
    lines : tuple of Line
        What is answered, a line each, with the places that it stands at.
    passages : tuple of Passage
        Those that were found, and the chunks that their sections go on in.
    is_sure : bool
        Whether all of the condition is named there.
    """

    lines: tuple[Line, ...]
    passages: tuple[Passage, ...]
    is_sure: bool

    @property
    def reasoning(self) -> str:
        """The places as quotes, a line each."""
        quotes = dict.fromkeys(place.quote for _, places in self.lines for place in places)
        return "\n".join(f"{QUOTE_OPEN}{as_read(one)}{QUOTE_CLOSE}" for one in quotes)

    @property
    def text(self) -> str:
        """The answer."""
        return "\n".join(line for line, _ in self.lines)

    def prove(self, answer: Answer, question: str) -> Answer:
        """Let each line rest on its places."""
        quotes = dict.fromkeys(place for _, places in self.lines for place in places)
        return replace(
            answer,
            question=question,
            passages=self.passages,
            quotes=tuple(quotes),
            claims=tuple(Claim(line, True, 1.0, places) for line, places in self.lines),
            doubtful=not self.is_sure,
        )


def find_following(
    question: str,
    passages: Sequence[Passage],
    guidance: Guidance,
    leads: Sequence[str],
    *,
    next_chunk: Callable[[Passage], Passage | None] = lambda _: None,
) -> Following | None:
    """Find what follows from what a question names.

    Parameters
    ----------
    guidance : Guidance
        What the guide says of the question and these passages.
    leads : sequence of str
        What introduces each of its sentences that is an item.
    next_chunk : callable
        Gives the chunk behind a passage in its document: a section may go on there.

    Returns
    -------
    Following or None
        ``None`` where something else is asked for, or nothing tells it.
    """
    texts = [as_read(one.text) for one in passages]
    called = [f"{one.title} {one.section} {one.document}" for one in passages]
    ranked = [one.score for one in passages]
    found = consequences(question, texts, guidance.sentences, leads, called=called, ranked=ranked)
    if not found:
        return None
    shown = [found[0]]
    if found[0].is_sure:
        others = [
            one
            for one in found
            if one.is_sure
            and _document(one, passages) not in {_document(other, passages) for other in shown}
        ]
        shown += others[: MOST_SHOWN - 1]
    lines: list[Line] = []
    shown_passages = list(passages)
    for one in shown:
        lines += _lines(one, passages, texts)
        if one.heading is not None and len(one.places) < MOST_LINES:
            lines += _continued(one, shown_passages, texts, next_chunk)
    return Following(tuple(lines), tuple(shown_passages), all(one.is_sure for one in shown))


def _continued(
    one: Consequence,
    passages: list[Passage],
    texts: Sequence[str],
    next_chunk: Callable[[Passage], Passage | None],
) -> list[Line]:
    """Go on with a section in the next chunk, which is put to the passages."""
    number, _, end = one.places[-1]
    behind = None if texts[number][end:].strip() else next_chunk(passages[number])
    if behind is None:
        return []
    text = as_read(behind.text)
    spans = opening_lines(text, MOST_LINES - len(one.places))
    known = {other.chunk_id: i for i, other in enumerate(passages)}
    at = known.get(behind.chunk_id, len(passages))
    if spans and at == len(passages):
        passages.append(behind)
    return [
        (
            " ".join(text[start:stop].split()),
            (cite(passages, passage=at, start=start, end=stop),),
        )
        for start, stop in spans
    ]


def _document(one: Consequence, passages: Sequence[Passage]) -> int:
    return passages[one.places[0][0]].document_id


def _lines(one: Consequence, passages: Sequence[Passage], texts: Sequence[str]) -> list[Line]:
    places = [cite(passages, passage=at, start=start, end=end) for at, start, end in one.places]
    said = [" ".join(texts[at][start:end].split()) for at, start, end in one.places]
    if one.is_sentence:
        return [(said[0], tuple(places))]
    if one.heading is None:
        found = find_quote(one.lead, passages)
        above = [found] if found else []
        if len(said) == 1:
            return [(f"{one.lead} {bare_item(said[0])}", (*above, *places))]
        return [(one.lead, tuple(above or places[:1])), *_items(said, places)]
    at, start, end = one.heading
    opening = " ".join(texts[at][start:end].lstrip("# ").split())
    heading = cite(passages, passage=at, start=start, end=end)
    return [(f"{opening}:", (heading,)), *zip(said, ((one,) for one in places), strict=True)]


def _items(said: Sequence[str], places: Sequence[Citation]) -> list[Line]:
    """Write the items of a list with their marks, or with dashes."""
    lines: list[Line] = []
    mark = ""
    for text, place in zip(said, places, strict=True):
        if not any(map(str.isalpha, text)):
            mark = f"{text} "  # a number that was cut off as a sentence
            continue
        opening = mark or ("" if opens_with_mark(text) else "- ")
        lines.append((f"{opening}{text}", (place,)))
        mark = ""
    return lines
