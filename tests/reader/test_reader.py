"""The readers that ship: they find the evidence."""

from dataclasses import replace

import pytest

from rare_app.library import embedder_folder
from rare_app.reader import find_reader

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
