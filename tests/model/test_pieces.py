from rare_app.model import Pieces
from rare_app.model.source import Source

WORDS = [b"a", b"ab", b"b", b"", b"abc", b"ab", b".</", b"x<", b"<", b'"</quote>\n', b"<b", b"</"]


def test_tokens_that_spell_a_text_are_found():
    pieces = Pieces(WORDS)
    assert sorted(pieces.spelling(b"xabcd", 1, 5)) == [0, 1, 4, 5]
    assert sorted(pieces.spelling(b"xabcd", 1, 3)) == [0, 1, 5]
    assert list(pieces.spelling(b"xabcd", 0, 5)) == []
    assert list(pieces.spelling(b"a", 1, 1)) == []


def test_tokens_that_begin_with_a_text_are_found():
    assert sorted(Pieces(WORDS).starting_with(b"ab")) == [(1, b""), (4, b"c"), (5, b"")]
    assert list(Pieces(WORDS).starting_with(b"z")) == []


def test_tokens_that_cross_into_a_tag_are_found():
    pieces = Pieces(WORDS)
    assert pieces.crossing(b"</quote>") == {b".": [6], b"x": [7], b'"': [9]}
    assert pieces.crossing(b"</quote>") is pieces.crossing(b"</quote>")


def test_bytes_and_characters_find_each_other():
    source = Source("é🐝 x")
    assert source.data == "é🐝 x".encode()
    assert [source.byte_of(i) for i in range(5)] == [0, 2, 6, 7, 8]
    assert [source.character_of(i) for i in range(9)] == [0, 0, 1, 1, 1, 1, 2, 3, 4]
    assert source.trimmed(0, 7) == 6
    assert Source("").may_end(0)
    assert Source("\udcff a").data == b"? a"


def test_words_are_told_from_signs():
    source = Source("— “é")
    assert not source.holds_words(0, source.byte_of(3), 1)
    assert source.holds_words(0, len(source.data), 1)
