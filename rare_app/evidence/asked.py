"""What a question asks of tables: a figure of which label, of whom, of when, of what kind."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence.operations import operation_of, subject_of
from rare_app.evidence.pairs import pair_of
from rare_app.evidence.periods import contradicts, years_in
from rare_app.evidence.rows import head_of, label_likeness, what_of
from rare_app.evidence.tables import Cell, Tables

LABEL_NATS = 8.0
"""Nats that a row's score gains where its label says just what is asked for."""
TIME_NATS = 2.0
"""Nats that it gains more where one of its columns is of the year that is asked for."""
OTHER_NATS = 10.0
"""Nats that a row loses which is of other times, or of others, than the question names."""
TOTAL_NATS = 2.0
"""Nats that a row loses which is no total where a total is asked for."""
DURING_NATS = 3.0
"""Nats that a row loses which tells of a time where the state at a day is asked for."""
GROUP_NATS = 3.0
"""Nats that a row loses where another one of the same label stands in the group that is named."""
KIND_NATS = 4.0
"""Nats that a percentage is less likely where none is asked for, or a figure where one is."""
COLUMN_NATS = 6.0
"""Nats that a figure is likelier whose column the question names."""
LATER_NATS = 1.5
"""Nats that each column further to the right is less likely: the latest comes first."""
_NAME_SHARE = 0.25
"""What a name in the question counts that stands in no label: it tells whose figures are meant."""
_NAMED_SHARE = 1.5
"""What one counts that stands in a label: it tells which row is meant."""
_NOWHERE_SHARE = 2.0
"""What another word counts that stands nowhere in the passages."""

_ASKS = re.compile(
    r"\bhow (?:much|many|large|high|low|big|long|far)\b"
    r"|\bwhat(?:['’]s| is| are| was| were| will be| has been| have been)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){0,3}(?:percent(?:age)?|amount|number|share|proportion|rate"
    r"|price|sum|total|value|dividend|revenue|sale|income|earning|margin|cost|expense|profit|loss"
    r"|weight|size|dose|score|level)(?:e?s)?\b"
    r"|\bwhat (?:do|does|did|has|have|had)\b.*\b(?:spend|spent|pay|paid|report|record|earn|make"
    r"|made|declare|receive|cost|owe|hold|have|generate|post|weigh|measure)(?:ed)?\b",
    re.IGNORECASE,
)
_ASKS_ELSE = re.compile(
    r"^\W*(?:who|whose|whom|why|when|where)\b|\b(?:what|which) (?:year|quarter|month|date|company"
    r"|segment|item|category|reason|method|kind|type)s?\b|\bhow (?:do|does|did|is|are|was|were)\b"
    r"|\b(?:explain|describe|compare|include[ds]?|represents?|consists? of|comprises?|mean|refer"
    r"|relate|associated|reasons?|reasoning|purpose|basis|caused?|due to|attributable)\b",
    re.IGNORECASE,
)
_WORKED_OUT = re.compile(
    r"\b(?:averages?|mean|changed?|changes|differences?|ratio|sum|combined|increased?|decreased?"
    r"|grow|grew|growth|declined?|differ|higher|lower|rise|rose|fall|fell|drop|dropped"
    r"|percentage of|percent of|share of|proportion of)\b",
    re.IGNORECASE,
)
"""Words of what is worked out of several figures, where a table does not give it itself."""
_ASKS_PERCENT = re.compile(
    r"\bper ?cent(?:age)?\b|%|\b(?:grow|grew|growth|increased?|decreased?|declined?|change)\b", re.I
)
_ABOUT_TABLES = re.compile(
    r"\b(?:the )?(?:components?|tables?|following|as follows|follows|presented|summar\w+|shows?)\b",
    re.IGNORECASE,
)
_AT = re.compile(
    r"\b(?:at|as of|on) (?:\d+ )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|\b(?:end of|year[- ]end)\b"
)
_DURING = re.compile(r"\b(?:months|weeks|quarter|year)s? ended\b", re.IGNORECASE)
_TOTAL = re.compile(r"\btotals?\b", re.IGNORECASE)
_RATE = re.compile(r"\b(?:rates?|margins?|yields?|ratios?)\b", re.IGNORECASE)
_SPENT = re.compile(r"\b(?:expens|cost|spen[dt]|expenditure|outlay)", re.IGNORECASE)
_EARNED = re.compile(r"\brevenues?\b|\bnet sales\b", re.IGNORECASE)
_SAYING_WORDS = 4
"""Words from which a line above a table says what all of it is about."""
_ABBREVIATED = re.compile(r"\b([A-Z])&([A-Z])\b")
_NAME = re.compile(r"[^\W\d_]{2,}")

Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Text that a list may run over: a page, or two where it goes on.

    Attributes
    ----------
    text : str
    passages : tuple of (int, int)
        The passages that stand there, and where each begins.
    """

    text: str
    passages: tuple[tuple[int, int], ...]

    def of_first(self, count: int) -> "Sheet":
        """Leave passages behind the first ones out."""
        return Sheet(self.text, tuple(one for one in self.passages if one[0] < count))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of some passages beside their words.

    Attributes
    ----------
    above : tuple of str
        What stands before each passage on its page: the columns of a table are named there.
    names : str
        Names of their documents and of the companies that these are of.
    sheets : tuple of Sheet
        Their pages: a list may run over several passages. Empty where they are not known.
    passed : tuple of (int, int, int)
        Passage, start and end of what is quoted of earlier mails, or said anew by a newer version.
    """

    above: tuple[str, ...] = ()
    names: str = ""
    sheets: tuple[Sheet, ...] = ()
    passed: tuple[tuple[int, int, int], ...] = ()

    def of_first(self, count: int) -> "Surroundings":
        """Leave out what is known of passages behind the first ones."""
        return replace(
            self,
            above=self.above[:count],
            sheets=tuple(one.of_first(count) for one in self.sheets),
            passed=tuple(one for one in self.passed if one[0] < count),
        )


