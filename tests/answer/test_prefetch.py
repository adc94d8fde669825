"""The passages of a question are read while it is being written, with the bundled model."""

import threading
import time
from dataclasses import replace

import pytest

from rare_app.answer import Assistant, Draft, Prefetch, ReadAhead
from rare_app.answer.assemble import block_tokens, prefix_tokens
from rare_app.errors import UserError
from rare_app.model import Cancelled, Engine

from ..conftest import BEES, BRIDGES

pytestmark = pytest.mark.model

QUESTION = "How many eggs does the queen lay?"
HENS = "A hen lays one egg a day at most, and fewer eggs in winter."
HALF = Draft("How many eggs does the queen", k=1, adapter="none")


@pytest.fixture
def library(open_library, write):
    library = open_library()
    library.add([write("bees.md", BEES), write("bridges.md", BRIDGES), write("hens.md", HENS)])
    return library


@pytest.fixture
def own_engine(settings):
    made = Engine(settings=settings)
    with made.use(adapter="none"):
        pass
    yield made
    made.close()


@pytest.fixture
def prefetch(settings, library, own_engine):
    made = Prefetch(settings=settings, library=library, engine=own_engine)
    yield made
    made.close()


def stored(library, engine):
    """Texts of the chunks whose state is stored."""
    with engine.use(adapter="none") as loaded:
        prefix = prefix_tokens(loaded.model)
        keys = {
            loaded.memory.key(prefix, block_tokens(loaded.model, one)): one.text
            for one in library.chunks()
        }
    return [keys[key] for key in engine.store.has(list(keys))]


def wait_for(condition):
    """Wait until something is so, a minute at most."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_half_a_question_finds_is_read_and_nothing_else(
    settings, library, own_engine, prefetch
):
    assert prefetch.read(HALF) == 1
    (text,) = stored(library, own_engine)
    assert "2,000 eggs" in text
    assert prefetch.read(HALF) == 0
    assistant = Assistant(settings=settings, library=library, engine=own_engine)
    answer = assistant.answer(QUESTION, k=1, adapter="none")
    with own_engine.use(adapter="none") as loaded:
        asked = len(loaded.model.tokenise(f"Question: {QUESTION}"))
    left = answer.tokens.prompt - answer.tokens.prompt_from_memory
    assert asked <= left < asked + 40


def test_a_newer_draft_ends_the_reading_for_an_older_one(library, own_engine, prefetch):
    older = replace(HALF, k=8)
    prefetch.note(Draft("When was the Forth Bridge opened", adapter="none"))
    assert prefetch.read(older) == 1
    prefetch.note(older)
    assert prefetch.read(older) == 2


def test_chosen_documents_alone_are_searched(library, own_engine, prefetch):
    assert prefetch.read(replace(HALF, documents=("bridges.md",))) == 1
    (text,) = stored(library, own_engine)
    assert "Forth" in text


@pytest.mark.parametrize("text", ["", "bees", "   eggs   ", "How is this", "What is this?"])
def test_what_says_little_is_not_searched(library, own_engine, prefetch, text):
    assert prefetch.read(replace(HALF, text=text)) == 0
    assert stored(library, own_engine) == []


def test_a_short_question_that_is_whole_is_searched(library, own_engine, prefetch):
    assert prefetch.read(replace(HALF, text="What of eggs")) == 0
    assert prefetch.read(replace(HALF, text="What of eggs?")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"memory": "off"},
        {"prefetch": "off"},
        {"llm_url": "http://127.0.0.1:1/v1"},
        {"chroma_url": "http://127.0.0.1:1"},
    ],
)
def test_settings_under_which_nothing_is_read(settings, library, own_engine, changes):
    made = Prefetch(settings=replace(settings, **changes), library=library, engine=own_engine)
    assert made.read(HALF) == 0
    assert stored(library, own_engine) == []


def test_nothing_is_searched_once_the_whole_library_is_read(library, own_engine, settings):
    ahead = ReadAhead(library=library, engine=own_engine, adapter="none")
    assert not ahead.finished
    ahead.run()
    assert ahead.finished
    made = Prefetch(
        settings=settings, library=None, engine=own_engine, all_read=lambda: ahead.finished
    )
    assert made.read(HALF) == 0


def test_another_model_is_not_loaded_for_a_draft(library, own_engine, prefetch):
    with own_engine.use() as loaded:
        if loaded.adapter is None:
            pytest.skip("no adapter is shipped")
    assert prefetch.read(HALF) == 0
    with pytest.raises(UserError, match="no-such"):
        prefetch.read(replace(HALF, model="no-such"))


def test_a_question_goes_first(own_engine, prefetch):
    with own_engine.use(adapter="none"), pytest.raises(Cancelled):
        prefetch.read(HALF)


def test_it_goes_before_the_reading_of_whole_documents(own_engine, library, prefetch):
    ahead = ReadAhead(library=library, engine=own_engine, adapter="none")
    with own_engine.use_when_idle(adapter="none") as (_, wanted):
        thread = threading.Thread(target=prefetch.read, args=(HALF,))
        thread.start()
        wait_for(lambda: own_engine.hurried)
        assert not wanted()  # what is being read is read to its end
        with pytest.raises(Cancelled), own_engine.use_when_idle(adapter="none"):
            pass
    thread.join(timeout=60)
    assert not own_engine.hurried
    assert len(stored(library, own_engine)) == 1
    assert ahead.run().state == "idle"


def test_the_thread_takes_drafts_as_they_come_and_outlives_bad_ones(
    library, own_engine, prefetch, monkeypatch
):
    prefetch.start()
    prefetch.note(replace(HALF, collection="nowhere"))
    time.sleep(0.6)
    whole = library.retrieve
    monkeypatch.setattr(library, "retrieve", lambda *_, **__: 1 / 0)
    prefetch.note(replace(HALF, text="How many eggs does"))
    time.sleep(0.6)
    monkeypatch.setattr(library, "retrieve", whole)
    with own_engine.use(adapter="none"):  # it waits for a question's end and then goes on
        prefetch.note(HALF)
        time.sleep(0.8)
    wait_for(lambda: own_engine.store.status().blocks == 2)  # the prompt's beginning, a passage
    prefetch.close()
    assert len(stored(library, own_engine)) == 1
