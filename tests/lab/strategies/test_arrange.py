"""Ways to choose and order what was found."""

from rare_app.lab.strategies import (
    as_read,
    best_at_the_ends,
    best_last,
    join_neighbours,
    limit_document,
)

from ...conftest import passage


def numbers(passages):
    return [one.chunk_id for one in passages]


def ranked(*pairs):
    return [
        passage(f"Text {n}.", number=n, document_id=document, score=score)
        for n, (document, score) in enumerate(pairs)
    ]


def test_no_document_takes_all_places_while_others_come_close():
    given = ranked((1, 0.9), (1, 0.88), (1, 0.86), (2, 0.84), (3, 0.2))
    assert numbers(limit_document(given, k=3, most=2)) == [0, 1, 3]
    assert numbers(limit_document(given, k=3, most=9)) == [0, 1, 2]


def test_documents_that_are_far_behind_get_no_place_by_the_limit():
    given = ranked((1, 0.9), (1, 0.88), (1, 0.86), (2, 0.3))
    assert numbers(limit_document(given, k=3, most=2)) == [0, 1, 2]
    assert limit_document([], k=3, most=2) == []


PAGE = "One bee flies. Two bees rest. Three bees dance. Four bees sleep."


def part(start, end, *, number, score, document_id=1, page=1):
    return passage(
        PAGE[start:end],
        start=start,
        number=number,
        document_id=document_id,
        page=page,
        score=score,
    )


def test_neighbours_of_a_page_are_joined_into_the_better_one():
    parts = [
        part(15, 29, number=5, score=0.9),
        part(48, 64, number=6, score=0.8),
        part(0, 20, number=7, score=0.7),
        part(0, 14, number=8, score=0.6, document_id=2),
    ]
    joined = join_neighbours(parts, page_text=lambda document, _: PAGE)
    assert [(one.chunk_id, one.text, one.score) for one in joined] == [
        (5, PAGE[:29], 0.9),
        (6, PAGE[48:], 0.8),
        (8, PAGE[:14], 0.6),
    ]
    assert join_neighbours(parts, page_text=lambda *_: None) == parts


def test_a_passage_that_fills_the_gap_joins_both_sides():
    parts = [
        part(30, 47, number=1, score=0.9),
        part(0, 14, number=2, score=0.8),
        part(15, 29, number=3, score=0.7),
    ]
    [joined] = join_neighbours(parts, page_text=lambda *_: PAGE)
    assert (joined.chunk_id, joined.start, joined.end) == (1, 0, 47)
    assert joined.text == PAGE[:47]


def test_orders_put_the_best_where_they_say():
    given = ranked((1, 0.9), (2, 0.8), (1, 0.7), (2, 0.6), (3, 0.5))
    assert numbers(best_last(given)) == [4, 3, 2, 1, 0]
    assert numbers(best_at_the_ends(given)) == [0, 2, 4, 3, 1]
    assert best_at_the_ends([]) == best_last([]) == as_read([]) == []
    pages = [
        part(30, 47, number=1, score=0.9, document_id=7, page=2),
        part(0, 14, number=2, score=0.8, document_id=3, page=9),
        part(0, 14, number=3, score=0.7, document_id=7, page=2),
        part(0, 14, number=4, score=0.6, document_id=7, page=1),
    ]
    assert numbers(as_read(pages)) == [4, 3, 1, 2]
