"""Sentences that share most with a question, in any language."""

import numpy as np
import pytest

from rare_app.reader import overlap_scores


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        (
            "Wie viel Wasser fördert die Pumpe höchstens in einer Stunde?",
            [
                "Die Garantie gilt zwei Jahre.",
                "Die Fördermenge beträgt höchstens 13.500 Liter in der Stunde.",
                "Nehmen Sie die Pumpe aus dem Wasser.",
            ],
        ),
        ("成人一天服用几次？", ["密封在干燥处。", "口服, 成人一次1粒, 一日2次。"]),
        (
            "¿Quién es el representante legal?",
            ["Importe solicitado: 32.750 euros", "Representante legal: Ana Ruiz"],
        ),
    ],
)
def test_the_sentence_that_speaks_of_it_comes_first(question: str, sentences: list[str]) -> None:
    assert overlap_scores(question, sentences).argmax() == 1


def test_without_words_in_common_or_without_words_nothing_is_told() -> None:
    assert not overlap_scores("Wer?", ["密封", "§ 6"]).any()
    assert np.array_equal(overlap_scores("Wer?", ["", " "]), np.zeros(2, dtype=np.float32))
    assert overlap_scores("Wer?", []).shape == (0,)
