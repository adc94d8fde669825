"""Does a column of a table speak of the time that a question asks for."""

import re

_YEAR = re.compile(r"(?<![\d.,$])(?:19|20)\d\d(?!\d|[.,]\d)")
_SHORT_YEAR = re.compile(r"\bFY ?['’]?(\d\d)(?!\w)")
_MONTH = re.compile(
    r"\b(?:(jan)(?:uary)?|(feb)(?:ruary)?|(Mar)(?:ch)?|(apr)(?:il)?|(May)|(june?)|(july?)"
    r"|(aug)(?:ust)?|(sep)t?(?:ember)?|(oct)(?:ober)?|(nov)(?:ember)?|(dec)(?:ember)?)\b"
)
_ABBREVIATED = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_FIRST_DAYS = re.compile(rf"\b({_ABBREVIATED})[a-z]*\.? [1-7],? ((?:19|20)\d\d)\b", re.I)
_MONTH_OF_YEAR = re.compile(
    rf"\b({_ABBREVIATED})[a-z]*\.? (?:\d{{1,2}},? )?"
    r"((?:19|20)\d\d)\b",
    re.I,
)
_DATE = re.compile(
    r"\b(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:,\s*(?:19|20)\d\d)?|(?:19|20)\d\d|[QH][1-4])\b(?!,\d|\.\d)"
)
_YEAR_END = re.compile(r"\bend of (?:the year |calendar )?(?:19|20)\d\d|\byear[- ]end\b", re.I)
_FISCAL = re.compile(r"\bfiscal\b|\bFY", re.I)


def contradicts(question: str, column: str) -> bool:
    """Whether a column is surely of another time than the one that is asked for.

    Years and months are compared where both name them. A question about a fiscal year says nothing
    of the calendar's, which columns go by. A quarter of whole weeks may end in the first days of
    the next month: “Apr 1, 2023” is of March, too.
    """
    if _FISCAL.search(question):
        return False
    years, others = years_in(question), years_in(column)
    asked = months_in(question) | ({12} if _YEAR_END.search(question) else set())
    named = months_in(column)
    for month, year in _FIRST_DAYS.findall(column):
        before = min(months_in(month.capitalize())) - 1
        named.add(before or 12)
        others |= {str(int(year) - 1)} if not before else set()
    if years and others and not years & others:
        return True
    return bool(asked and named and not asked & named)


def years_in(text: str) -> set[str]:
    """List the years that a text names; “FY19” is 2019."""
    short = (f"20{digits}" for digits in _SHORT_YEAR.findall(text))
    return {*_YEAR.findall(text), *short}


def months_in(text: str) -> set[int]:
    """List the months that a text names, 1 to 12; “May” and “March” by their capital alone."""
    lower = re.sub(r"\b(?!May\b|Mar\b|March\b)[A-Z]\w*", lambda one: one[0].lower(), text)
    return {int(one.lastindex or 0) for one in _MONTH.finditer(lower)}


def dates_in(text: str) -> set[tuple[int, int]]:
    """List the months of a year that a text names, as year and month, 1 to 12."""
    return {
        (int(year), min(months_in(month.capitalize())))
        for month, year in _MONTH_OF_YEAR.findall(text)
    }


def has_figure(text: str) -> bool:
    """Whether a text holds a figure that is no part of a date."""
    return any(sign.isdigit() for sign in _DATE.sub("", text))
