"""The readers that ship: they find the evidence, and know which questions ask for a verdict."""

from dataclasses import replace

import pytest

from rare_app.evidence import find_reader
from rare_app.library import embedder_folder

from ..conftest import BEES, BRIDGES, SMALL_READER

TEXTS = [BRIDGES, BEES]


@pytest.fixture(params=["", SMALL_READER], ids=["large", "small"])
def reader(request, settings):
    return find_reader(replace(settings, reader=request.param), embedder=embedder_folder())


@pytest.mark.parametrize(
    ("question", "evidence"),
    [
        ("How many eggs does the queen lay?", "2,000"),
        ("When was the Forth Bridge opened?", "1890"),
        ("How long is the bridge?", "2,467"),
        ("How warm do bees keep the cluster in winter?", "35 degrees"),
    ],
)
def test_the_sentence_that_answers_is_found_among_the_passages(reader, question, evidence):
    found = reader.read(question, TEXTS)
    best = found.sentences[int(found.scores.argmax())]
    assert evidence in TEXTS[best.passage][best.start : best.end]
    assert found.scores.max() > reader.read("What does the tenant pay?", TEXTS).scores.max()


def test_the_large_reader_tells_which_questions_ask_for_a_verdict(settings):
    reader = find_reader(replace(settings, reader=""), embedder=embedder_folder())
    asked = reader.read("Does the bridge carry railway tracks?", TEXTS).verdict
    assert asked.asked > 0.5
    assert asked.yes + asked.no + asked.maybe == pytest.approx(1.0, abs=1e-5)
    assert reader.read("How long is the bridge?", TEXTS).verdict.asked < 0.5
    assert reader.read("Is it?", []).verdict is None


def test_the_small_reader_gives_no_verdict(settings):
    reader = find_reader(replace(settings, reader=SMALL_READER), embedder=embedder_folder())
    assert reader.read("Does the bridge carry railway tracks?", TEXTS).verdict is None
