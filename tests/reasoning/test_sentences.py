import pytest

from rare_app.reasoning.sentences import clause_starts, paragraph_end

LONG = "This line of a paragraph was broken because it had grown too long"


@pytest.mark.parametrize(
    ("text", "paragraph"),
    [
        ("Europe 2,459 1,280\nAsia 3,049 4,905", "Europe 2,459 1,280"),
        ("The bees\r\nfly home.\r\nNext.", "The bees\r\nfly home."),
        (f"{LONG}\nFor the page.\nNext.", f"{LONG}\nFor the page."),
        (f"{LONG}\n\nNext.", LONG),
        ("One line.", "One line."),
        ("", ""),
    ],
)
def test_paragraphs_end_at_rows_and_blank_lines_not_at_wrapped_lines(text, paragraph):
    assert text[: paragraph_end(text, 0)] == paragraph


def test_only_long_sentences_are_quoted_by_their_clauses():
    short = "First, second, third."
    assert clause_starts(short, (0, len(short))) == [0]
    long = "Bees fly, " * 30
    assert clause_starts(long, (0, len(long)))[:3] == [0, 10, 20]