NOTHING_KNOWN = Surroundings()


def asks_for_figure(question: str) -> bool:
    """Whether a question may ask for a figure, and not who, why, when, or what it is made of."""
    return bool(_ASKS.search(question)) and not _ASKS_ELSE.search(question)


class Asked:
    """What a question asks of the tables of some passages.

    Parameters
    ----------
    question : str
    texts : sequence of str
        The passages.
    tables : sequence of Tables
        What each of them holds of tables.
    around : Surroundings
        What else is known of the passages.
    subject : str
        The words of the question that name a row, where it names more than one; empty for all.
    """

    def __init__(
        self,
        question: str,
        *,
        texts: Sequence[str],
        tables: Sequence[Tables],
        around: Surroundings,
        subject: str = "",
    ) -> None:
        self._question = question
        self._years = years_in(question)
        self._worked_out = operation_of(question) is not None
        self._pair = pair_of(question)
        self._is_spent = _is_spent(subject or question)
        self._at_a_day = bool(_AT.search(question))
        self._total = bool(_TOTAL.search(subject or question))
        self._percent = bool(_ASKS_PERCENT.search(question))
        self._share = self._percent or bool(_RATE.search(question))
        cells = [cell for own in tables for cell in own.cells]
        self._as_said = _weigh(subject or question, cells, texts=texts, around=around)
        self._wanted = _weigh(subject or subject_of(question), cells, texts=texts, around=around)
        self._grouped = {what_of(cell.row) for cell in cells if self._is_in_named_group(cell)}

    def likeness(self, row: Row) -> float:
        """Say how like a row's label is to what is asked for, in [0, 1].

        The label by itself, with its group, with a column's name, or with what stands above the
        table; 0 where the row is of other times, or of others, than the question names.
        """
        if not any(self.fits(row)):
            return 0.0
        labels = (label for cell in row for label in _labels(cell))
        return max(
            max(label_likeness(label, self._wanted), label_likeness(label, self._as_said))
            for label in labels
        )

    def gain(self, row: Row, text: str, *, likeness: float) -> float:
        """Say how many nats the score of a passage's row gains."""
        if not any(self.fits(row)):
            return -OTHER_NATS
        first = row[0]
        timely = any(self._years & years_in(cell.column) for cell in row)
        gain = (LABEL_NATS + TIME_NATS * timely) * likeness
        if self._at_a_day and _DURING.search(first.column):
            gain -= DURING_NATS
        if self._total and not _TOTAL.search(f"{first.row} {first.group}"):
            gain -= TOTAL_NATS
        if not self._share and all("%" in text[one.start : one.end] for one in row):
            gain -= KIND_NATS
        if what_of(first.row) in self._grouped and not self._is_in_named_group(first):
            gain -= GROUP_NATS
        return gain

    def _is_in_named_group(self, cell: Cell) -> bool:
        """Whether the question names a row's group with words that the label does not hold."""
        return bool((what_of(cell.group) - what_of(cell.row)) & self._wanted.keys())

    def _is_of_other_kind(self, cell: Cell) -> bool:
        """Whether a figure is earned where what is spent is asked for, or the other way round.

        Groups and columns (“percent of revenue”) stand beside what is spent as well, and a short
        caption may be the first rows' heading alone.
        """
        caption = cell.caption if len(cell.caption.split()) >= _SAYING_WORDS else ""
        spent = _is_spent(f"{cell.row} {caption}")
        beside = _is_spent(f"{cell.group} {cell.column}")
        if None in (spent, self._is_spent) or (beside is not None and beside is not spent):
            return False
        return spent is not self._is_spent

    def _names_column(self, cell: Cell) -> bool:
        """Whether the question names a column with words that the label does not hold."""
        return bool((what_of(cell.column) - what_of(cell.row)) & self._as_said.keys())

    def fits(self, row: Row) -> list[bool]:
        """Tell which figures of a row may be of those and of the time that the question names.

        A change from one column to another is of the time of these. Where an expense is asked for,
        a row below “Revenue, classified by …” has none, whatever its label says; nor the other way
        round.
        """
        if not self._wanted or self._is_of_other_kind(row[0]):
            return [False] * len(row)
        fits = [not contradicts(self._question, cell.column or cell.caption) for cell in row]
        dated = [bool(years_in(cell.column)) for cell in row]
        if not any(dated) or any(fit for fit, own in zip(fits, dated, strict=True) if own):
            return fits
        return [False] * len(row)

    def takes_several(self, row: Row, text: str) -> bool:
        """Whether the answer takes more than one figure of a row: two years, or a change.

        So does what compares two rows, but for a share that the row gives itself.
        """
        columns = " ".join(cell.column for cell in row)
        if len(self._years & years_in(columns)) > 1 or (self._worked_out and len(self._years) > 1):
            return True
        of_shares = self._pair and self._pair.operation == "percentage"
        if self._pair and (not of_shares or "change" in row[-1].column.lower()):
            return True
        worked_out = {word.lower() for word in _WORKED_OUT.findall(self._question)}
        told = any("%" in text[cell.start : cell.end] or "change" in cell.column for cell in row)
        named = f"{row[0].row} {row[0].group}".lower()
        return not told and any(word not in named for word in worked_out)

    def shares(self, row: Row, text: str) -> NDArray[np.float64]:
        """Say how likely each figure of a row is.

        Returns
        -------
        array of float64, shape (figures,)
            Adding up to 1.
        """
        percent = ["%" in text[cell.start : cell.end] or "percent" in cell.column for cell in row]
        mixed = len(set(percent)) > 1
        nats = np.array(
            [
                -LATER_NATS * number
                - OTHER_NATS * (not fit)
                - KIND_NATS * (mixed and own != self._percent)
                + COLUMN_NATS * self._names_column(cell)
                for number, (cell, fit, own) in enumerate(
                    zip(row, self.fits(row), percent, strict=True)
                )
            ]
        )
        shares = np.exp(nats - nats.max())
        return np.asarray(shares / shares.sum())


