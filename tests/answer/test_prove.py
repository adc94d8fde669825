"""What an answer rests on, put together: its claims, and how likely it is right."""

import zlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from rare_app.answer import Guide, Judgement
from rare_app.answer.prove import AnswerProver
from rare_app.model import GENERIC, ConfidenceNumbers
from rare_app.proof.kin import NO_KIN
from rare_app.reader import Sentence, Word
from rare_app.types import Answer, Decision

from ..conftest import passage

SONG = passage("Tami Lynn (born 1942) is a soul singer, best known for “Run Away”, a hit in 1971.")
NAME = Word(passage=0, start=0, end=9, opens=-0.1, closes=-0.1)
ALWAYS = ConfidenceNumbers(expected=0.0, reader=0.0, carried=0.01, bias=3.0)


def embed(texts):
    """Embed texts so that any two are a little alike (0.4), as question and passage are."""
    own = np.eye(64)[[zlib.crc32(one.encode()) % 64 for one in texts]]
    shared = np.ones((len(texts), 1))
    return np.hstack([0.4**0.5 * shared, 0.6**0.5 * own]).astype(np.float32)


def proved(said, question, numbers=ALWAYS):
    sentences = (Sentence(0, 0, len(SONG.text)),)
    judged = Judgement(sentences, np.zeros(1, np.float32), 3.0, (NAME,))
    prover = AnswerProver(
        guide=Guide(embed=embed),
        gatherer=SimpleNamespace(judge=lambda *_: judged, kin=lambda *_: NO_KIN),
    )
    answer = Answer(True, said, passages=(SONG,), decision=Decision(True, 0.0, 3.0))
    return prover.prove(answer, question, (), profile=replace(GENERIC, confidence=numbers))


def test_a_likely_sentence_rests_on_the_words_that_it_adds():
    asked, said = "Who sang the song of the motorway?", "Tami Lynn sang the song of the motorway."
    (claim,) = proved(said, asked).claims
    assert (claim.text, claim.supported) == (said, True)
    assert claim.citations[0].quote == SONG.text
    unlikely = proved(said, asked, replace(ALWAYS, bias=-3.0))
    assert not unlikely.claims[0].supported
    assert unlikely.doubtful


@pytest.mark.parametrize(
    ("said", "question", "is_weighed"),
    [
        ("Tami Lynn sang it.", "Who sang it?", True),
        ("Yes, Tami Lynn sang it.", "Did Tami Lynn sing it?", False),
    ],
)
def test_of_a_verdict_nobody_says_how_likely_it_is(said, question, is_weighed):
    answer = proved(said, question)
    assert ("carried" in answer.signs) is is_weighed
    assert (answer.confidence is not None) is is_weighed
