"""Spaces that the recogniser lost or made up are mended by the white between the letters."""

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.scans import font_for
from rare_app.documents.word_gaps import measure_gaps, mend_spaces


def drawn(text):
    """Draw a line; give its picture and the middles of its letters as shares of its length."""
    font = font_for("abc", 11)
    width = round(font.getlength(text))
    picture = Image.new("RGB", (width, 40), "white")
    ImageDraw.Draw(picture).text((0, 2), text, fill="black", font=font)
    centres = [
        (font.getlength(text[:at]) + font.getlength(text[: at + 1])) / 2 / width
        for at, letter in enumerate(text)
        if letter != " "
    ]
    return np.asarray(picture), centres


def mended(pairs):
    texts, gaps = [], []
    for said, stands in pairs:
        picture, centres = drawn(stands)
        texts.append(said)
        gaps.append(measure_gaps(said, centres, picture))
    return mend_spaces(texts, gaps)


LINE = "The pump ran for an hour at the head of the valley"


def test_a_lost_space_is_put_in_and_one_within_a_figure_taken_out():
    pairs = [(LINE, LINE), ("limit of25 mg", "limit of 25 mg")]
    pairs.append(("paid 98, 134 twice", "paid 98,134 twice"))
    assert mended(pairs) == [LINE, "limit of 25 mg", "paid 98,134 twice"]


def test_what_is_right_stays_as_it_is():
    lines = [
        LINE,
        "items 1, 2 and 98, 134 or 1.5 m³ of A1, B12 and x11",
        "no. 7731-B at 71,011 of 11,111 MWh",
        "3.2%",
    ]
    assert mended([(one, one) for one in lines]) == lines
    assert mended([("of25", "of 25")]) == ["of25"]  # too little is known of this page
