"""How likely it is that a passage answers: what the reader says of its sentences, summed up."""

import logging
from collections.abc import Callable, Sequence

import numpy as np

from rare_app.errors import UserError
from rare_app.reader.reader import EvidenceReader

log = logging.getLogger(__name__)

_NONE = -50.0
"""Nats of a passage without a sentence."""


def judge_passages(
    reader: EvidenceReader,
) -> Callable[[str, Sequence[str]], Sequence[float]]:
    """Make a judge of passages out of the reader.

    Returns
    -------
    callable
        Question and passages to the log-sum of each passage's sentence logits, in nats. Where the
        reader's weights cannot be used, all passages get the same, and the log says why.
    """

    def judge(question: str, texts: Sequence[str]) -> Sequence[float]:
        try:
            evidence = reader.read(question, texts)
        except UserError as error:
            log.warning("%s Passages keep their order.", error)
            return [0.0] * len(texts)
        nats = np.full(len(texts), _NONE)
        for sentence, score in zip(evidence.sentences, evidence.scores, strict=True):
            nats[sentence.passage] = np.logaddexp(nats[sentence.passage], score)
        return [float(one) for one in nats]

    return judge
