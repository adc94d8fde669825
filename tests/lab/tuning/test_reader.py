"""The reader's training: what is drawn, the loss, going on, and the file that comes of it."""

import os
import random
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning import reader_train
from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.leaks import hold
from rare_app.lab.tuning.reader_examples import Sampler
from rare_app.lab.tuning.reader_loss import reader_loss
from rare_app.lab.tuning.reader_low_rank import add_low_rank, low_rank_changes
from rare_app.lab.tuning.reader_train import _times, train_reader
from rare_app.lab.tuning.reader_types import ReaderOptions
from rare_app.library import embedder_folder
from rare_app.reader import EvidenceReader, find_reader, sentence_spans
from rare_app.reader.encoders import Encoder, hash_weights, large_encoder
from rare_app.reader.network import load_network
from rare_app.reader.weights import (
    read_changes,
    read_header,
    read_low_rank,
    read_shift,
    save_reader,
    write_shift,
)
from rare_app.reader.windows import WINDOW_TOKENS, cut_windows
from rare_app.settings import PROJECT_FOLDER

FACTS = [
    ("bee", "The queen lays up to 2,000 eggs a day.", "How many eggs does the queen lay?", "2,000"),
    ("pump", "The oil is changed every 500 hours.", "When is the oil changed?", "every 500 hours"),
    ("bridge", "The bridge was opened in 1890.", "When was the bridge opened?", "1890"),
    ("lease", "The tenant pays 900 euros a month.", "What does the tenant pay?", "900 euros"),
    ("river", "The river is 120 kilometres long.", "How long is the river?", "120 kilometres"),
    ("tower", "The tower has 334 steps inside.", "How many steps has the tower?", "334"),
]


def item(name, sentence, question, answer):
    text = f"This note is about the {name}. {sentence} Nothing else is known of the {name}."
    return Item(
        identifier=name,
        data_set="qed",
        split="train",
        kind="span",
        question=question,
        passages=(Passage(text=text, document=name),),
        gold=(0,),
        answer=answer,
        answers=(answer,),
        evidence=(Evidence(passage=0, text=sentence),),
    )


ITEMS = [item(*fact) for fact in FACTS]


