"""Models that need another way: said once, and read with ordinary attention where it must be."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.recall import compare
from rare_app.answer import Assistant
from rare_app.model import BlockStore, Engine, LanguageModel, Prompt

from ..conftest import BEES, passage
from .test_memory import TEXTS

pytestmark = pytest.mark.model

SLIDING = os.environ.get("RARE_TEST_SLIDING_MODEL", "")
"""A GGUF whose layers look through a sliding window, such as Gemma 3."""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("llama_model_is_recurrent", True),
        ("llama_model_is_hybrid", True),
        ("llama_model_has_encoder", True),
        ("llama_model_rope_type", -1),  # learned positions: nothing can be moved
        ("llama_model_rope_type", 8),  # several positions a token
        ("llama_memory_can_shift", False),
    ],
)
def test_what_cannot_be_moved_is_not_recalled(model, monkeypatch, name, value):
    assert model.can_recall
    monkeypatch.setattr(model._c, name, lambda *_: value)
    assert not model.can_recall


def test_a_model_without_memory_answers_and_says_so_once(settings, library, monkeypatch, caplog):
    monkeypatch.setattr(LanguageModel, "can_recall", property(lambda _: False))
    engine = Engine(settings=replace(settings, reasoning_tokens=4, answer_tokens=4))
    assistant = Assistant(settings=settings, library=library, engine=engine)
    question = "How many eggs does the queen lay?"
    answers = [
        assistant.answer(question, passages=[passage(BEES)], adapter="none") for _ in range(2)
    ]
    assert "cannot use stored memory" in answers[0].notice
    assert answers[1].notice == ""
    assert answers[0].tokens.prompt_from_memory == 0
    assert answers[0].tokens.generated
    assert caplog.text.count("cannot use stored memory") == 1
    assert engine.store.status().blocks == 0
    engine.close()


def test_with_memory_nothing_is_said(engine):
    with engine.use() as loaded:
        assert engine.take_notice(loaded) == ""


@pytest.mark.slow
@pytest.mark.skipif(not Path(SLIDING).is_file(), reason="RARE_TEST_SLIDING_MODEL names no GGUF")
def test_a_sliding_window_is_recalled_as_computed(settings):
    """Blocks that reach past the window, moved and put together."""
    engine = Engine(settings=replace(settings, model=SLIDING, context_tokens=2048))
    with engine.use() as loaded:
        model = loaded.model
        assert loaded.memory is not None
        prompt = Prompt(
            prefix=tuple(model.start_tokens("Answer with the passages only.\n\n")),
            blocks=tuple(tuple(model.tokenise(text * 8)) for text in TEXTS),
            question=tuple(model.tokenise("Question: How many eggs does a queen lay?\nAnswer:")),
        )
        assert len(prompt.tokens) > 512
        store = BlockStore(folder=settings.home / "sliding", budget=10**9)
        one = compare(model, store, prompt, tokens=16, ordinary=False)
        assert one.loaded == sum(map(len, prompt.blocks))
        assert one.divergence["computed"] < 1e-4
        assert one.same["computed"]
        # Read where they stand: apart by the rounding of activations alone.
        assert one.divergence["in place"] < 0.05
        store.close()
    engine.close()
