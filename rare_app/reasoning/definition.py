"""Find what a term means: the sentence, list or row that explains it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rare_app.evidence import Definition, Term, definitions, items_at_start
from rare_app.library import Passage
from rare_app.reasoning.align import cite
from rare_app.reasoning.prompt import as_read
from rare_app.reasoning.told import MOST_SHOWN, Line, Told, write_items
from rare_app.words import content_words


def find_definition(
    question: str,
    term: Term,
    passages: Sequence[Passage],
    others: Sequence[Passage] = (),
    *,
    next_chunk: Callable[[Passage], Passage | None] = lambda _: None,
) -> Told | None:
    """Find what a term means.

    Parameters
    ----------
    passages : sequence of Passage
        What was retrieved for the question.
    others : sequence of Passage
        Chunks that hold the term: it may be explained where nothing else of the question stands.
    next_chunk : callable
        Gives the chunk behind a passage in its document: a list may go on there.

    Returns
    -------
    Told or None
        ``None`` where nothing explains it.
    """
    known = {one.chunk_id for one in passages}
    looked = [*passages, *(one for one in others if one.chunk_id not in known)]
    texts = [as_read(one.text) for one in looked]
    sections = [one.section for one in looked]
    shown = _shown(question, term, looked, texts, sections)
    missing = False
    if not shown:
        own = [_shown(question, one, looked, texts, sections) for one in term.apart()]
        shown, missing = [one for some in own for one in some], not all(own)
    if not shown:
        return None
    used = list(dict.fromkeys(place[0] for one in shown for place in one.places))
    order = [*used, *(at for at in range(len(passages)) if at not in used)]
    given = [looked[at] for at in order]
    lines: list[Line] = []
    for one in shown:
        lines += _lines(one, given, [order.index(at) for at, _, _ in one.places])
        lines += _continued(one, order.index(one.places[-1][0]), given, next_chunk)
    return Told(tuple(lines), tuple(given), not missing and all(one.is_sure for one in shown))


def _shown(
    question: str,
    term: Term,
    passages: Sequence[Passage],
    texts: Sequence[str],
    sections: Sequence[str],
) -> list[Definition]:
    """Choose the plainest explanation, and those of other documents that are sure as well."""
    name, found = definitions(term, texts, sections)
    shown: list[Definition] = []
    for one in _of_the_document_named(question, name, found, passages):
        documents = {passages[other.places[0][0]].document_id for other in shown}
        own = passages[one.places[0][0]].document_id not in documents
        if not shown or (own and one.is_sure and len(shown) < MOST_SHOWN):
            shown.append(one)
    return shown


def _of_the_document_named(
    question: str, name: str, found: list[Definition], passages: Sequence[Passage]
) -> list[Definition]:
    """Leave out the other documents where the question has a word of one's name or title.

    If that one does not explain the term, what another says is not sure to be what is asked for.
    """
    said = set(content_words(question)) - set(content_words(name))

    def shared(of: Passage) -> int:
        return len(said & set(content_words(f"{of.title} {re.sub(r'[_.-]', ' ', of.document)}")))

    own = [shared(passages[one.places[0][0]]) for one in found]
    most = max(own, default=0)
    is_named = most == max(map(shared, passages), default=0)
    return [
        replace(one, is_sure=one.is_sure and is_named)
        for one, words in zip(found, own, strict=True)
        if words == most
    ]


def _lines(one: Definition, passages: Sequence[Passage], numbers: Sequence[int]) -> list[Line]:
    places = [
        cite(passages, passage=number, start=start, end=end)
        for number, (_, start, end) in zip(numbers, one.places, strict=True)
    ]
    said = [_written(as_read(place.quote)) for place in places]
    return [(said[0], (places[0],)), *write_items(said[1:], places[1:])]


def _continued(
    one: Definition,
    number: int,
    passages: list[Passage],
    next_chunk: Callable[[Passage], Passage | None],
) -> list[Line]:
    """Go on with the list of a definition in the next chunk, which is put to the passages."""
    passage, (_, start, end) = passages[number], one.places[-1]
    leads_on = len(one.places) > 1 or passage.text[start:end].rstrip()[-1:] in ":,;"
    behind = next_chunk(passage) if leads_on and not passage.text[end:].strip() else None
    places = items_at_start(as_read(behind.text)) if behind else []
    if behind is None or not places:
        return []
    known = {other.chunk_id: at for at, other in enumerate(passages)}
    at = known.get(behind.chunk_id, len(passages))
    if at == len(passages):
        passages.append(behind)
    cited = [cite(passages, passage=at, start=begin, end=stop) for begin, stop in places]
    return write_items([_written(as_read(place.quote)) for place in cited], cited)


def _written(text: str) -> str:
    """Write a place as a line: a row of a table with a colon, and no marks of Markdown."""
    cells = [one.strip() for one in re.sub(r"\*\*|__", "", text).strip().strip("|").split("|")]
    return " ".join(": ".join(cells).split())
