"""Documents are read once, in the background, with the bundled model."""

import threading
from dataclasses import replace

import pytest

from rare_app.answer import Assistant, ReadAhead
from rare_app.answer.assemble import block_tokens, prefix_tokens
from rare_app.model import Engine

from ..conftest import BEES, BRIDGES

pytestmark = pytest.mark.model

QUESTION = "How many eggs does the queen lay?"


@pytest.fixture
def library(open_library, tmp_path):
    library = open_library()
    for name, text in (("bees.md", BEES), ("bridges.md", BRIDGES)):
        (tmp_path / name).write_text(text)
    library.add([tmp_path / "bees.md", tmp_path / "bridges.md"])
    return library


@pytest.fixture
def own_engine(settings):
    made = Engine(settings=settings)
    yield made
    made.close()


def ask(settings, library, engine):
    assistant = Assistant(settings=settings, library=library, engine=engine)
    return assistant.answer(QUESTION, adapter="none")


def test_after_reading_ahead_no_passage_is_read_for_a_question(settings, library, own_engine):
    told = []
    reader = ReadAhead(library=library, engine=own_engine, adapter="none")
    reached = reader.run(tell=told.append)
    total = library.count_chunks()
    assert (reached.state, reached.done, reached.total) == ("idle", total, total)
    assert [one.done for one in told] == list(range(1, total + 1))
    answer = ask(settings, library, own_engine)
    with own_engine.use(adapter="none") as loaded:
        asked = len(loaded.model.tokenise(f"Question: {QUESTION}"))
    left = answer.tokens.prompt - answer.tokens.prompt_from_memory
    assert asked <= left < asked + 40


def test_what_is_read_is_not_read_again_by_the_next_start(settings, library, own_engine):
    ReadAhead(library=library, engine=own_engine, adapter="none").run()
    own_engine.close()
    engine, told = Engine(settings=settings), []
    again = ReadAhead(library=library, engine=engine, adapter="none").run(tell=told.append)
    assert (again.state, told) == ("idle", [])
    engine.close()


def test_blocks_of_another_adapter_stay_for_whoever_goes_back(settings, library, own_engine):
    ReadAhead(library=library, engine=own_engine, adapter="none").run()
    before = own_engine.store.status()
    with own_engine.use() as loaded:
        if loaded.adapter is None:
            pytest.skip("no adapter is shipped")
    ReadAhead(library=library, engine=own_engine).run()
    after = own_engine.store.status()
    assert (after.blocks, after.others) == (2 * before.blocks, before.bytes)
    told = []
    ReadAhead(library=library, engine=own_engine, adapter="none").run(tell=told.append)
    assert told == []


def test_it_waits_while_a_question_is_answered_and_goes_on_after(library, own_engine):
    reader = ReadAhead(library=library, engine=own_engine, adapter="none")
    with own_engine.use(adapter="none"):
        thread = threading.Thread(target=reader.run)
        thread.start()
        thread.join(timeout=1)
        assert thread.is_alive()
        assert reader.progress.state == "waiting"
    thread.join(timeout=60)
    assert reader.progress.state == "idle"


def test_it_stops_where_the_budget_ends(settings, library):
    engine = Engine(settings=replace(settings, memory_gb=0.004, memory_bits=16))
    reached = ReadAhead(library=library, engine=engine, adapter="none").run()
    assert reached.state == "full"
    assert reached.done < reached.total
    assert ask(settings, library, engine).passages
    engine.close()


def stored_of(library, engine, name):
    """Count the stored chunks of a document."""
    with engine.use(adapter="none") as loaded:
        chunks = [one for one in library.chunks() if one.document == name]
        prefix = prefix_tokens(loaded.model)
        keys = [loaded.memory.key(prefix, block_tokens(loaded.model, one)) for one in chunks]
    return len(engine.store.has(keys)), len(chunks)


def test_pinned_documents_push_the_others_out_of_a_full_memory(settings, library):
    settings = replace(settings, memory_bits=16)
    own_engine = Engine(settings=settings)
    ReadAhead(library=library, engine=own_engine, adapter="none").run()
    whole = own_engine.store.status().bytes
    own_engine.close()
    engine = Engine(settings=replace(settings, memory_gb=0.8 * whole / 1e9))
    reader = ReadAhead(library=library, engine=engine, adapter="none")
    engine.store.clear()
    assert reader.run().state == "full"
    assert stored_of(library, engine, "bridges.md") == (1, 1)  # it was added last
    library.pin("bees.md")
    reached = reader.run()
    assert (reached.state, reached.crowded) == ("full", False)
    there, chunks = stored_of(library, engine, "bees.md")
    assert there == chunks
    assert stored_of(library, engine, "bridges.md") == (0, 1)
    status = engine.store.status()
    assert status.bytes <= status.budget
    assert not status.crowded
    library.pin("bridges.md")
    assert reader.run().crowded
    assert engine.store.status().crowded
    for name in ("bees.md", "bridges.md"):
        library.pin(name, pinned=False)
    reader.keep_pins()
    assert engine.store.status().pinned == 0
    engine.close()


def test_new_documents_are_read_when_they_come(library, own_engine, tmp_path):
    reader = ReadAhead(library=library, engine=own_engine, adapter="none")
    reader.start()
    (tmp_path / "more.md").write_text("The pump needs new oil every 500 hours.")
    library.add([tmp_path / "more.md"])
    reader.notify()
    for _ in range(600):
        if reader.progress.state == "idle" and reader.progress.done == library.count_chunks():
            break
        threading.Event().wait(0.1)
    reader.close()
    assert reader.progress.done == library.count_chunks()


def test_with_the_memory_off_nothing_is_stored(settings, library):
    off = replace(settings, memory="off")
    engine = Engine(settings=off)
    assert ReadAhead(library=library, engine=engine, adapter="none").run().state == "off"
    assert ask(off, library, engine).tokens.prompt_from_memory == 0
    assert not settings.memory_path.exists()
    engine.close()