def embed(texts):
    """Vectors that make every passage about as near as every other."""
    source = np.random.default_rng(len(texts))
    vectors = source.normal(size=(len(texts), 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def sampler():
    return Sampler(ITEMS, held=hold([]), embed=embed)


def test_what_is_drawn_marks_the_evidence_and_the_answer(sampler):
    seen = set()
    for seed in range(60):
        drawn = sampler.draw(ITEMS[0], random_source=random.Random(seed))
        seen.add(bool(drawn.needs))
        if not drawn.needs:
            assert all("2,000" not in text for text in drawn.texts)
            continue
        sentences = [t[a:b] for t in drawn.texts for a, b in sentence_spans(t)]
        assert [[sentences[i] for i in need] for need in drawn.needs] == [[FACTS[0][1]]]
        [(passage, start, end)] = drawn.answers
        assert drawn.texts[passage][start:end] == "2,000"
        assert 1 < len(drawn.texts) <= 3
    assert seen == {True, False}


def test_an_epoch_takes_an_item_as_often_as_its_set_s_share_says():
    shares = {"qed": 2.25, "tatqa": 0.0}
    source = random.Random(0)
    times = [_times(ITEMS[0], shares, source) for _ in range(2000)]
    assert set(times) == {2, 3}
    assert sum(times) / len(times) == pytest.approx(2.25, abs=0.05)
    assert _times(replace(ITEMS[0], data_set="tatqa"), shares, source) == 0
    assert _times(replace(ITEMS[0], data_set="other"), shares, source) == 1


def test_what_validates_is_never_shown():
    held = hold([ITEMS[1]])
    sampler = Sampler(ITEMS, held=held, embed=embed)
    for seed in range(30):
        drawn = sampler.draw(ITEMS[0], random_source=random.Random(seed))
        assert not any("oil" in text for text in drawn.texts)


def test_an_unanswerable_question_keeps_its_own_passage():
    lacking = replace(
        ITEMS[0], data_set="squad2_half_dev", gold=(), answer="", answers=(), evidence=()
    )
    sampler = Sampler([lacking, *ITEMS], held=hold([]), embed=embed)
    drawn = sampler.draw(lacking, random_source=random.Random(0))
    assert drawn.needs == ()
    assert lacking.passages[0].text in drawn.texts


def encoder():
    folder = embedder_folder()
    return Encoder(folder, hash_weights(folder))


def tokenizer():
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(embedder_folder() / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def test_windows_hold_whole_sentences_in_order():
    texts = ["", "One. " * 10, "The pump runs hot. " * 200, "word " * 1000]
    spans = [sentence_spans(text) for text in texts]
    windows = cut_windows(tokenizer(), texts, spans)
    numbers = [number for window in windows for number, _, _ in window.sentences]
    assert numbers == list(range(sum(map(len, spans))))
    assert max(len(window.ids) for window in windows) <= WINDOW_TOKENS
    flat = [(i, *span) for i, own in enumerate(spans) for span in own]
    for window in windows:
        for number, first, last in window.sentences:
            passage, start, end = flat[number]
            assert passage == window.passage
            assert window.offsets[first][0] == start
            assert window.offsets[last - 1][1] <= end


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_training_learns_goes_on_and_gives_a_reader(tmp_path, settings):
    said = []

    def train(steps, **other):
        rate = other.pop("rate", 3e-4)
        options = ReaderOptions(
            **{"encoder": encoder(), "output": tmp_path, **other},
            steps=steps,
            rate=rate,
            checkpoint_every=4,
        )
        return train_reader(ITEMS, options=options, held=hold([]), embed=embed, say=said.append)

    first = train(4)
    assert (first.step, first.steps) == (4, 4)
    with pytest.raises(UserError, match="seed"):
        train(4, seed=1)
    (tmp_path / "reader.pt").unlink()
    last = train(30)
    assert last.loss < 0.7 * first.loss
    path = tmp_path / "reader.safetensors"
    assert path.stat().st_size < 16_000_000
    reader = find_reader(replace(settings, reader=str(path)), embedder=embedder_folder())
    later = train(1, output=tmp_path / "further", start=path, rate=1e-6)
    assert later.loss < 0.7 * first.loss
    texts = [one.passages[0].text for one in ITEMS]
    found = reader.read(FACTS[2][2], texts)
    best = found.sentences[int(found.scores.argmax())]
    assert texts[best.passage][best.start : best.end] == FACTS[2][1]
    assert found.scores.max() > reader.read(FACTS[2][2], texts[:2]).scores.max()
    assert len(found.words) == len({(w.passage, w.start, w.end) for w in found.words})


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_low_rank_changes_learn_and_are_all_that_is_kept(tmp_path, settings):
    def train(steps, **other):
        options = ReaderOptions(
            **{"encoder": encoder(), "output": tmp_path, "rank": 8, "first_layer": 1, **other},
            steps=steps,
        )
        return train_reader(ITEMS, options=options, held=hold([]), embed=embed, say=lambda _: None)

    first = train(1, output=tmp_path / "first", rate=1e-6)
    last = train(30, rate=3e-3)
    assert last.loss < 0.7 * first.loss
    path = tmp_path / "reader.safetensors"
    assert path.stat().st_size < 2_000_000
    changes = dict(read_changes(path, base_sha256=encoder().sha256))
    layers = {name.split(".")[3] for name in changes if name.startswith("encoder.")}
    assert layers == {"1", "2", "3", "4", "5"}
    later = train(1, output=tmp_path / "further", start=path, rate=1e-6)
    assert later.loss < 0.7 * first.loss
    reader = find_reader(replace(settings, reader=str(path)), embedder=embedder_folder())
    texts = [one.passages[0].text for one in ITEMS]
    found = reader.read(FACTS[2][2], texts)
    best = found.sentences[int(found.scores.argmax())]
    assert texts[best.passage][best.start : best.end] == FACTS[2][1]


def test_the_shipped_reader_can_be_gone_on_from_with_its_own_rank_alone(settings):
    shipped = next(PROJECT_FOLDER.glob("models/reader-mpnet*.safetensors"))
    large = large_encoder(settings.encoder_paths)
    start = {"first_layer": 0, "start": shipped, "sha256": large.sha256}
    network = load_network(large.folder)
    add_low_rank(network, rank=48, **start)
    heads, pairs = low_rank_changes(network)
    stored = read_low_rank(shipped)
    assert pairs.keys() == stored.keys()
    for name, (down, up) in pairs.items():
        assert torch.equal(down, stored[name][0])
        assert torch.equal(up, stored[name][1])
    whole = dict(read_changes(shipped, base_sha256=large.sha256))
    assert all(torch.equal(value, whole[name]) for name, value in heads.items())
    learned = {name for name, value in network.named_parameters() if value.requires_grad}
    assert len(learned) == 2 * len(pairs) + len(heads)
    for rank, layer in ((16, 0), (48, 1)):
        with pytest.raises(UserError, match="another rank"):
            add_low_rank(load_network(large.folder), rank=rank, **{**start, "first_layer": layer})


def test_a_checkpoint_of_another_rank_is_refused(tmp_path):
    def train(rank):
        options = ReaderOptions(encoder=encoder(), output=tmp_path, rank=rank, steps=1)
        return train_reader(ITEMS, options=options, held=hold([]), embed=embed, say=lambda _: None)

    train(4)
    for rank in (8, 0):
        with pytest.raises(UserError, match="remove it to start anew"):
            train(rank)


def test_a_training_that_is_told_to_stop_goes_on_where_it_was(tmp_path, monkeypatch):
    said, losses = [], []

    def stop_at_the_second_step(*given):
        losses.append(reader_loss(*given))
        if len(losses) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return losses[-1]

    def train():
        options = ReaderOptions(encoder=encoder(), output=tmp_path, rank=4, steps=4)
        return train_reader(ITEMS, options=options, held=hold([]), embed=embed, say=said.append)

    monkeypatch.setattr(reader_train, "reader_loss", stop_at_the_second_step)
    before = signal.getsignal(signal.SIGTERM)
    stopped = train()
    assert (stopped.step, stopped.steps) == (2, 4)
    assert said == ["stopped at step 2: run the same command to go on"]
    assert signal.getsignal(signal.SIGTERM) is before
    done = train()
    assert (done.step, len(losses)) == (4, 4)
    assert said[1:] == ["going on from step 2 of 4"]


def test_hours_become_steps_once_the_first_ones_were_timed(tmp_path):
    said = []
    options = ReaderOptions(encoder=encoder(), output=tmp_path, rank=4, steps=None, hours=0.0001)
    done = train_reader(ITEMS, options=options, held=hold([]), embed=embed, say=said.append)
    assert done.step == done.steps == 9
    assert len(said) == 1
    assert said[0].endswith("s a step: 9 steps")


def test_items_without_anything_to_learn_are_said_to_be_so(tmp_path):
    useless = [replace(one, data_set="tatqa", evidence=()) for one in ITEMS]
    for items in ([], useless):
        with pytest.raises(UserError, match="training items"):
            train_reader(
                items,
                options=ReaderOptions(encoder=encoder(), output=tmp_path, steps=2),
                held=hold([]),
                embed=embed,
                say=lambda _: None,
            )


def test_the_file_keeps_changes_and_refuses_what_is_not_its_own(tmp_path):
    torch.manual_seed(0)
    base = {
        "encoder.a": torch.randn(20, 30),
        "encoder.b": torch.randn(20),
        "encoder.c": torch.ones(3),
    }
    tuned = {name: value + 0.01 * torch.randn_like(value) for name, value in base.items()}
    tuned["encoder.c"] = base["encoder.c"].clone()
    tuned["span.weight"] = torch.randn(2, 30)
    path = tmp_path / "reader.safetensors"
    save_reader(path, tuned=tuned, base=base, base_sha256="x", described={"steps": "3"})
    changes = dict(read_changes(path, base_sha256="x"))
    assert set(changes) == {"encoder.a", "encoder.b", "span.weight"}
    for name, change in changes.items():
        wanted = tuned[name] - base[name] if name in base else tuned[name]
        torch.testing.assert_close(change, wanted, atol=3e-4, rtol=2e-2)
    with pytest.raises(UserError, match="another encoder"):
        dict(read_changes(path, base_sha256="y"))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match="cannot be used"):
        dict(read_changes(path, base_sha256="x"))


def test_the_file_says_what_the_gate_is_to_add(tmp_path):
    path = tmp_path / "reader.safetensors"
    bias = {"span.bias": torch.ones(2)}
    save_reader(path, tuned=bias, base={}, base_sha256="x", described={"steps": "3"})
    assert read_shift(path) == 0.0
    write_shift(path, -0.5)
    assert read_shift(path) == -0.5
    assert read_header(path)["steps"] == "3"
    torch.testing.assert_close(dict(read_changes(path, base_sha256="x")), bias)
    save_reader(path, tuned=bias, base={}, base_sha256="x", described={"gate_shift": "much"})
    with pytest.raises(UserError, match="cannot be used"):
        read_shift(path)


def test_a_halved_network_has_the_same_numbers_in_half_the_memory(settings):
    large = large_encoder(settings.encoder_paths)
    whole, halved = load_network(large.folder), load_network(large.folder, halved=True)
    known = dict(whole.encoder.named_parameters())
    for name, value in halved.encoder.named_parameters():
        matrix = value.ndim == 2 and not name.startswith("embeddings.")
        assert value.dtype == (torch.bfloat16 if matrix else torch.float32), name
        assert torch.equal(value.float(), known[name]), name
    assert (whole.halved, halved.halved) == (False, True)
    assert not load_network(embedder_folder(), halved=True).halved


def test_a_reader_that_is_not_there_is_named(settings, tmp_path):
    with pytest.raises(UserError, match="no reader"):
        find_reader(replace(settings, reader="nowhere"), embedder=embedder_folder())
    assert find_reader(replace(settings, reader="none"), embedder=embedder_folder()) is None


def test_an_empty_question_or_no_passage_is_read_too(tmp_path):
    network_reader = _untuned(tmp_path)
    assert network_reader.read("Why?", []).sentences == ()
    nothing = network_reader.read("", ["", "One. Two."])
    assert [(s.passage, s.start) for s in nothing.sentences] == [(1, 0), (1, 5)]
    assert np.isfinite(nothing.scores).all()


def _untuned(tmp_path):
    folder = embedder_folder()
    network = load_network(folder)
    state = network.state_dict()
    base = {name: value for name, value in state.items() if name.startswith("encoder.")}
    path = tmp_path / "reader.safetensors"
    sha256 = hash_weights(folder)
    save_reader(path, tuned=state, base=base, base_sha256=sha256, described={})
    return EvidenceReader(embedder=folder, folders=(), tuned=path)
