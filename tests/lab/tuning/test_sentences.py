import pytest

from rare_app.lab.tuning.sentences import (
    QUOTE_WORDS,
    covering_span,
    quote_span,
    sentence_spans,
    window_round,
    windows,
)

TEXT = "Dr. Smith came at 9.30. He left at noon! Why? Nobody of the U.S. team knows."


def test_sentences_are_not_cut_at_abbreviations():
    assert [TEXT[slice(*span)] for span in sentence_spans(TEXT)] == [
        "Dr. Smith came at 9.30.",
        "He left at noon!",
        "Why?",
        "Nobody of the U.S. team knows.",
    ]


def test_covering_span_takes_every_sentence_touched():
    start, end = covering_span(sentence_spans(TEXT), TEXT.index("left"), TEXT.index("Why") + 1)
    assert TEXT[start:end] == "He left at noon! Why?"


def test_windows_cover_the_text_within_the_limit():
    text = " ".join(f"This is sentence {n} of the text." for n in range(100)) + " " + "x" * 700
    cuts = windows(text, characters=300)
    assert all(end - start <= 300 for start, end in cuts)
    assert "".join("".join(text[a:b].split()) for a, b in cuts) == "".join(text.split())


@pytest.mark.parametrize("lead", [0.0, 0.5, 1.0])
def test_window_round_holds_the_evidence(lead):
    text = " ".join(f"This is sentence {n} of the text." for n in range(100))
    start = text.index("sentence 50")
    low, high = window_round(text, start, start + 11, lead=lead, characters=300)
    assert low <= start
    assert start + 11 <= high
    assert high - low <= 340


def test_long_sentence_is_cut_round_the_answer():
    text = "word " * 60 + "the answer, " + "more " * 30 + "."
    start = text.index("answer")
    low, high = quote_span(text, (0, len(text)), start, start + 6)
    assert low <= start < start + 6 <= high
    assert len(text[low:high].split()) <= QUOTE_WORDS
