import pytest

from rare_app.proof import split_claims, split_sentences


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        ("Sales rose. Costs fell!", ["Sales rose.", "Costs fell!"]),
        (
            "Dr. Smith of Acme Inc. paid $3.5 million.",
            ["Dr. Smith of Acme Inc. paid $3.5 million."],
        ),
        ("See e.g. J. K. Rowling, p. 5. It ends.", ["See e.g. J. K. Rowling, p. 5.", "It ends."]),
        ("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]),
        ("Why? Because.", ["Why?", "Because."]),
        ("- one bee\n- two bees\n", ["one bee", "two bees"]),
        ("Two things:\n1. Honey\n2) Wax", ["Two things:", "Honey", "Wax"]),
        ("First part.\n\nSecond part", ["First part.", "Second part"]),
        ("A line\nthat runs on.", ["A line\nthat runs on."]),
        ("答えは五。次は六。", ["答えは五。次は六。"]),
        ("42", ["42"]),
        ("42. It is a sum.", ["42.", "It is a sum."]),
        ("1. Honey\n2. Wax", ["Honey", "Wax"]),
        ("… -- !", []),
        ("", []),
    ],
)
def test_claims(answer, claims):
    assert split_claims(answer) == claims


def test_spans_are_trimmed_in_order_and_cover_every_word():
    text = "  One. Two is 3.14.\n\n- Three\n- Four! \n Mr. Five  "
    spans = split_sentences(text)
    pieces = [text[start:end] for start, end in spans]
    assert all(piece == piece.strip() for piece in pieces)
    assert " ".join(pieces).split() == text.split()
    assert spans == sorted(spans)
