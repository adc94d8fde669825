"""Holds what stands between the tags of a calculation to the form of an expression.

Only characters of an expression are let through, names of functions, and numbers that are known: a
model that is about to write a number from memory takes one that it has read instead.
"""

import re
from collections.abc import Callable

from rare_app.calc.evaluate import FUNCTIONS, LONGEST, CalcError, calculate
from rare_app.calc.known import Known
from rare_app.model import Pieces, TaggedFilter

OPEN, CLOSE = "<calc>", "</calc>"
"""What opens and closes a calculation."""
_SIGNS = frozenset(" +-*/()%,<>=.×÷−")
_NUMBER = re.compile(r"\d+(?:,\d{1,3})*(?:\.\d*)?|\.\d*")
_WHOLE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
_TWO = re.compile(r"[\d.,]\s+[\d.]")
_ENDS = re.compile(r"[\d.]$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-(?:\d{0,2}|\d{2}-\d?)$")
_NAME = re.compile(r"[^\W\d_]+")


class CalcFilter(TaggedFilter):
    """Constrains the calculations of one completion.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    known : callable
        Gives the numbers that may be used; called when a calculation opens.
    """

    def __init__(self, *, pieces: Pieces, known: Callable[[], Known]) -> None:
        super().__init__(pieces, (OPEN, CLOSE))
        self._find_known = known
        self._known = Known()

    def opened(self) -> None:
        """Find the numbers that may be used."""
        self._known = self._find_known()

    def fits(self, piece: bytes) -> bool:
        """Whether an expression can go on with a token."""
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            return False
        return bool(text) and can_begin(f"{self.inside}{text}", self._known)


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
