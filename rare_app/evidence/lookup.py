"""Which figure of the tables a question asks for: its row by the label, its column by the time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence.periods import contradicts, has_figure, years_in
from rare_app.evidence.reader import Sentence, Word
from rare_app.evidence.rows import label_likeness, what_of
from rare_app.evidence.tables import Cell, Tables

LABEL_NATS = 8.0
"""Nats that a row's score gains where its label says just what is asked for."""
TIME_NATS = 2.0
"""Nats that it gains more where one of its columns is of the year that is asked for."""
OTHER_TIME_NATS = 10.0
"""Nats that a row loses which is of other times, or of others, than the question names."""
TOTAL_NATS = 2.0
"""Nats that a row loses which is no total where a total is asked for."""
HEADING_NATS = 5.0
"""Nats that lines lose which name rows or columns: they hold no figure that was asked for."""
KIND_NATS = 4.0
"""Nats that a percentage is less likely where none is asked for, or a figure where one is."""
LATER_NATS = 1.5
"""Nats that each column further to the right is less likely: the latest comes first."""
_NAME_SHARE = 0.25
"""What a name in the question counts that stands in no label: it tells whose figures are meant."""
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
    r"|relate|associated|reasons?|reasoning|purpose|basis)\b",
    re.IGNORECASE,
)
_WORKED_OUT = re.compile(
    r"\b(?:averages?|mean|changed?|changes|differences?|ratio|sum|combined|increased?|decreased?"
    r"|grow|grew|growth|declined?|differ|percentage of|percent of|share of|proportion of)\b",
    re.IGNORECASE,
)
"""Words of what is worked out of several figures, where a table does not give it itself."""
_ASKS_PERCENT = re.compile(
    r"\bper ?cent(?:age)?\b|%|\b(?:grow|grew|growth|increased?|decreased?|declined?|change)\b", re.I
)
_TOTAL = re.compile(r"\btotals?\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of some passages beside their words.

    Attributes
    ----------
    above : tuple of str
        What stands before each passage on its page: the columns of a table are named there.
    names : str
        Names of their documents and of the companies that these are of.
    """

    above: tuple[str, ...] = ()
    names: str = ""


NOTHING_KNOWN = Surroundings()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that may be the answer.

    Attributes
    ----------
    passage : int
    cell : Cell
    share : float
        How likely it is among the figures of its row, 0 to 1.
    likeness : float
        How like its row's label is to what is asked for, 0 to 1.
    bare : str
        As it stands in the passage.
    written : str
        As an answer says it: without blanks, and with the table's unit (“$24,259 million”).
    """

    passage: int
    cell: Cell
    share: float
    likeness: float
    bare: str
    written: str

    def holds(self, passage: int, start: int, end: int) -> bool:
        """Whether some characters of a passage are part of it."""
        return passage == self.passage and self.cell.start <= start and end <= self.cell.end


@dataclass(frozen=True, slots=True)
class Found:
    """What the tables of some passages say to a question.

    Attributes
    ----------
    gains : array of float32, shape (sentences,)
        Nats that each sentence's score gains.
    figures : tuple of (int, Figure)
        Figures of the rows whose labels have something of the question, with the row's sentence.
    """

    gains: NDArray[np.float32]
    figures: tuple[tuple[int, Figure], ...]


def asks_for_figure(question: str) -> bool:
    """Whether a question may ask for a figure, and not who, why, when, or what it is made of."""
    return bool(_ASKS.search(question)) and not _ASKS_ELSE.search(question)


def look_up(
    question: str,
    texts: Sequence[str],
    tables: Sequence[Tables],
    sentences: Sequence[Sentence],
    around: Surroundings = NOTHING_KNOWN,
) -> Found | None:
    """Find the rows and columns that a question asks for.

    Parameters
    ----------
    question : str
    texts : sequence of str
        The passages.
    tables : sequence of Tables
        What each of them holds of tables.
    sentences : sequence of Sentence
        All sentences of the passages, in order; a row is one of them, or begins one.
    around : Surroundings
        What else is known of the passages.

    Returns
    -------
    Found or None
        ``None`` where the passages hold no tables, or no figure is asked for.
    """
    if not any(one.cells for one in tables) or not asks_for_figure(question):
        return None
    wanted, years = _wanted(question, texts, tables, around), years_in(question)
    gains = np.zeros(len(sentences), dtype=np.float32)
    places = {(one.passage, one.start): number for number, one in enumerate(sentences)}
    figures: list[tuple[int, Figure]] = []
    for passage, own in enumerate(tables):
        for start, end in own.headings:
            number = places.get((passage, start), -1)
            if number >= 0 and not has_figure(texts[passage][start:end]):
                gains[number] -= HEADING_NATS
        for line in dict.fromkeys(cell.line for cell in own.cells):
            row = [cell for cell in own.cells if cell.line == line]
            number = places.get((passage, line[0]), -1)
            fits = [not contradicts(question, cell.column or cell.caption) for cell in row]
            if number < 0:
                continue
            if not wanted or not any(fits):
                gains[number] -= OTHER_TIME_NATS
                continue
            label, group = what_of(row[0].row), what_of(row[0].group)
            likeness = max(label_likeness(label, wanted), label_likeness(label | group, wanted))
            timely = any(years & years_in(cell.column) for cell in row)
            gains[number] += (LABEL_NATS + TIME_NATS * timely) * likeness
            if _TOTAL.search(question) and not _TOTAL.search(f"{row[0].row} {row[0].group}"):
                gains[number] -= TOTAL_NATS
            if likeness and not _asks_for_several(question, row, texts[passage]):
                shares = _shares(question, texts[passage], row, fits)
                figures += [
                    (number, _figure(passage, cell, share, likeness, texts[passage]))
                    for cell, share in zip(row, shares, strict=True)
                ]
    return Found(gains, tuple(figures))


def find_figure(answer: str, figures: Sequence[Figure]) -> Figure | None:
    """Find the figure that an answer is, with or without its unit; the first of several."""
    said = _close(answer.rstrip(". "))
    return next((one for one in figures if said in (_close(one.bare), _close(one.written))), None)


def _close(text: str) -> str:
    """Leave the blanks out."""
    return "".join(text.split())


def _figure(passage: int, cell: Cell, share: float, likeness: float, text: str) -> Figure:
    bare = text[cell.start : cell.end]
    written = f"{_close(bare)} {cell.unit}".strip()
    return Figure(passage, cell, share, likeness, bare, written)


def _wanted(
    question: str, texts: Sequence[str], tables: Sequence[Tables], around: Surroundings
) -> dict[str, float]:
    """Weigh what is asked for; empty where a name is asked for that is known nowhere.

    Names that stand in no label, and in the passages, tell whose figures are meant and count less;
    other words that stand nowhere count more.
    """
    rows = " ".join(f"{cell.row} {cell.group}" for own in tables for cell in own.cells)
    labels = what_of(rows)
    known = labels | what_of(" ".join((*texts, *around.above, around.names)))
    named = {
        stem
        for match in list(_NAME.finditer(question))[1:]
        if match[0].istitle()
        for stem in what_of(match[0])
    }
    if named - known:
        return {}
    return {
        stem: _NAME_SHARE if stem in named - labels else 1.0 if stem in known else _NOWHERE_SHARE
        for stem in what_of(question)
    }


def _asks_for_several(question: str, row: Sequence[Cell], text: str) -> bool:
    """Whether the answer takes more than one figure of a row: two years, or a change."""
    years = {year for year in years_in(question) if any(year in years_in(c.column) for c in row)}
    if len(years) > 1:
        return True
    worked_out = {word.lower() for word in _WORKED_OUT.findall(question)}
    told = any("%" in text[cell.start : cell.end] or "change" in cell.column for cell in row)
    return not told and any(word not in row[0].row.lower() for word in worked_out)


def _shares(
    question: str, text: str, row: Sequence[Cell], fits: Sequence[bool]
) -> NDArray[np.float64]:
    """Say how likely each figure of a row is."""
    percent = bool(_ASKS_PERCENT.search(question))
    nats = []
    for number, (cell, fit) in enumerate(zip(row, fits, strict=True)):
        is_percent = "%" in text[cell.start : cell.end] or "percent" in cell.column
        mixed = len({"%" in text[one.start : one.end] for one in row}) > 1
        other_kind = mixed and is_percent != percent
        nats.append(-LATER_NATS * number - OTHER_TIME_NATS * (not fit) - KIND_NATS * other_kind)
    shares = np.exp(np.array(nats) - max(nats))
    return np.asarray(shares / shares.sum())


def with_figures(
    words: Sequence[Word], found: Found, scores: NDArray[np.float32]
) -> tuple[Word, ...]:
    """Let the tables have their say in where the answer starts and ends.

    A sentence is the one that answers with the probability that its score gives it among all; as
    far as that is a row, its figures take the place of what the reader says of its words.

    Parameters
    ----------
    words : sequence of Word
    found : Found
    scores : array of float32, shape (sentences,)
        All sentences' scores in nats, the gains among them.
    """
    if not found.figures:
        return tuple(words)
    likely = np.exp(scores.astype(np.float64) - scores.max())
    likely /= likely.sum()
    opens: dict[tuple[int, int], float] = {}
    closes: dict[tuple[int, int], float] = {}
    for number, one in found.figures:
        share = float(likely[number]) * one.share
        opens[one.passage, one.cell.start] = share
        closes[one.passage, one.cell.end] = share
    rest = max(1e-6, 1.0 - sum(opens.values()))
    return tuple(
        Word(
            one.passage,
            one.start,
            one.end,
            _mixed(one.opens, rest, opens.get((one.passage, one.start), 0.0)),
            _mixed(one.closes, rest, closes.get((one.passage, one.end), 0.0)),
        )
        for one in words
    )


def _mixed(nats: float, rest: float, share: float) -> float:
    with np.errstate(divide="ignore"):
        return float(np.logaddexp(nats + np.log(rest), np.log(share)))
