import numpy as np
import pytest

from rare_app.answer import Guide, lexical_scores
from rare_app.answer.guide import OPPOSED_NATS, SHARED_WORDS_NATS
from rare_app.errors import UserError
from rare_app.reader import Evidence, Word, sentence_spans, sentences_of
from rare_app.reader.headings import is_heading

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
    assert guide.likeness("How many eggs does a queen produce?", SENTENCES).argmax() == 0
    assert guide.likeness("When did the bridge start to be used?", SENTENCES).argmax() == 2
    assert guide.likeness("Why?", []).shape == (0,)


def test_sentences_and_lines_are_listed_by_passage():
    texts = ["One is here. Two is here.\nThree | 3\n\nFour", "", "Five."]
    said = [texts[one.passage][one.start : one.end] for one in sentences_of(texts)]
    assert said == ["One is here.", "Two is here.", "Three | 3", "Four", "Five."]


def test_without_a_reader_likeness_judges_and_nothing_is_said_of_answering(embedder):
    texts = ["In winter the bees form a cluster. " + BEES, "The Forth Bridge opened in 1890."]
    said = Guide(embed=embedder.embed).judge("How many eggs does a queen produce?", texts)
    best = said.sentences[int(said.scores.argmax())]
    assert texts[best.passage][best.start : best.end] == BEES
    assert said.answers_log_odds is None


class Stub:
    """A reader that prefers a sentence, or cannot be used."""

    def __init__(self, wanted, error=None, other=-5.0, shift=0.0):
        self.wanted, self.error, self.other, self.shift = wanted, error, other, shift

    def read(self, question, texts):
        if self.error:
            raise UserError(self.error)
        sentences = tuple(sentences_of(texts))
        held = [self.wanted in texts[one.passage][one.start : one.end] for one in sentences]
        scores = np.where(held, 3.0, self.other).astype(np.float32)
        return Evidence(sentences, scores, (Word(0, 0, 2, -0.1, -0.2),), self.shift)


def test_the_reader_and_likeness_judge_together(embedder):
    plain = Guide(embed=embedder.embed)
    guide = Guide(embed=embedder.embed, reader=Stub("cluster"))
    said = guide.judge("How many eggs does a queen produce?", SENTENCES)
    assert said.scores.argmax() == 1
    likeness = plain.likeness("How many eggs does a queen produce?", SENTENCES)
    np.testing.assert_allclose(said.scores, [-5, 3, -5] + 2 * likeness, atol=1e-5)
    shared = lexical_scores("How many eggs does a queen produce?", SENTENCES)
    assert said.answers_log_odds == pytest.approx(3 - SHARED_WORDS_NATS * shared[1])
    assert said.words
    shifted = Guide(embed=embedder.embed, reader=Stub("cluster", shift=-2.0))
    other = shifted.judge("How many eggs does a queen produce?", SENTENCES)
    assert other.answers_log_odds == pytest.approx(said.answers_log_odds - 2)
    np.testing.assert_allclose(other.scores, said.scores)
    nothing = guide.judge("Why?", [])
    assert (nothing.sentences, nothing.answers_log_odds) == ((), -np.inf)


def test_words_of_the_question_alone_do_not_say_that_a_sentence_answers(embedder):
    question = "How many eggs does a queen produce?"
    shared = "A queen may produce many eggs."
    other = "She lays two thousand a day."
    said = [
        Guide(embed=embedder.embed, reader=Stub(text)).judge(question, [text])
        for text in (shared, other)
    ]
    assert said[0].scores[0] > said[1].scores[0]
    assert said[0].answers_log_odds < said[1].answers_log_odds <= 3


@pytest.mark.parametrize(
    ("question", "less"),
    [
        ("How many networks had been developed after 1973?", OPPOSED_NATS),
        ("How many networks had been developed before 1973?", 0),
        ("How many networks had been developed?", 0),
        ("Had twenty networks been developed after 1973?", 0),  # then the answer is no
    ],
)
def test_the_opposite_of_what_is_asked_for_does_not_answer(embedder, question, less):
    text = "Some twenty networks had been developed before 1973."
    said = Guide(embed=embedder.embed, reader=Stub(text)).judge(question, [text])
    shared = lexical_scores(question, [text])[0]
    assert said.answers_log_odds == pytest.approx(3 - SHARED_WORDS_NATS * shared - less)


def test_what_was_judged_last_is_not_read_again(embedder):
    reader, read = Stub("cluster"), []
    plain = reader.read
    reader.read = lambda question, texts: read.append(question) or plain(question, texts)
    guide = Guide(embed=embedder.embed, reader=reader)
    first = guide.judge("Who?", SENTENCES)
    assert guide.judge("Who?", tuple(SENTENCES)) is first
    assert read == ["Who?"]
    guide.judge("Who?", SENTENCES[:2])
    guide.judge("When?", SENTENCES[:2])
    assert guide.judge("Who?", SENTENCES).scores.tolist() == first.scores.tolist()
    assert read == ["Who?", "Who?", "When?", "Who?"]


def test_a_heading_names_what_is_asked_for_and_does_not_answer_it(embedder):
    text = "Effective Tax Rate\nOur effective tax rate was 18% and 19% in the three months."
    guide = Guide(embed=embedder.embed, reader=Stub("Effective Tax", other=1.0))
    said = guide.judge("What was the effective tax rate?", [text])
    assert said.scores.argmax() == 1
    said = Guide(embed=embedder.embed).judge("What was the effective tax rate?", [text])
    assert said.scores.argmax() == 1


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Effective Tax Rate", True),
        ("NOTE 10 — INCOME TAXES", True),
        ("## 4 Repairs", True),
        ("4.2 Who pays", True),
        ("Rated flow: 40 m³/h", False),
        ("- chest pain", False),
        ("It rains.", False),
        ("Revenue | Cost |", False),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", False),
    ],
)
def test_headings_are_told_from_rows_and_items(line, heading):
    text = f"{line}\nThe landlord repairs the roof, the outer walls and all of the pipes."
    assert is_heading(text, sentence_spans(text), 0) is heading
    assert not is_heading(text, sentence_spans(text), 1)
    items = f"{line}\nNo fever\nNo cough"
    assert not is_heading(items, sentence_spans(items), 0)


def test_a_reader_that_cannot_be_used_is_named_once_and_done_without(embedder, caplog):
    guide = Guide(embed=embedder.embed, reader=Stub("", error="The reader x is damaged."))
    for _ in range(2):
        said = guide.judge("How many eggs does a queen produce?", SENTENCES)
        assert said.scores.argmax() == 0
        assert said.answers_log_odds is None
    assert caplog.text.count("The reader x is damaged.") == 1
