import math

import pytest

from rare_app.reader import Word, likely_answers

TEXT = "It costs $1,500.50 or 15% more."


def words(pieces):
    """Word pieces with the log-probabilities of opening and closing an answer."""
    made, at = [], 0
    for piece, opens, closes in pieces:
        at = TEXT.index(piece, at)
        made.append(Word(0, at, at + len(piece), math.log(opens), math.log(closes)))
        at += len(piece)
    return made


WORDS = words(
    [
        ("It", 0.01, 0.01),
        ("costs", 0.01, 0.01),
        ("$", 0.5, 0.01),
        ("1", 0.1, 0.01),
        (",", 0.01, 0.01),
        ("500", 0.01, 0.1),
        (".", 0.01, 0.01),
        ("50", 0.02, 0.6),
        ("or", 0.01, 0.01),
        ("15", 0.3, 0.1),
        ("%", 0.01, 0.3),
        ("more", 0.01, 0.02),
    ]
)


def test_the_likeliest_answers_come_first_with_their_shares():
    [best, second, *_] = likely_answers(WORDS, texts=[TEXT], within=[(0, 0, len(TEXT))])
    assert TEXT[best[1] : best[2]] == "$1,500.50"
    assert best[3] == pytest.approx(0.5 * 0.6)
    assert TEXT[second[1] : second[2]] == "$1,500.50 or 15%"


def test_only_the_named_stretches_count():
    at = TEXT.index("15%")
    found = likely_answers(WORDS, texts=[TEXT], within=[(0, at, at + 3)])
    assert [TEXT[start:end] for _, start, end, _ in found] == ["15%", "15", "%"]
    assert likely_answers(WORDS, texts=[TEXT], within=[]) == []


def test_answers_are_whole_words():
    text = "unhappiness"
    pieces = [Word(0, 0, 2, -1, -1), Word(0, 2, 7, -1, -1), Word(0, 7, 11, -1, -1)]
    found = likely_answers(pieces, texts=[text], within=[(0, 0, 11)])
    assert [(start, end) for _, start, end, _ in found] == [(0, 11)]


def test_answers_below_a_share_are_left_out():
    place = (0, 0, len(TEXT))
    shares = [share for *_, share in likely_answers(WORDS, texts=[TEXT], within=[place])]
    found = likely_answers(WORDS, texts=[TEXT], within=[place], least=0.05)
    assert [share for *_, share in found] == [one for one in shares if one >= 0.05]
    assert found
    assert likely_answers(WORDS, texts=[TEXT], within=[place], least=0.9) == []
