import numpy as np
import pytest

from rare_app.reasoning.gate import Gate, quote_log_odds
from rare_app.reasoning.guide import Guide, lexical_scores, sentences_of

BEES = "The queen lays up to 2,000 eggs a day."
SENTENCES = [BEES, "In winter the bees form a cluster.", "The Forth Bridge opened in 1890."]


class Counting:
    """Embeds by length, and keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, texts):
        self.asked += texts
        vectors = np.array([[1.0, len(text) / 100] for text in texts], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_words_that_are_rare_and_asked_for_count():
    scores = lexical_scores("How many eggs does the queen lay?", SENTENCES)
    assert scores.argmax() == 0
    assert scores[1] == scores[2] == 0
    assert 0 < scores[0] <= 1


def test_words_that_stand_nowhere_lower_every_score():
    known = lexical_scores("eggs of the queen", SENTENCES)
    unknown = lexical_scores("eggs of the queen of Sheba", SENTENCES)
    assert 0 < unknown[0] < known[0]


@pytest.mark.parametrize("question", ["", "?!", "why is it so", "日本"])
def test_questions_without_words_score_nothing(question):
    assert not lexical_scores(question, SENTENCES).any()
    assert not lexical_scores(question, ["", "..."]).any()


def test_each_text_is_embedded_once_as_long_as_it_is_kept():
    embed = Counting()
    guide = Guide(embed=embed, kept=3)
    first = guide.embed(["a", "bb", "a"])
    assert embed.asked == ["a", "bb"]
    np.testing.assert_array_equal(first[0], first[2])
    guide.embed(["a", "ccc"])
    guide.embed(["dddd"])
    assert embed.asked == ["a", "bb", "ccc", "dddd"]
    guide.embed(["bb"])
    assert embed.asked[-1] == "bb"
    assert guide.embed([str(i) for i in range(9)]).shape == (9, 2)


def test_the_real_embedder_finds_the_sentence(embedder):
    guide = Guide(embed=embedder.embed)
    assert guide.score("How many eggs does a queen produce?", SENTENCES).argmax() == 0
    assert guide.score("When did the bridge start to be used?", SENTENCES).argmax() == 2
    assert guide.score("Why?", []).shape == (0,)


def test_sentences_and_lines_are_listed_by_passage():
    texts = ["One is here. Two is here.\nThree | 3\n\nFour", "", "Five."]
    said = [texts[one.passage][one.start : one.end] for one in sentences_of(texts)]
    assert said == ["One is here.", "Two is here.", "Three | 3", "Four", "Five."]


class TwoWords:
    """Knows what a quote and what a refusal begin with."""

    def __init__(self, quote=0):
        self.quote = quote

    def tokenise(self, text):
        return [self.quote if text.startswith("<") else 1 + text.startswith("None"), 9]


def test_the_odds_compare_a_quote_with_all_refusals():
    logits = np.log(np.array([0.5, 0.125, 0.125, 0.25], dtype=np.float32))
    assert quote_log_odds(TwoWords(), logits) == pytest.approx(np.log(2))
    assert quote_log_odds(TwoWords(quote=1), logits) == pytest.approx(0)


def test_the_gate_adds_what_the_guide_says():
    gate = Gate(guide=2.0, offset=-1.0)
    assert gate.quotes(log_odds=0, best_score=0.6)
    assert not gate.quotes(log_odds=0, best_score=0.4)
    assert gate.quotes(log_odds=0.5, best_score=0.4)
