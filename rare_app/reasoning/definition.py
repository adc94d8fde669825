"""Find what a term means: the sentence, list or row that explains it."""

import re
from collections.abc import Sequence

from rare_app.evidence import Definition, Term, definitions
from rare_app.library import Passage
from rare_app.reasoning.align import cite
from rare_app.reasoning.prompt import as_read
from rare_app.reasoning.told import MOST_SHOWN, Line, Told, write_items
from rare_app.words import content_words


def find_definition(
    question: str, term: Term, passages: Sequence[Passage], others: Sequence[Passage] = ()
) -> Told | None:
    """Find what a term means.

    Parameters
    ----------
    passages : sequence of Passage
        What was retrieved for the question.
    others : sequence of Passage
        Chunks that hold the term: it may be explained where nothing else of the question stands.

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
    """Leave out the other documents where the question has a word of one's name or title."""
    said = set(content_words(question)) - set(content_words(name))

    def shared(one: Definition) -> int:
        of = passages[one.places[0][0]]
        return len(said & set(content_words(f"{of.title} {re.sub(r'[_.-]', ' ', of.document)}")))

    most = max(map(shared, found), default=0)
    return [one for one in found if shared(one) == most]


def _lines(one: Definition, passages: Sequence[Passage], numbers: Sequence[int]) -> list[Line]:
    places = [
        cite(passages, passage=number, start=start, end=end)
        for number, (_, start, end) in zip(numbers, one.places, strict=True)
    ]
    said = [_written(as_read(place.quote)) for place in places]
    return [(said[0], (places[0],)), *write_items(said[1:], places[1:])]


def _written(text: str) -> str:
    """Write a place as a line: a row of a table with a colon, and no marks of Markdown."""
    cells = [one.strip() for one in re.sub(r"\*\*|__", "", text).strip().strip("|").split("|")]
    return " ".join(": ".join(cells).split())