def _is_spent(text: str) -> bool | None:
    """Whether a text speaks of what is spent, not earned; ``None`` for neither or both."""
    spent, earned = bool(_SPENT.search(text)), bool(_EARNED.search(text))
    return spent if spent is not earned else None


def _weigh(
    question: str, cells: Sequence[Cell], *, texts: Sequence[str], around: Surroundings
) -> dict[str, float]:
    """Weigh what is asked for; empty where a name or a year is asked for that is known nowhere.

    Names that stand in a label tell which row is meant and count more; those that stand in the
    passages alone tell whose figures are meant and count less; other words that stand nowhere
    count more.
    """
    rows = " ".join(f"{cell.row} {cell.group} {cell.column}" for cell in cells)
    told = " ".join((rows, *texts, *around.above, around.names))
    question = _ABBREVIATED.sub(lambda found: _in_full(found, rows), question)
    labels, known = what_of(rows), what_of(told)
    names = [match[0] for match in list(_NAME.finditer(question))[1:] if match[0][0].isupper()]
    named = {stem for name in names if name.istitle() for stem in what_of(name)}
    in_labels = {stem for name in names for stem in what_of(name)} & labels
    years, told_years = years_in(question), years_in(told)
    if named - known or (years and told_years and not years & told_years):
        return {}
    counts = ((in_labels, _NAMED_SHARE), (named, _NAME_SHARE), (known, 1.0))
    return {
        stem: next((share for stems, share in counts if stem in stems), _NOWHERE_SHARE)
        for stem in what_of(question)
    }


def _in_full(abbreviation: re.Match[str], rows: str) -> str:
    """Write an abbreviation out as a label does: “R&D” as “Research and development”."""
    first, second = abbreviation.groups()
    found = re.search(rf"\b{first}\w+,? (?:and|&) {second}\w+", rows, re.IGNORECASE)
    return found[0] if found else abbreviation[0]


def _labels(cell: Cell) -> tuple[frozenset[str], ...]:
    return _labels_of(cell.row, cell.group, cell.column, cell.caption)


@functools.lru_cache(maxsize=8192)
def _labels_of(row: str, group: str, column: str, caption: str) -> tuple[frozenset[str], ...]:
    """Give what a figure may be called: by its label, with its group, column, or caption."""
    label, head, more = what_of(row), what_of(head_of(row)), what_of(group)
    above = what_of(_ABOUT_TABLES.sub("", caption))
    return label, head, label | more, head | more, label | what_of(column), label | above
