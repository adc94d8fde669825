"""Readers that have learned nothing, and answers with them."""

import re

import numpy as np

from rare_app.answer import Guide
from rare_app.reader import Evidence, Word, sentences_of
from rare_app.types import Done


class FlatReader:
    """Finds every sentence and every word piece as likely as any other."""

    def read(self, question, texts):
        sentences = tuple(sentences_of(texts))
        pieces = [
            (number, one.start(), one.end())
            for number, text in enumerate(texts)
            for one in re.finditer(r"\w+|[^\w\s]", text)
        ]
        nats = -float(np.log(len(pieces)))
        words = tuple(Word(*piece, nats, nats) for piece in pieces)
        return Evidence(sentences, np.zeros(len(sentences), dtype=np.float32), words)


def flat_guide():
    return Guide(
        embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32), reader=FlatReader()
    )


def ask(assistant, question, **options):
    events = assistant.ask(question, adapter="none", **options)
    return next(one.answer for one in events if isinstance(one, Done))
