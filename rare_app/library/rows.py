"""Rows of tables by their labels: which one is what a question asks for."""

import functools
import re
from collections.abc import Iterable, Mapping

from rare_app.words import content_words

_FIGURE = re.compile(r"[|($€£¥—–-]*\d[\d,.]*[)%|]*")
_SIGN = re.compile(r"[|($€£¥)%—–-]+")
_POSSESSIVE = re.compile(r"['’]s?$")
_FOOTNOTE = re.compile(r"(?<=[^\W\d_]{3})\d(?!\w)")
_ADDED = re.compile(
    r",? \([^)]*\)$|, (?:net|gross|less|at|excluding|including|before|after)\b.*$", re.IGNORECASE
)
_LONGEST = 24
_COMMON = frozenset(
    content_words(
        "total totals subtotal amount amounts number much many large big reported recorded come"
        " came pay paid spend spent make made earn earned receive received"
        " quarter quarters year years fiscal month months day days week weeks end ended ending"
        " period q1 q2 q3 q4 h1 h2 10-q 10-k 8-k first second third fourth three six nine twelve"
        " january february march april june july august september october november december"
    )
)
"""Words that say when or how much, and not of what."""


def what_of(text: str) -> frozenset[str]:
    """Give the stems of a text that say what it is about: not when, and not how much.

    Codes stay (“P-12”), numbers do not.
    """
    stems = (_POSSESSIVE.sub("", one) for one in content_words(_FOOTNOTE.sub("", text)))
    return frozenset(
        one for one in stems if one not in _COMMON and any(sign.isalpha() for sign in one)
    )


def head_of(label: str) -> str:
    """Cut what a label adds at its end: “Accounts receivable, net of …”, “Net income (loss)”."""
    return _ADDED.sub("", label)


@functools.lru_cache(maxsize=8192)
def row_labels(text: str) -> tuple[frozenset[str], ...]:
    """Give the stems of the labels of a text's rows, of lines that end in figures."""
    found: dict[frozenset[str], None] = {}
    for line in text.split("\n"):
        if label := _label(line):
            found |= dict.fromkeys((what_of(label), what_of(head_of(label))))
    return tuple(label for label in found if label)


def _label(line: str) -> str:
    """Cut the figures from a line's end; empty where there are none, or little else."""
    words = line.split()
    count = len(words)
    figures = 0
    while count and (
        figure := _FIGURE.fullmatch(words[count - 1]) or _SIGN.fullmatch(words[count - 1])
    ):
        figures += figure.re is _FIGURE
        count -= 1
    return " ".join(words[:count]) if figures and count <= _LONGEST else ""


def row_likeness(text: str, asked: Iterable[str]) -> float:
    """Say how like the label of a text's best row is to what is asked for, in [0, 1].

    Parameters
    ----------
    asked : iterable of str
        Stems that :func:`what_of` gives for the question, without those that name documents.
    """
    wanted = dict.fromkeys(asked, 1.0)
    return max((label_likeness(label, wanted) for label in row_labels(text)), default=0.0)


def label_likeness(label: frozenset[str], wanted: Mapping[str, float]) -> float:
    """Square Dice's coefficient of a label and what is wanted, in [0, 1].

    The coefficient is twice the common stems over all stems of both; squared, a label that has one
    word of several counts for little.

    Parameters
    ----------
    wanted : mapping of str to float
        Stems, and what each counts.
    """
    whole = len(label) + sum(wanted.values())
    common = sum(1 + wanted[one] for one in label if one in wanted)
    return (common / whole) ** 2 if whole else 0.0
