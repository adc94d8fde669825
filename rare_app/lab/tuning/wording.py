"""Reasoning written from what the data hold: verbatim quotes, the rest in varied words."""

import random
from collections.abc import Sequence

from rare_app.lab.tuning.items import Item
from rare_app.prompt import QUOTE_CLOSE, QUOTE_OPEN, REFUSAL, REFUSAL_THOUGHTS, as_read, neutralise

CONCLUSIONS: Sequence[str] = (
    "So the answer is {answer}.",
    "This gives {answer}.",
    "The answer is therefore {answer}.",
    "From this, the answer is {answer}.",
)
VERDICTS: Sequence[str] = (
    "So the answer is {answer}.",
    "This speaks for “{answer}”.",
    "The answer is therefore {answer}.",
)
CONCLUDED_SHARE = 0.6
"""Share of the span answers whose reasoning says the answer before it is given."""
LONGEST_SAID = 12
"""Answers of more words are not said twice."""
SAID_SHARE = 0.5
"""Share of the remarks of the data (QED's equalities) that are written down."""


def write_reasoning(item: Item, random_source: random.Random) -> str:
    """Write the thought for an answerable item: its quotes in order, then what follows.

    A remark of the data after a quote is always kept where it carries the reasoning (proofs,
    several hops, sums).
    """
    steps = []
    for part in item.evidence:
        quote = f"{QUOTE_OPEN}{as_read(part.text)}{QUOTE_CLOSE}"
        keep = item.kind != "span" or random_source.random() < SAID_SHARE
        steps.append(f"{quote} {neutralise(part.then)}".rstrip() if keep and part.then else quote)
    return "\n".join(steps) + _conclusion(item, random_source)


def write_refusal(random_source: random.Random) -> tuple[str, str]:
    """Write thought and answer for a question that the passages do not answer."""
    return random_source.choice(REFUSAL_THOUGHTS), REFUSAL


def _conclusion(item: Item, random_source: random.Random) -> str:
    answer = neutralise(item.answer)
    if item.kind in ("boolean", "decision"):
        return " " + random_source.choice(VERDICTS).format(answer=answer)
    if item.kind in ("multihop", "number") and not item.evidence[-1].then.endswith(f"{answer}."):
        return " " + random_source.choice(CONCLUSIONS).format(answer=answer)
    said = len(answer.split()) <= LONGEST_SAID and random_source.random() < CONCLUDED_SHARE
    if item.kind == "span" and said:
        return " " + random_source.choice(CONCLUSIONS).format(answer=answer.rstrip("."))
    return ""
