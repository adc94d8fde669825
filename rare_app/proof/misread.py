"""Figures that were recognised from a scan, and not surely: whoever reads an answer is told so."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from rare_app.documents import DOUBTFUL_BELOW, Page
from rare_app.types import Answer, Citation

MISREAD = "This figure was recognised from a scan and may be misread."
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")

PageOf = Callable[[int, int], Page | None]
"""Gives a document's page by their keys; ``None`` where there is no such page."""


def with_misread(answer: Answer, page_of: PageOf) -> Answer:
    """Say so where an answer has a figure that may be misread.

    It is one of the cited words, or, where the answer has a figure that its citations have not
    (a sum, a difference), any figure of theirs.

    Returns
    -------
    Answer
        With a notice, or as it was.
    """
    said = set(_FIGURE.findall(answer.said))
    cited = dict.fromkeys(_citations(answer)) if said else {}
    quoted = {figure for one in cited for figure in _FIGURE.findall(one.quote)}
    worked_out = not said <= quoted
    for one in cited:
        page = page_of(answer.passages[one.passage].document_id, one.page)
        for place in page.places if page is not None else ():
            unsure = place.certainty < DOUBTFUL_BELOW
            if not (page and unsure and place.start < one.end and one.start < place.end):
                continue
            figures = set(_FIGURE.findall(page.text[place.start : place.end]))
            if figures & said or (figures and worked_out):
                return replace(answer, notice=f"{answer.notice} {MISREAD}".strip())
    return answer


def _citations(answer: Answer) -> Iterator[Citation]:
    yield from answer.quotes
    for claim in answer.claims:
        yield from claim.citations
