"""An answer in one sentence first; code then looks for the words that it rests on.

Asked plainly, a small model reads better than it does behind quotes of its own: each quote that it
does not need comes back in its conclusion.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from rare_app.answer.asked_whether import asks_whether
from rare_app.answer.guide import LIKENESS_NATS, Guide
from rare_app.answer.quoting import Quoting
from rare_app.answer.tidy import plain_sentence, repeats
from rare_app.answer.writer import Writer
from rare_app.model import QuotedSpan, TokenFilter
from rare_app.prompt import QUOTE_CLOSE, QUOTE_OPEN
from rare_app.types import Event
from rare_app.words import content_words, held_words

MOST_PLACES = 3
"""Sentences that an answer is shown to rest on, at most."""
LEAST_NEW = 0.25
"""Share of an answer's words that a further sentence must add."""


def state(writer: Writer, question: str, longest: int, by: TokenFilter | None) -> Iterator[Event]:
    """Let the model answer; what it wrote is `writer.text`, without what nobody would say.

    Parameters
    ----------
    longest : int
        Most tokens of the answer.
    by : TokenFilter or None
        Has a say in its first token.
    """
    yield from writer.write(longest, stop=("\n\n",), by=by, enough=lambda: repeats(writer.text))
    writer.text = plain_sentence(writer.text, question)


def as_quotes(places: Sequence[QuotedSpan], texts: Sequence[str]) -> str:
    """Write places as the quotes of a reasoning, a line each."""
    quoted = (texts[one.text][one.start : one.end] for one in places)
    return "".join(f"{QUOTE_OPEN}{one}{QUOTE_CLOSE}\n" for one in quoted)


def find_places(said: str, question: str, quoting: Quoting, guide: Guide) -> list[QuotedSpan]:
    """Find the sentences that an answer rests on, the most telling one first.

    The first is the one that question and answer both speak for, and the question alone where it
    asks for a verdict: a small model says yes. A further one must hold words of the answer that
    none before it has.
    """
    sentences, texts = quoting.sentences, quoting.texts
    if not sentences:
        return []
    words = [texts[one.passage][one.start : one.end] for one in sentences]
    scores, left = quoting.scores, set(content_words(said))
    if asks_whether(question):
        left = set()
    else:
        scores = scores + LIKENESS_NATS * guide.likeness(said, words)
    held = [content_words(one) for one in words]
    least, chosen = LEAST_NEW * len(left), [int(np.argmax(scores))]
    while len(chosen) < MOST_PLACES:
        left -= held_words(left, held[chosen[-1]])
        adds = [len(held_words(left, own)) for own in held]
        able = [at for at, new in enumerate(adds) if new and new >= least and at not in chosen]
        if not able:
            break
        chosen.append(max(able, key=lambda at: (adds[at], scores[at])))
    places = [sentences[at] for at in chosen]
    return [QuotedSpan(one.passage, one.start, one.end) for one in places]
