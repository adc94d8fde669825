import pytest

from rare_app.reader import find_marks, opens_with_mark


def said(text):
    return [(text[one.at : one.words].strip(), text[one.words :].split()[0]) for one in marks(text)]


def marks(text):
    return find_marks(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("• one\n• two", [("•", "one"), ("•", "two")]),
        ("  - one\n  - two", [("-", "one"), ("-", "two")]),
        ("1. one\n2. two", [("1.", "one"), ("2.", "two")]),
        ("(a) one\n(b) two", [("(a)", "one"), ("(b)", "two")]),
        ("(i) one\n(ii) two\n(iii) three", [("(i)", "one"), ("(ii)", "two"), ("(iii)", "three")]),
        ("o one\no two", [("o", "one"), ("o", "two")]),
        ("c) three\nd) four", [("c)", "three"), ("d)", "four")]),
        ("•\none\n•\ntwo", [("•", "one"), ("•", "two")]),
    ],
)
def test_bullets_numbers_and_letters_are_marks(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "- one line alone",
        "as is set out in\n(a) above, and so on",
        "J. Smith wrote it\nin the\nU. S. Navy",
        "1. one\n3. three",
        "- 5\n- 6",
        "| a | b |\n- | -",
        "o",
        "",
    ],
)
def test_what_stands_alone_or_holds_no_word_is_none(text):
    assert said(text) == []


def test_a_letter_may_be_a_roman_number():
    first, second = marks("(i) one\n(ii) two")
    assert first.numbers == {("roman", 1), ("letter", 9)}
    assert second.follows(first)
    assert not first.follows(second)
    nine, ten = marks("(i) nine\n(j) ten")
    assert ten.follows(nine)
    four, five = marks("iv. four\nv. five")
    assert five.follows(four)


def test_another_style_does_not_follow():
    text = "(a) one\n(b) two\nb. three\nc. four"
    assert [one.follows(marks(text)[0]) for one in marks(text)] == [False, True, False, False]


def test_a_page_may_open_with_an_item():
    assert opens_with_mark("• more of it\nNext.")
    assert opens_with_mark("(c) more of it")
    assert not opens_with_mark("More of it • here")
    assert not opens_with_mark("")
