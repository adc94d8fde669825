"""What is written between the tags of a calculation is an expression over known numbers."""

import numpy as np
import pytest

from rare_app.calc import CalcFilter, Known
from rare_app.calc.filter import can_begin
from rare_app.model import Pieces

KNOWN = Known(["Revenue was $41.2 in 2024 and $38.9 in 2023; due 3 March 2024."])
WORDS = [
    "<calc>",
    "</",
    "calc",
    ">",
    "(",
    ")",
    " - ",
    " / ",
    "41",
    "38",
    ".2",
    ".9",
    ".3",
    "7",
    "x",
]


@pytest.mark.parametrize(
    "text",
    ["", "(", "4", "41.", "(41.2 - 38", "(41.2 - 38.9) / 38.9 * 100", "ma", "max(41.2, ", "2024-03",
     "2024-03-03 - ", "41.2 - 38.9</", "41.2 - 38.9</calc", "41.2 - 38.9</calc>\n", "41.2 <",
     "2024 - 2023", "41.2 <= 38.9", "max(41.2, 38.9", "max(41.2,"],
)  # fmt: skip
def test_an_expression_may_begin_so(text: str) -> None:
    assert can_begin(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    ["41.3", "77", "Revenue", "max(41.2) of", "41.2 - </", "41.2)", "(41.2</", "41.2</b", "41.2\n",
     "41.2 - 39.9", "eval(", "41.2</calc>x", "41.2 3", "3 8", "41.2,", "2,0 2", "20,24 +"],
)  # fmt: skip
def test_nothing_else_may(text: str) -> None:
    assert not can_begin(text, KNOWN)


def written(order: list[str], *, steps: int) -> str:
    """Write greedily by a fixed preference, after the opening tag."""
    pieces = Pieces([word.encode() for word in WORDS])
    held = CalcFilter(pieces=pieces, known=lambda: KNOWN)
    held.accept(b"<calc>")
    text = ""
    for step in range(steps):
        logits = np.zeros(len(WORDS), dtype=np.float32)
        logits[WORDS.index(order[step] if step < len(order) else "x")] = 9.0
        token = int(held.adjust(logits).argmax())
        held.accept(WORDS[token].encode())
        text += WORDS[token]
        if text.endswith("</calc>"):
            break
    return text


def test_a_number_that_is_in_no_quote_gives_way_to_one_that_is() -> None:
    assert written(["41", ".3"], steps=2) == "41.2"


def test_a_calculation_goes_through_and_ends() -> None:
    order = ["41", ".2", " - ", "38", ".9", "</", "calc", ">"]
    assert written(order, steps=9) == "41.2 - 38.9</calc>"


def test_outside_of_a_calculation_nothing_is_held_back() -> None:
    pieces = Pieces([word.encode() for word in WORDS])
    held = CalcFilter(pieces=pieces, known=lambda: KNOWN)
    logits = np.arange(len(WORDS), dtype=np.float32)
    assert held.adjust(logits) is logits
    held.accept(b"<calc>41.2 - 38.9</calc>")
    held.accept(b" = ")
    assert held.adjust(logits) is logits
