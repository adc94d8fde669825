"""The places that an answer's page lets the user open, in the order in which they are shown."""

from collections.abc import Sequence

from rare_app.types import Answer, Citation


def cited_passages(answer: Answer) -> list[int]:
    """List passages in the order in which the claims cite them, then those the reasoning quoted."""
    cited = [citation.passage for claim in answer.claims for citation in claim.citations]
    if answer.answered:
        cited += [quote.passage for quote in answer.quotes]
    return list(dict.fromkeys(cited))


def citations_of(answer: Answer, passage: int) -> list[Citation]:
    """List what of a passage is marked: the claims' citations, or else the reasoning's quotes."""
    cited = [c for claim in answer.claims for c in claim.citations if c.passage == passage]
    found = cited or [quote for quote in answer.quotes if quote.passage == passage]
    return list({(one.start, one.end): one for one in found}.values())


def places_of(answer: Answer) -> list[Citation]:
    """List all places that can be opened.

    That is what is cited, then what else was quoted, then what says otherwise, then the other
    passages as wholes.
    """
    cited = cited_passages(answer)
    places = [citation for passage in cited for citation in citations_of(answer, passage)]
    known = {(one.passage, one.start, one.end) for one in places}
    against = (other for claim in answer.claims for other in claim.contradicted_by)
    for one in (*answer.quotes, *against):
        if (one.passage, one.start, one.end) not in known:
            known.add((one.passage, one.start, one.end))
            places.append(one)
    for number, passage in enumerate(answer.passages):
        if number not in cited:
            places.append(
                Citation(
                    passage=number,
                    document=passage.document,
                    page=passage.page,
                    start=passage.start,
                    end=passage.end,
                    quote=passage.text,
                )
            )
    return places


def first_place(answer: Answer, passage: int) -> int:
    """Find the first place of a passage; its whole where it is not cited."""
    cited = passage in cited_passages(answer)
    whole = answer.passages[passage].end - answer.passages[passage].start
    return next(
        i
        for i, one in enumerate(places_of(answer))
        if one.passage == passage and (cited or one.end - one.start == whole)
    )


def place_of(places: Sequence[Citation], wanted: Citation) -> int:
    """Find a citation among :func:`places_of`."""
    key = (wanted.passage, wanted.start, wanted.end)
    return next(i for i, one in enumerate(places) if (one.passage, one.start, one.end) == key)
