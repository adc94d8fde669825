"""Which of the ranked passages are given: repeats, limits, neighbours, and reading again."""

import dataclasses

import pytest

from rare_app.library import Library
from rare_app.library.repeats import drop_repeats
from rare_app.library.rerank import rerank

from ..conftest import BEES, BRIDGES, passage

LONG = " ".join(
    f"The colony of hive number {n} lives on the hill behind house {n}." for n in range(9)
)


def numbers(passages):
    return [one.chunk_id for one in passages]


def test_a_passage_that_differs_in_a_few_words_is_a_repeat():
    almost = LONG.replace("hill", "hills", 1)
    kept = drop_repeats([passage(LONG), passage(almost, number=2), passage(BEES, number=3)])
    assert numbers(kept) == [1, 3]
    exact = drop_repeats([passage(LONG), passage(almost, number=2)], likeness=1.0)
    assert numbers(exact) == [1, 2]


def test_tables_that_differ_in_their_numbers_alone_both_stay():
    kept = drop_repeats([passage(LONG), passage(LONG.replace("house 8", "house 77"), number=2)])
    assert numbers(kept) == [1, 2]


def test_short_and_wordless_passages_are_compared_too():
    texts = ["Yes.", "yes", "No.", "…", "!"]
    kept = drop_repeats(passage(text, number=n) for n, text in enumerate(texts))
    assert numbers(kept) == [0, 2, 3]
    assert numbers(drop_repeats(map(passage, texts), most=1)) == [1]


def ranked(*pairs):
    return [
        passage(f"Text {n}.", number=n, document_id=document, score=score)
        for n, (document, score) in enumerate(pairs)
    ]


def test_reading_again_hands_out_the_places_anew_but_not_the_scores():
    given = ranked((1, 0.9), (1, 0.8), (1, 0.7), (1, 0.6))
    found = rerank("q", given, first=3, judge=lambda _, texts: [-5.0, -8.0, 4.0])
    assert numbers(found) == [2, 0, 1, 3]
    assert [one.score for one in found] == [0.9, 0.8, 0.7, 0.6]
    sure = rerank("q", given, first=2, judge=lambda _, texts: [-1e9, -1e9])
    assert numbers(sure) == [0, 1, 2, 3]
    assert rerank("q", given[:1], first=5, judge=None) == given[:1]


@pytest.mark.parametrize("reader", ["", "none"])
def test_the_library_reads_again_where_the_settings_say_so(settings, embedder, write, reader):
    options = dataclasses.replace(settings, rerank=4, reader=reader)
    library = Library(settings=options, embedder=embedder)
    library.add([write("bees.md"), write("bridges.md", BRIDGES)])
    asked = "How many eggs does the queen lay a day?"
    found = library.retrieve(asked, k=3)
    assert (library._judge is None) == (reader == "none")
    assert "2,000 eggs" in found[0].text
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    library.close()


def test_a_damaged_reader_leaves_the_order_as_it_was(settings, embedder, write, tmp_path):
    broken = tmp_path / "reader.safetensors"
    broken.write_bytes(b"nothing")
    options = dataclasses.replace(settings, rerank=4, reader=str(broken))
    library = Library(settings=options, embedder=embedder)
    library.add([write("bees.md"), write("bridges.md", BRIDGES)])
    assert library.retrieve("How long is the bridge?", k=1)[0].document == "bridges.md"
    library.close()
