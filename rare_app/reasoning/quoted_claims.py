"""Claims in a language that the proof does not read: they rest on what the reasoning quoted.

The proof's embedding has learned English; of a German claim over an English table it finds the one
word that both share. The model has said what it rests on, and where its quotes stand is known; what
code can check in any language is that the claim's figures are theirs.
"""

from collections.abc import Sequence
from dataclasses import replace

from rare_app.numbers import figures_in
from rare_app.reasoning.types import Citation, Claim


def rest_on_quotes(claim: Claim, question: str, quotes: Sequence[Citation]) -> Claim:
    """Tie a claim to the quotes that hold its figures, or to all of them.

    Returns
    -------
    Claim
        No more than weak where the proof did not find it. Unchanged where nothing was quoted or a
        figure of it stands in no quote.
    """
    told = figures_in(question)
    said = [one for one in figures_in(claim.text) if not any(one & other for other in told)]
    held = [figures_in(quote.quote) for quote in quotes]
    if not quotes or not all(any(one & own for row in held for own in row) for one in said):
        return claim
    found = [
        quote
        for quote, row in zip(quotes, held, strict=True)
        if any(one & own for one in said for own in row)
    ]
    cited = replace(claim, citations=tuple(found or quotes), contradicted_by=())
    # A figure that stands there may be another thing's: what the proof found counts, if anything.
    return cited if claim.supported else replace(cited, status="weak")
