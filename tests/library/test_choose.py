"""Of several documents that are asked for at once, each gives a passage."""

from rare_app.library.choose import choose
from rare_app.library.types import Passage


def passage(number, document):
    return Passage(
        chunk_id=number,
        document_id=document,
        document=f"{document}.txt",
        title="",
        section="",
        page=1,
        page_kind="page",
        start=0,
        end=1,
        text=str(number),
        score=2.0 - number / 10,
    )


RANKED = [passage(number, document) for number, document in enumerate([1, 1, 1, 1, 3, 2, 2], 1)]


def test_the_best_passage_of_each_document_that_is_asked_for_is_given():
    given = choose(RANKED, k=3, asked={1, 2})
    assert [one.chunk_id for one in given] == [1, 2, 6]
    assert [one.score for one in given] == sorted((one.score for one in given), reverse=True)


def test_a_single_document_or_more_than_fit_change_nothing():
    for asked in ((), {2}, {1, 2, 3}):
        assert [one.chunk_id for one in choose(RANKED, k=2, asked=asked)] == [1, 2]


def test_a_document_without_a_passage_takes_no_place():
    assert [one.chunk_id for one in choose(RANKED, k=3, asked={1, 9})] == [1, 2, 3]
