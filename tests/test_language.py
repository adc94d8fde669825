import pytest

from rare_app.language import ENGLISH, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When is the rent due?", ENGLISH),
        ("What is BRCA1?", ENGLISH),
        ("revenue by segment", ENGLISH),
        ("EBITDA", ENGLISH),
        ("", ENGLISH),
        ("Wann ist die Miete fällig?", "de"),
        ("Quel est le loyer de l'appartement ?", "fr"),
        ("¿Cuándo vence el alquiler?", "es"),
        ("租金什么时候到期？", "zh"),
    ],
)
def test_even_a_short_question_tells_its_language(text, language):
    assert language_of(text) == language
