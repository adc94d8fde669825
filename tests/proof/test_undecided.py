"""Sentences that name a question, and sentences that answer it."""

import pytest

from rare_app.proof.undecided import leaves_open


@pytest.mark.parametrize(
    "sentence",
    [
        "To find out whether tea helps, 10 patients were asked.",
        "To evaluate the efficacy of shock waves on calculi in the kidney.",
        "The aim of this study was to show that redundancy is constant.",
        "Our objective is to compare both drugs.",
        "We hypothesized that tailored letters increase screening.",
        "We investigated the role of mitochondria in leaves.",
        "It is unknown whether statins prevent strokes.",
        "Whether the beam holds is still unclear.",
        "Little is known about the side effects.",
        "The committee asked whether the fee was due.",
    ],
)
def test_a_question_in_a_sentence_leaves_it_open(sentence):
    assert leaves_open(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "No new diagnosis was made after colonoscopy.",
        "Acupuncture significantly reduced the size of the lesions.",
        "The tenant has to pay for small repairs.",
        "The deposit is not refundable.",
        "Statins prevented strokes in those over 80 (p<0.001).",
        "The test was passed by all beams.",
        "The study included 114 patients.",
    ],
)
def test_a_finding_does_not(sentence):
    assert not leaves_open(sentence)
