"""Words of a page put together to lines, by where they stand."""

from rare_app.documents.pdf_lines import lines_of, runs_of
from rare_app.documents.pdf_words import Word


def lines(*words):
    """Give the lines of words: text, left, top, height."""
    made = [
        Word(text, left, top, left + 5 * len(text), top + height, height)
        for text, left, top, height in words
    ]
    return [one.text for one in lines_of(runs_of(made, breaks=lambda *_: False))]


def test_a_sign_beside_two_lines_does_not_make_them_one():
    assert lines(
        ("+", 30, 496.9, 11.2),
        ("Increased", 46, 493.4, 10),
        ("investments", 95, 493.4, 10),
        ("by", 46, 502.4, 10),
        ("the", 60, 502.4, 10),
        ("effects", 79, 502.4, 10),
    ) == ["+ Increased investments", "by the effects"]


def test_marks_above_and_below_stay_on_their_line():
    assert lines(
        ("x", 10, 100, 10), ("2", 15, 98, 5), ("and", 24, 100, 10), ("a", 44, 100, 10),
        ("1", 49, 106, 5),
    ) == ["x² and a1"]  # fmt: skip
