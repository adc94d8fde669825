"""Repeated lines and half brackets of a small model's answer."""

import pytest

from rare_app.answer.tidy import (
    as_sentence,
    first_lines,
    repeats,
    without_odd_bracket,
    without_question,
)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("One thing.\nAnother.", "One thing.\nAnother."),
        ("One thing.\none thing\nAnother.", "One thing."),
        ("One thing.\nAnother.\n\nOne thing.\nA third.", "One thing.\nAnother."),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nThree."),
        ("", ""),
    ],
)
def test_an_answer_ends_where_it_repeats_itself(answer, kept):
    assert first_lines(answer) == kept


def test_a_line_counts_when_it_is_whole():
    assert not repeats("The rent is due.\nThe rent is due")
    assert repeats("The rent is due.\nThe rent is due.\n")
    assert not repeats("The rent is due.\nThe rent is due.  It is high.\n")


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("case-sensitive)", "case-sensitive"),
        ("(see page 4", "see page 4"),
        ("Rules (DER)", "Rules (DER)"),
        ("f(x))", "f(x)"),
        ("section 3 [a]", "section 3 [a]"),
        (")", ""),
    ],
)
def test_a_bracket_without_a_partner_is_left_out(answer, kept):
    assert without_odd_bracket(answer) == kept


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        ("milan Ferro signs.", "Milan Ferro signs."),
        ("iPhone sales rose.", "iPhone sales rose."),
        ("pH 7", "pH 7"),
        ("über 60 Tage", "Über 60 Tage"),
        ("34.0%", "34.0%"),
        ("x2 and x3", "x2 and x3"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital(answer, written):
    assert as_sentence(answer) == written


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Who signs? Marta Oldenhoff", "Marta Oldenhoff"),
        ("who signs?: Marta", "Marta"),
        ("Who signs?", "Who signs?"),
        ("Marta signs.", "Marta signs."),
        ("", ""),
    ],
)
def test_an_answer_does_not_repeat_the_question(answer, kept):
    assert without_question(answer, "Who signs? ") == kept
