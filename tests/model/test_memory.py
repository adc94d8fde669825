"""Contexts put together from stored blocks, with the bundled model."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from rare_app.model import (
    BlockStore,
    Cancelled,
    Engine,
    Memory,
    ModelError,
    Prompt,
    read_plainly,
)

pytestmark = pytest.mark.model

TEXTS = (
    "Passage: Bees\nThe queen lays up to 2,000 eggs a day. In winter the bees form a cluster.\n\n",
    "Passage:\nThe Forth Bridge was opened on 4 March 1890. It is 2,467 metres long.\n\n",
    "Passage: Pump\nChange the oil every 500 hours. Never run the pump dry, or the seal burns.\n\n",
)


def probabilities(logits):
    values = np.exp(logits.astype(np.float64) - logits.max())
    return values / values.sum()


def divergence(expected, got):
    """KL of two distributions given by logits, in nats."""
    p, q = probabilities(expected), probabilities(got)
    return float((p * np.log(p / q)).sum())


@pytest.fixture
def store(tmp_path):
    opened = BlockStore(folder=tmp_path / "memory", budget=10**9)
    yield opened
    opened.close()


@pytest.fixture
def prompt(model):
    return Prompt(
        prefix=tuple(model.tokenise("Answer with the passages only.\n\n")),
        blocks=tuple(tuple(model.tokenise(text)) for text in TEXTS),
        question=tuple(model.tokenise("Question: How many eggs does a queen lay?\nAnswer:")),
    )


@pytest.fixture
def memory(model, store):
    return Memory(model=model, store=store, family="test")


def again(prompt, order, question=None):
    blocks = tuple(prompt.blocks[i] for i in order)
    return Prompt(prefix=prompt.prefix, blocks=blocks, question=question or prompt.question)


def logits_in_place(model, prompt, **options):
    model.forget()
    Memory(model=model, store=None, family="", **options).read(prompt)
    return model.logits()


def test_a_recalled_context_is_the_one_computed_in_place(model, memory, prompt):
    expected = logits_in_place(model, prompt)
    first = memory.read(prompt)
    assert first.loaded == 0
    model.forget()
    second = memory.read(prompt)
    assert second.loaded == sum(map(len, prompt.blocks))
    assert second.computed == len(prompt.question)
    assert divergence(expected, model.logits()) < 1e-4
    assert model.logits().argmax() == expected.argmax()


def test_a_stored_block_is_of_use_at_any_place(model, memory, prompt):
    memory.read(prompt)
    model.forget()
    moved = again(prompt, (2, 0))
    recalled = memory.read(moved)
    assert recalled.loaded == len(prompt.blocks[2]) + len(prompt.blocks[0])
    got = model.logits()
    assert divergence(logits_in_place(model, moved), got) < 1e-4


def test_what_is_in_place_is_not_loaded_again(model, memory, prompt):
    memory.read(prompt)
    model.extend(model.tokenise(" She lays many."))
    other = tuple(model.tokenise("Question: How long is the bridge?\nAnswer:"))
    turn = memory.read(again(prompt, (0, 1, 2), other))
    assert turn.loaded == 0
    assert turn.held >= len(prompt.prefix) + sum(map(len, prompt.blocks))
    got = model.logits()
    # The same states, but not the same batches: llama.cpp rounds activations to 8 bits.
    assert divergence(logits_in_place(model, again(prompt, (0, 1, 2), other)), got) < 5e-3
    model.forget()
    memory.read(prompt)
    part = memory.read(again(prompt, (0, 2)))
    assert part.held == len(prompt.prefix) + len(prompt.blocks[0])


def test_an_ordinary_reading_between_does_no_harm(model, memory, prompt):
    memory.read(prompt)
    expected = model.logits()
    model.forget()
    model.read(prompt.tokens)
    memory.read(prompt)
    assert divergence(expected, model.logits()) < 1e-4


def test_another_prefix_or_family_finds_nothing(model, store, memory, prompt):
    memory.read(prompt)
    other = Memory(model=model, store=store, family="other adapter")
    model.forget()
    assert other.read(prompt).loaded == 0
    changed = Prompt(
        prefix=tuple(model.tokenise("Be brief.\n\n")),
        blocks=prompt.blocks,
        question=prompt.question,
    )
    assert memory.read(changed).loaded == 0
    assert divergence(logits_in_place(model, changed), model.logits()) < 1e-4


@pytest.mark.parametrize("harm", ["truncated", "altered", "of another block"])
def test_a_damaged_block_is_computed_again(model, store, memory, prompt, harm, caplog):
    memory.read(prompt)
    expected = model.logits()
    path = store._path(memory.key(prompt.prefix, prompt.blocks[1]))
    data = path.read_bytes()
    if harm == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "altered":
        path.write_bytes(data[:1000] + bytes([data[1000] ^ 255]) + data[1001:])
    else:
        path.write_bytes(store._path(memory.key(prompt.prefix, prompt.blocks[0])).read_bytes())
    model.forget()
    recalled = memory.read(prompt)
    assert recalled.loaded == len(prompt.blocks[0]) + len(prompt.blocks[2])
    assert "computed again" in caplog.text
    assert divergence(expected, model.logits()) < 1e-4
    model.forget()
    assert memory.read(prompt).loaded == sum(map(len, prompt.blocks))


def test_stopping_leaves_memory_usable(model, memory, prompt):
    expected = logits_in_place(model, prompt)
    model.forget()
    for after in (0, 1, 3, 6):
        asked = itertools.count()
        with pytest.raises(Cancelled):
            memory.read(prompt, cancelled=lambda n=asked, k=after: next(n) >= k)
        model.forget()
    memory.read(prompt)
    assert divergence(expected, model.logits()) < 1e-4


def test_learning_ahead_does_no_harm_to_the_chat(model, memory, prompt):
    short = again(prompt, (0,))
    memory.read(short)
    expected = model.logits()
    assert memory.learn(prompt.prefix, prompt.blocks[2], cancelled=lambda: False)
    recalled = memory.read(short)
    assert recalled.loaded == len(prompt.blocks[0])
    assert divergence(expected, model.logits()) < 1e-4
    assert memory.read(again(prompt, (0, 2))).loaded == len(prompt.blocks[2])


def test_a_budget_too_small_for_the_context_does_no_harm(model, prompt, tmp_path):
    """Each block pushes the one before it out: then they are held in memory, and it ends."""
    expected = logits_in_place(model, prompt)
    room = len(prompt.blocks[0]) * 26_000  # 16 bits
    store = BlockStore(folder=tmp_path / "small", budget=room)
    memory = Memory(model=model, store=store, family="small")
    model.forget()
    for _ in range(2):
        memory.read(prompt)
        assert divergence(expected, model.logits()) < 1e-4
        model.forget()
    assert store.status().bytes <= room
    store.close()


def test_a_model_that_takes_no_state_is_said_not_to(model, memory, prompt, monkeypatch):
    monkeypatch.setattr(model.sequences, "restore", lambda *_: False)
    with pytest.raises(ModelError, match="RARE_MEMORY=off"):
        memory.read(prompt)


def test_a_question_takes_the_model_from_the_background(tmp_path, shared_settings):
    engine = Engine(settings=shared_settings)
    with engine.use_when_idle() as (loaded, wanted):
        assert loaded.memory is not None
        assert not wanted()
    with engine.use(), pytest.raises(Cancelled), engine.use_when_idle():
        pass
    engine.close()


@pytest.mark.parametrize(("bits", "share", "apart"), [(8, 0.56, 0.01), (4, 0.31, 0.1)])
def test_few_bits_take_less_room_and_stay_close(model, prompt, tmp_path, bits, share, apart):
    sizes, logits = {}, {}
    for stored in (16, bits):
        store = BlockStore(folder=tmp_path / str(stored), budget=10**9)
        memory = Memory(model=model, store=store, family="test", bits=stored)
        model.forget()
        memory.read(prompt)
        first = model.logits()
        model.forget()
        assert memory.read(prompt).loaded == sum(map(len, prompt.blocks))
        logits[stored] = model.logits()
        assert divergence(first, logits[stored]) < 1e-6  # the same, computed now or loaded
        keys = [memory.key(prompt.prefix, block) for block in prompt.blocks]
        sizes[stored] = sum(store._path(key).stat().st_size for key in keys)
        assert store.status().bytes >= sizes[stored]
        store.close()
    assert sizes[bits] < share * sizes[16]
    assert divergence(logits[16], logits[bits]) < apart
    assert logits[16].argmax() == logits[bits].argmax()


def test_a_block_of_few_bits_that_is_none_is_computed_again(model, store, prompt, caplog):
    memory = Memory(model=model, store=store, family="test", bits=4)
    memory.read(prompt)
    expected = model.logits()
    key = memory.key(prompt.prefix, prompt.blocks[1])
    with store.open(key) as state:
        data = bytes(state)
    store.put(key, data[:-7], family="test", tokens=1)  # sound by its checksum
    model.forget()
    recalled = memory.read(prompt)
    assert recalled.loaded == len(prompt.blocks[0]) + len(prompt.blocks[2])
    assert "computed again" in caplog.text
    assert divergence(expected, model.logits()) < 1e-6


def test_keys_that_turn_in_an_unknown_way_are_moved_by_llama_cpp(model, store, prompt, monkeypatch):
    expected = logits_in_place(model, prompt)
    monkeypatch.setitem(model.__dict__, "rotation", None)
    memory = Memory(model=model, store=store, family="test", bits=4)
    for _ in range(2):
        model.forget()
        recalled = memory.read(prompt)
        # Keys turned by llama.cpp differ in their last bit: it rounds activations to 8 bits.
        assert divergence(expected, model.logits()) < 5e-3
        assert model.logits().argmax() == expected.argmax()
    assert recalled.loaded == sum(map(len, prompt.blocks))


def test_a_store_of_an_older_form_is_left_aside(model, prompt, tmp_path):
    """Blocks of the release before: another head, and keys that nobody asks for any more."""
    folder = tmp_path / "memory"
    store = BlockStore(folder=folder, budget=10**9)
    memory = Memory(model=model, store=store, family="test", bits=4)
    memory.read(prompt)
    expected = model.logits()
    for block in prompt.blocks:
        path = store._path(memory.key(prompt.prefix, block))
        path.write_bytes(b"RAREKV2\0" + path.read_bytes()[8:])
    model.forget()
    assert memory.read(prompt).loaded == 0
    assert divergence(expected, model.logits()) < 1e-6
    store.close()


def test_it_tells_how_far_the_new_blocks_are_read(model, memory, prompt):
    model.forget()
    told = list(memory.read_in_steps(prompt))
    assert {(one.passages, one.new) for one in told} == {(3, True)}
    assert [one.read for one in told] == [0, 1, 2, 3, 3]
    tokens = sum(map(len, (prompt.prefix, *prompt.blocks, prompt.question)))
    assert {one.tokens for one in told} == {tokens}
    read = [one.read_tokens for one in told]
    assert (read[0], read[-1]) == (0, tokens)
    assert read == sorted(read)
    model.forget()
    [first, last] = memory.read_in_steps(again(prompt, (2, 0)))
    assert (first.passages, first.tokens, first.read_tokens) == (0, len(prompt.question), 0)
    assert last.read_tokens == last.tokens


def test_left_half_way_it_goes_on_from_what_was_read(model, memory, prompt):
    expected = logits_in_place(model, prompt)
    model.forget()
    steps = memory.read_in_steps(prompt)
    assert [next(steps).read for _ in range(3)] == [0, 1, 2]
    steps.close()
    told = list(memory.read_in_steps(prompt))
    assert (told[0].passages, told[0].read) == (1, 0)
    assert divergence(expected, model.logits()) < 1e-4


def test_a_plain_reading_tells_how_far_it_is(model, prompt):
    long = replace(prompt, blocks=tuple(block * 12 for block in prompt.blocks))
    model.forget()
    told = list(read_plainly(model, long, cancelled=lambda: False))
    assert {(one.passages, one.tokens, one.new) for one in told} == {(3, len(long.tokens), False)}
    assert len(told) > 3
    read = [one.read_tokens for one in told]
    assert (read[0], read[-1]) == (0, len(long.tokens))
    assert read == sorted(set(read))
    assert (told[0].read, told[-1].read) == (0, 3)
    expected = model.logits()
    # Nothing but the question's last token is new now.
    [first, last] = read_plainly(model, long, cancelled=lambda: False)
    assert (first.passages, first.tokens, last.read_tokens) == (0, 1, 1)
    assert divergence(expected, model.logits()) < 5e-3


def test_a_block_in_the_middle_of_an_answer_is_as_one_that_was_there_before(model, memory, prompt):
    said, more = model.tokenise(" The queen lays"), model.tokenise(" So it is")
    first, late = again(prompt, [0, 1]), prompt.blocks[2]

    def go_on(*, late_block: bool, known: bool) -> np.ndarray:
        memory.read(prompt)  # so that the next reading does the same each time
        memory.read(first)
        model.extend(said)
        if late_block:
            assert memory.append(late) is known
        model.extend(more)
        return model.logits().copy()

    without = go_on(late_block=False, known=True)
    recalled = go_on(late_block=True, known=True)
    assert list(model.held) == [*first.tokens, *said, *late, *more]
    memory._store.remove([memory.key(prompt.prefix, late)])
    model.forget()
    memory.read(first)
    model.extend(said)
    assert not memory.append(late)
    model.extend(more)
    computed = model.logits().copy()
    assert divergence(computed, recalled) < 1e-3
    assert divergence(without, recalled) > 10 * divergence(computed, recalled)


def test_after_a_block_in_the_middle_the_next_question_goes_on_as_before(model, memory, prompt):
    expected = []
    for late in (False, True):
        memory.read(prompt)
        if late:
            memory.append(prompt.blocks[0])
        model.extend(model.tokenise(" and"))
        memory.read(prompt)
        expected.append(model.logits().copy())
    assert divergence(*expected) < 1e-4


def test_a_block_cannot_follow_what_the_memory_has_not_read(model, memory, prompt):
    with pytest.raises(ModelError, match="can only follow"):
        memory.append(prompt.blocks[0])
