"""What one document says of one thing, as it may stand in a table beside what others say."""

from dataclasses import replace

from rare_app.prompt import REFUSAL, opens_with_refusal
from rare_app.types import Answer, Claim


def as_cell(answer: Answer, question: str) -> Answer:
    """Let an answer stand in a table: in its own words only where the passages carry all of them.

    What repeats its question, or says that nothing answers, is none. What is not carried, or was
    worked out where something was only to be looked up, gives way to the quotes that it rests on:
    figures that are set side by side are those of the documents.
    """
    said = answer.answer.strip()
    if not answer.answered or said == question.strip() or opens_with_refusal(said):
        return replace(answer, answered=False, answer=REFUSAL, claims=(), doubtful=False)
    worked_out = any(one.kind == "calculation" for one in answer.steps)
    if not worked_out and answer.claims and all(one.supported for one in answer.claims):
        return answer
    quotes = {one.quote: one for one in answer.quotes if not one.quote.lstrip().startswith("#")}
    claims = [
        Claim(" ".join(words.split()), True, 1.0, (place,), "supported")
        for words, place in quotes.items()
    ]
    if not claims:
        return replace(answer, doubtful=True)
    text = " … ".join(one.text for one in claims)
    return replace(answer, answer=text, claims=tuple(claims), remarks=())
