"""Holds what stands between the tags of a calculation to the form of an expression.

Only characters of an expression are let through, names of functions, and numbers that are known: a
model that is about to write a number from memory takes one that it has read instead.
"""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rare_app.calc.evaluate import FUNCTIONS, LONGEST, CalcError, calculate
from rare_app.calc.known import Known
from rare_app.model import Pieces

OPEN, CLOSE = "<calc>", "</calc>"
"""What opens and closes a calculation."""
_TRIED = 256
"""Likeliest tokens that are looked at; if none of them fits, the expression is closed."""
_SIGNS = frozenset(" +-*/()%,<>=.×÷−")
_NUMBER = re.compile(r"\d+(?:,\d{1,3})*(?:\.\d*)?|\.\d*")
_WHOLE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
_TWO = re.compile(r"[\d.,]\s+[\d.]")
_ENDS = re.compile(r"[\d.]$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-(?:\d{0,2}|\d{2}-\d?)$")
_NAME = re.compile(r"[^\W\d_]+")


class CalcFilter:
    """Constrains the calculations of one completion.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    known : callable
        Gives the numbers that may be used; called when a calculation opens.
    """

    def __init__(self, *, pieces: Pieces, known: Callable[[], Known]) -> None:
        self._pieces = pieces
        self._find_known = known
        self._known = Known()
        self._tail = b""
        self._inside: str | None = None

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Leave the tokens that an expression can go on with; all outside of one."""
        if self._inside is None:
            return logits
        count = min(_TRIED, len(logits))
        likeliest = np.argpartition(-logits, count - 1)[:count]
        allowed = [int(token) for token in likeliest if self._fits(int(token))]
        adjusted = np.full_like(logits, -np.inf)
        if allowed:
            adjusted[allowed] = logits[allowed]
        else:
            adjusted[self._closing()] = 0.0
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Follow what is written."""
        self._tail = (self._tail + piece)[-LONGEST:]
        if self._inside is None:
            if self._tail.endswith(OPEN.encode()):
                self._inside, self._known = "", self._find_known()
            return
        self._inside += piece.decode("utf-8", errors="replace")
        if CLOSE in self._inside:
            self._inside = None

    def expected(self) -> str:
        """Nothing is known of what comes next."""
        return ""

    def _fits(self, token: int) -> bool:
        try:
            piece = self._pieces.of(token).decode()
        except UnicodeDecodeError:
            return False
        return bool(piece) and can_begin(f"{self._inside}{piece}", self._known)

    def _closing(self) -> list[int]:
        """Give the tokens that go on with the closing tag, whatever was written."""
        written, tag = self._inside or "", CLOSE.encode()
        begun = next(n for n in range(len(CLOSE), -1, -1) if written.endswith(CLOSE[:n]))
        return list(self._pieces.spelling(tag, begun, len(tag)))


def can_begin(text: str, known: Known) -> bool:
    """Tell whether an expression over known numbers, with its closing tag, can begin like this."""
    if len(text) > LONGEST:
        return False
    body, tag, rest = text.partition("</")
    if tag:
        return (CLOSE[2:].startswith(rest) or rest.strip() == CLOSE[2:]) and _is_whole(body, known)
    if not all(c in _SIGNS or c.isdigit() or c.isalpha() for c in body):
        return False
    names, opened = _NAME.findall(body), body[-1:].isalpha()
    if opened and not any(one.startswith(names[-1]) for one in FUNCTIONS):
        return False
    bare = _DATE.sub(" + ", body)
    numbers, begun = _NUMBER.findall(bare), bool(_ENDS.search(bare))
    if begun and not any(one.startswith(numbers[-1].replace(",", "")) for one in known.written):
        return False
    whole = numbers[:-1] if begun else numbers
    in_function = any(name in FUNCTIONS for name in names)
    if not in_function and ("," in _NUMBER.sub("", bare) or _TWO.search(bare)):
        return False
    return (
        body.count(")") <= body.count("(")
        and all(name in FUNCTIONS for name in (names[:-1] if opened else names))
        and all(_WHOLE.fullmatch(one) and one.replace(",", "") in known.written for one in whole)
    )


def _is_whole(body: str, known: Known) -> bool:
    try:
        calculate(body, known)
    except CalcError:
        return False
    return True
