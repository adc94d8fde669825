"""What a question asks to be worked out of several figures: a change, an average, a sum."""

import re
from typing import Literal

from rare_app.evidence.pairs import pair_of
from rare_app.evidence.periods import years_in

Operation = Literal["change", "percentage change", "average", "sum"]

_DOWN = r"decreased?|decreases|declined?|declines|fall|falls|fell|fallen|drop|drops|dropped|lower"
_UP = r"increased?|increases|grow|grows|grew|grown|growth|rise|rises|rose|risen|higher"
_CHANGE = rf"{_DOWN}|{_UP}|changed?|changes|differences?|differ|differs|differed"
_PERCENT = r"percent(?:age)?s?|per cent|growth rate|rate of (?:growth|change|increase|decrease)"
_AVERAGE = r"averages?|averaged|mean"
_SUM = r"sum|totals?|totall?ed|combined|together|altogether|in all|overall"
_IS_CHANGE = re.compile(rf"\b(?:{_CHANGE})\b", re.IGNORECASE)
_IS_DOWN = re.compile(rf"\b(?:{_DOWN})\b", re.IGNORECASE)
_IS_NOT_DOWN = re.compile(rf"\b(?:{_UP}|change)\b", re.IGNORECASE)
_IS_PERCENT = re.compile(rf"\b(?:{_PERCENT})\b|%", re.IGNORECASE)
_IS_AVERAGE = re.compile(rf"(?<!weighted[ -])\b(?:{_AVERAGE})\b", re.IGNORECASE)
_IS_SUM = re.compile(rf"\b(?:{_SUM})\b", re.IGNORECASE)
_OF_PERCENTAGES = re.compile(
    r"\b(?:changed?|difference|increase|decrease) in (?:the )?percent|\babsolute\b", re.IGNORECASE
)
"""A change of percentages is no change in percent."""
_ELSE = re.compile(
    r"\b(?:respectively|each|ratio|proportion|as a (?:percent(?:age)?|share|part) of)\b",
    re.IGNORECASE,
)
"""More is asked for than one row tells."""
_WORDS = re.compile(
    rf"\b(?:{_CHANGE}|{_PERCENT}|{_AVERAGE}|{_SUM}|year[- ](?:on|over)[- ]year|compared|relative"
    r"|period|ratio|proportion|share|fraction|portion)\b|%",
    re.IGNORECASE,
)


def operation_of(question: str) -> Operation | None:
    """Say what a question asks to be worked out of one row; ``None`` where nothing is.

    A sum is asked for over two years or more only: “total” mostly names a row.
    """
    if _ELSE.search(question) or pair_of(question):
        return None
    if _IS_AVERAGE.search(question):
        return None if _IS_CHANGE.search(question) else "average"
    if _IS_CHANGE.search(question):
        percent = _IS_PERCENT.search(question) and not _OF_PERCENTAGES.search(question)
        return "percentage change" if percent else "change"
    if is_total(question) and len(years_in(question)) > 1:
        return "sum"
    return None


def asks_to_work_out(question: str) -> bool:
    """Whether the answer is to be worked out of several figures."""
    return operation_of(question) is not None or pair_of(question) is not None


def is_total(text: str) -> bool:
    """Whether a question or a label speaks of a total."""
    return bool(_IS_SUM.search(text))


def asks_how_much_less(question: str) -> bool:
    """Whether a question takes for granted that something went down, and asks by how much."""
    return bool(_IS_DOWN.search(question)) and not _IS_NOT_DOWN.search(question)


def subject_of(question: str) -> str:
    """Leave out the words that say what is to be worked out, if anything is.

    No row is called by them.
    """
    if not asks_to_work_out(question):
        return question
    return " ".join(_WORDS.sub(" ", question).split())
