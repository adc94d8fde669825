"""Quotes of a whole answer: constrained, guided, gated, and tied to their places."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from rare_app.answer import Assistant, Guide, Judgement, LocalRun, assemble
from rare_app.answer import draft as draft_module
from rare_app.answer import quoting as quoting_module
from rare_app.answer.quoting import Quoting, cite_quotes
from rare_app.answer.writer import Writer
from rare_app.model import GENERIC, Pieces, QuotedSpan, QuoteFilter
from rare_app.prompt import REFUSAL
from rare_app.reader import Word, sentences_of
from rare_app.types import Citation

from ..conftest import BEES, BRIDGES, passage, small_profile

PASSAGES = [
    passage(BEES, number=1, start=40),
    passage(BRIDGES, number=2),
    passage("A </quote> in the text. It ends nothing.", number=3),
]
QUESTION = "How many eggs does the queen lay?"


def test_a_known_place_is_not_searched():
    """The same words stand earlier, too; a search would find those."""
    passages = [passage("Bees fly. Bees fly.", number=1, start=100)]
    reasoning = "<quote>Bees fly.</quote> so <quote>bees  FLY.</quote> <quote>Ants dig.</quote>"
    found, invented = cite_quotes(reasoning, passages, [QuotedSpan(text=0, start=10, end=19)])
    assert [(one.start, one.end) for one in found] == [(110, 119), (100, 109)]
    assert invented == ("Ants dig.",)


def test_a_quote_of_our_own_tags_is_cited_as_it_stands():
    [found], invented = cite_quotes(
        "<quote>A ‹/quote> in the text.</quote>", PASSAGES, [QuotedSpan(text=2, start=0, end=23)]
    )
    assert found == Citation(
        passage=2, document="3.md", page=3, start=0, end=23, quote="A </quote> in the text."
    )
    assert invented == ()


def test_the_readers_spans_guide_the_answer_inside_what_was_quoted(settings):
    """Only with a reader, only inside quotes, and not when it is turned off."""
    words = (Word(0, 16, 21, -0.1, -3.0), Word(0, 22, 26, -3.0, -0.1))
    pieces = Pieces([b"2,000", b" eggs", b"The", b"</answer>"])
    model = SimpleNamespace(pieces=pieces, tokenise=lambda text: [])
    text = passage("The queen lays  2,000 eggs. The bees fly.", number=1)

    def make(guide, **options):
        quoting = Quoting(
            settings=replace(settings, **options),
            question="?",
            passages=[text],
            guide=guide,
            profile=small_profile(),
        )
        return quoting.answer_filter(model, [QuotedSpan(text=0, start=0, end=27)])

    guide = Forced()
    guide.words = words
    made = make(guide)
    made.accept(b"<answer>")
    got = made.adjust(np.zeros(4, dtype=np.float32))
    assert got[0] > got[2]
    assert make(Forced()) is None
    assert make(guide, quoting="constrained") is None


@pytest.mark.parametrize(
    ("nats", "said"),
    [((-0.1, -0.1), "2,000 eggs"), ((-3.0, -3.0), "")],
    ids=["of an answer that is likely", "of none that is not"],
)
def test_a_model_is_told_the_likely_words(settings, nats, said):
    guide = Forced()
    guide.words = (Word(0, 15, 20, nats[0], -9.0), Word(0, 21, 25, -9.0, nats[1]))
    quoting = Quoting(
        settings=settings,
        question="How many eggs does the queen lay?",
        passages=[passage("The queen lays 2,000\neggs. The bees fly.", number=1)],
        guide=guide,
        profile=small_profile(),
    )
    assert quoting.likely_words() == said
    assert quoting.likely_words(least=0.0) == "2,000 eggs"


class Forced(Guide):
    """Prefers what it is told to, and is sure that it answers."""

    def __init__(self, wanted=""):
        super().__init__(embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32))
        self.wanted = wanted
        self.words = ()

    def judge(self, question, texts, around):
        sentences = tuple(sentences_of(texts))
        held = [self.wanted in texts[one.passage][one.start : one.end] for one in sentences]
        return Judgement(sentences, np.array(held, dtype=np.float32), 0.0, self.words)


@pytest.mark.model
class TestWithTheBundledModel:
    @pytest.fixture
    def demanding(self, monkeypatch):
        """Every answer opens with a quote."""
        make = Quoting.filter

        def demand(self, model):
            made = make(self, model)
            if made:
                made.demand()
            return made

        monkeypatch.setattr(Quoting, "filter", demand)

    def ask(self, settings, library, engine, guide=None, passages=PASSAGES, **options):
        assistant = Assistant(
            settings=replace(settings, reasoning_tokens=60, **options),
            library=library,
            engine=engine,
            guide=guide,
        )
        return assistant.answer(QUESTION, passages=passages, adapter="none")

    @pytest.mark.parametrize("quoting", ["constrained", "guided"])
    def test_every_quote_stands_where_it_is_cited(
        self, settings, library, engine, demanding, quoting
    ):
        answer = self.ask(settings, library, engine, quoting=quoting, temperature=0.9)
        assert answer.quotes
        assert not answer.invented_quotes
        for one in answer.quotes:
            source = PASSAGES[one.passage]
            assert source.text[one.start - source.start : one.end - source.start] == one.quote

    @pytest.mark.parametrize("wanted", ["2,000 eggs", "35 degrees", "1890", "ends nothing"])
    def test_a_heavy_guide_chooses_the_quote(
        self, settings, library, engine, demanding, wanted, monkeypatch
    ):
        monkeypatch.setattr(quoting_module, "GUIDE_WEIGHT", 100)
        answer = self.ask(settings, library, engine, guide=Forced(wanted))
        quote = answer.quotes[0]
        text = PASSAGES[quote.passage].text
        at = quote.start - PASSAGES[quote.passage].start
        assert wanted in text[at : text.index(".", at)]

    def test_free_quotes_are_left_alone(self, settings, library, engine, demanding, monkeypatch):
        def refuse(*_, **__):
            raise AssertionError("a filter was made")

        monkeypatch.setattr(QuoteFilter, "__init__", refuse)
        assert self.ask(settings, library, engine, quoting="free").answer

    def test_reasoning_that_ends_inside_a_quote_is_closed(
        self, settings, library, engine, demanding
    ):
        answer = self.ask(
            replace(settings),
            library,
            engine,
            passages=[passage("bees and " * 300)],
            quoting="constrained",
        )
        assert answer.reasoning.count("</quote>") >= 1
        assert answer.quotes
        assert not answer.invented_quotes
        assert "</quote>" not in answer.answer

    @pytest.mark.parametrize(("offset", "answered"), [(500, True), (-500, False)])
    def test_the_gate_decides_as_the_profile_says(
        self, settings, library, engine, request, offset, answered
    ):
        plain = self.ask(settings, library, engine, guide=Forced(), gate_nats=offset)
        assert plain.decision.quotes is answered
        # Where the reader decides alone, a refusal is given before anything is read.
        assert bool(plain.tokens.prompt_from_memory or plain.tokens.generated) is answered
        adapted = request.getfixturevalue("adapted")
        answer = self.ask(settings, library, adapted, guide=Forced(), gate_nats=offset)
        assert answer.reasoning.startswith("<quote>") is answer.decision.quotes is answered
        for one in (answer, plain):
            if not answered:
                assert (one.answered, one.answer) == (False, REFUSAL)
                assert one.tokens.generated == 0
                assert one.timings.first_token_s is not None
        off = self.ask(settings, library, engine, guide=Forced(), gate_nats=offset, gate="off")
        assert off.decision is None

    def test_where_there_is_no_reader_the_models_own_words_decide(self, settings, library, engine):
        guide = Guide(embed=library.embedder.embed)
        answer = self.ask(settings, library, engine, guide=guide)
        assert answer.decision.reader_log_odds is None
        assert answer.decision.quotes
        assert answer.decision.log_odds != 0

    def test_a_question_in_another_language_is_not_gated_by_the_reader(
        self, settings, library, engine
    ):
        assistant = Assistant(
            settings=replace(settings, reasoning_tokens=30),
            library=library,
            engine=engine,
            guide=Forced(),
        )
        answer = assistant.answer(
            "Wie viele Eier legt die Königin am Tag?", passages=PASSAGES, adapter="none"
        )
        assert answer.decision.reader_log_odds is None

    @pytest.mark.parametrize("led", [True, False])
    def test_only_a_model_whose_profile_says_so_is_told_the_likely_words(
        self, settings, library, engine, monkeypatch, led
    ):
        told = []

        def noted(question, *rest, **options):
            told.append(question)
            return assemble(question, *rest, **options)

        monkeypatch.setattr(draft_module, "assemble", noted)
        profile = replace(GENERIC, steps="Think first.", led=led)
        monkeypatch.setattr(LocalRun, "profile", profile)
        start, guide = BEES.index("2,000"), Forced()
        guide.words = (Word(0, start, start + len("2,000 eggs"), -0.1, -0.1),)
        self.ask(settings, library, engine, guide=guide, gate_nats=500)
        above = "(Likely words of the answer: “2,000 eggs”)\n" if led else ""
        assert told[0] == f"{above}{QUESTION}"
        assert set(told[1:]) <= {QUESTION}  # steps are not led

    def test_an_answer_that_runs_on_ends_with_what_was_likeliest(
        self, settings, library, adapted, monkeypatch
    ):
        def ask():
            kept = replace(settings, unsupported="mark", gate_nats=500)
            return self.ask(kept, library, adapted, guide=Forced())

        whole = ask()
        words = whole.answer.split()
        assert len(words) > 1
        monkeypatch.setattr(Quoting, "likeliest", lambda self, quoted: words[0])
        monkeypatch.setattr("rare_app.answer.wanted.RUNS_ON_WORDS", 1)
        cut = ask()
        assert cut.answer == words[0]
        assert (cut.reasoning, cut.quotes) == (whole.reasoning, whole.quotes)
        assert cut.tokens.generated <= whole.tokens.generated
        # What stands in the quotes alone is no answer yet.
        start = whole.quotes[0].quote.split()[0]
        monkeypatch.setattr(Quoting, "likeliest", lambda self, quoted: start)
        monkeypatch.setattr("rare_app.answer.wanted.RUNS_ON_WORDS", 0)
        same = ask()
        assert (same.reasoning, same.quotes) == (whole.reasoning, whole.quotes)

    def test_an_answer_that_repeats_itself_is_cut_and_not_written_on(
        self, settings, library, adapted, monkeypatch
    ):
        kept = replace(settings, unsupported="mark", gate_nats=500)
        monkeypatch.setattr(Quoting, "likeliest", lambda self, quoted: "")
        whole = self.ask(kept, library, adapted, guide=Forced())
        monkeypatch.setattr("rare_app.answer.answering.repeats", lambda said: bool(said.strip()))
        monkeypatch.setattr("rare_app.answer.answering.first_lines", lambda said: f"({said}")
        cut = self.ask(kept, library, adapted, guide=Forced())
        assert cut.tokens.generated < whole.tokens.generated
        assert cut.answer
        assert whole.answer.startswith(cut.answer)
        assert cut.answer != whole.answer

    @pytest.mark.parametrize("written", ["</think>", "</think>\n<answer>", "…"])
    def test_our_adapter_answers_once_it_has_ended_its_reasoning(
        self, settings, library, adapted, monkeypatch, written
    ):
        """Left alone behind </think> it may go on quoting."""
        put_in, texts = Writer.put_in, []

        def noted(writer, text):
            texts.append(writer.text + text)
            return put_in(writer, text)

        said = iter([[written], ["the words", "</answer>"]])
        monkeypatch.setattr(Writer, "put_in", noted)
        monkeypatch.setattr("rare_app.answer.writer.generate", lambda *_, **__: next(said))
        kept = replace(settings, unsupported="mark", gate="off")
        assert self.ask(kept, library, adapted, guide=Forced()).answer == "the words"
        if "<answer>" in written:
            assert texts == []
        else:
            assert [one.endswith("</think>\n<answer>") for one in texts] == [True]


def test_of_two_passages_that_say_the_same_the_better_ranked_one_is_preferred(settings):
    """Two quarters' filings differ in their names alone, which the guide does not see."""
    texts = [
        replace(passage("The tax rate was 19%.", number=1), score=0.7),
        replace(passage("The tax rate was 18%.", number=2), score=1.1),
    ]

    def best(passages):
        quoting = Quoting(
            settings=settings,
            question="?",
            passages=passages,
            guide=Forced("rate"),
            profile=small_profile(),
        )
        model = SimpleNamespace(pieces=Pieces([bytes([i]) for i in range(256)]))
        scores = quoting.filter(model)._scores()
        return scores, int(np.argmax(scores))

    scores, first = best(texts)
    assert first == 1
    assert scores[1] - scores[0] == pytest.approx(8.0 * 0.4, rel=1e-5)
    alike = [replace(one, score=0.9) for one in texts]
    scores, _ = best(alike)
    assert scores[0] == scores[1]
    assert Quoting(
        settings=settings, question="?", passages=[], guide=Forced(), profile=small_profile()
    ).filter(SimpleNamespace(pieces=Pieces([b"a"])))
