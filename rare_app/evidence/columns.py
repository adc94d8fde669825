"""Which columns of a row a question takes to work something out."""

import re
from collections.abc import Sequence

from rare_app.evidence.operations import Operation
from rare_app.evidence.periods import contradicts, dates_in, months_in, years_in
from rare_app.evidence.tables import Cell

_RANGE = re.compile(
    r"\b(?:19|20)\d\d ?(?:to|through|until|till|[-–—]) ?(?:[a-z]+ ){0,2}(?:19|20)\d\d\b"
    r"|\bbetween\b|\bfrom\b.*\bto\b|\bover\b",
    re.IGNORECASE,
)
_THE_YEARS_AVERAGE = re.compile(r"\b(?:19|20)\d\d average\b", re.IGNORECASE)
"""“The 2019 average”: of that year's figure and the one before."""
_LENGTH = re.compile(r"\b(?:six|nine|twelve|\d{1,2}) (?:months|weeks)\b", re.IGNORECASE)
_DERIVED = re.compile(r"\b(?:changes?|variance|increase|decrease|growth)\b|%|\bpercent", re.I)

Time = tuple[int, int]
"""Year and month; the month is 0 where the column names none."""


def choose_columns(
    question: str, row: Sequence[Cell], text: str, operation: Operation
) -> list[Cell]:
    """Choose the columns that a question takes, the latest first.

    Two dates that are named with their months are taken as they stand; of years all that are
    named, or all from the first to the last. A change in one year is from the year before, and one
    of no time at all is the latest. An average of no time takes all columns.

    Parameters
    ----------
    question : str
    row : sequence of Cell
        The figures of the row.
    text : str
        The passage that they stand in.
    operation : Operation

    Returns
    -------
    list of Cell
        Empty where the columns are not all there, or cannot be told from each other.
    """
    columns = _dated_columns(question, row, text)
    is_change = operation in ("change", "percentage change")
    dates = dates_in(question)
    if len(dates) > 1:
        named = [cell for time, cell in columns if time in dates]
        known = len(named) == len(dates) and (len(named) == 2 or not is_change)
        return named if known else []
    asked = sorted(int(year) for year in years_in(question))
    timely = _without_other_months(question, columns)
    by_year = {year: cell for (year, _), cell in timely}
    if len(by_year) < len(timely):  # some columns of one year
        both = len(timely) == 2 and len(asked) < 2 and operation != "sum"
        return [cell for _, cell in timely] if both else []
    if len(asked) > 1:
        if not {asked[0], asked[-1]} <= by_year.keys():
            return []
        if is_change:
            return [by_year[asked[-1]], by_year[asked[0]]]
        whole = _RANGE.search(question)
        return [
            cell
            for year, cell in by_year.items()
            if (asked[0] <= year <= asked[-1] if whole else year in asked)
        ]
    if is_change or (asked and _THE_YEARS_AVERAGE.search(question)):
        latest = asked[0] if asked else max(by_year, default=0)
        pair = [by_year[year] for year in (latest, latest - 1) if year in by_year]
        return pair if len(pair) == 2 else []
    return list(by_year.values()) if operation == "average" and not asked else []


def _dated_columns(question: str, row: Sequence[Cell], text: str) -> list[tuple[Time, Cell]]:
    """List the columns that tell of one time each, the latest first; none that tells of a change.

    Of two columns of the same time the first counts; none at all, where the question asks for a
    length of time that would tell them apart.
    """
    found: dict[Time, Cell] = {}
    mixed = len({"%" in text[one.start : one.end] for one in row}) > 1
    doubled = False
    for cell in row:
        years = years_in(cell.column)
        percent = mixed and "%" in text[cell.start : cell.end]
        if len(years) != 1 or percent or _DERIVED.search(cell.column):
            continue
        time = (int(min(years)), max(months_in(cell.column), default=0))
        doubled = doubled or time in found
        found.setdefault(time, cell)
    if doubled and _LENGTH.search(question):
        return []
    return sorted(found.items(), key=lambda one: one[0], reverse=True)


def _without_other_months(
    question: str, columns: Sequence[tuple[Time, Cell]]
) -> list[tuple[Time, Cell]]:
    """Leave out the columns of months that are not asked for, where a year has several."""
    years = [year for (year, _), _ in columns]
    return [
        (time, cell)
        for time, cell in columns
        if years.count(time[0]) == 1 or not contradicts(question, cell.column)
    ]
