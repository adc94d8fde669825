"""Find what follows from a condition: an item with its lead, a section or a sentence."""

from collections.abc import Callable, Sequence

from rare_app.evidence import (
    MOST_LINES,
    Consequence,
    Guidance,
    bare_item,
    consequences,
    opening_lines,
)
from rare_app.library import Passage
from rare_app.reasoning.align import cite, find_quote
from rare_app.reasoning.prompt import as_read
from rare_app.reasoning.told import MOST_SHOWN, Line, Told, write_items


def find_following(
    question: str,
    passages: Sequence[Passage],
    guidance: Guidance,
    leads: Sequence[str],
    *,
    next_chunk: Callable[[Passage], Passage | None] = lambda _: None,
) -> Told | None:
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
    Told or None
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
    return Told(tuple(lines), tuple(shown_passages), all(one.is_sure for one in shown))


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
        return [(one.lead, tuple(above or places[:1])), *write_items(said, places)]
    at, start, end = one.heading
    opening = " ".join(texts[at][start:end].lstrip("# ").split())
    heading = cite(passages, passage=at, start=start, end=end)
    return [(f"{opening}:", (heading,)), *zip(said, ((one,) for one in places), strict=True)]
