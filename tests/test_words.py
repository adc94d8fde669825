"""Words that are compared."""

import pytest

from rare_app.words import content_words, is_same_word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assigns", "assignment"),
        ("taken", "take"),
        ("given", "gives"),
        ("applies", "apply"),
        ("withheld", "withhold"),
        ("copies", "copy"),
    ],
)
def test_forms_of_a_word_are_one(one, other):
    assert is_same_word(*content_words(one), *content_words(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("process", "processor"), ("employer", "employee"), ("use", "user"), ("form", "format")],
)
def test_who_does_it_or_what_it_is_called_is_another(one, other):
    assert not is_same_word(*content_words(one), *content_words(other))
