"""The names of a table's columns, out of the lines above its rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rare_app.documents.hyphens import rejoin
from rare_app.documents.pdf_columns import Column, Columns
from rare_app.documents.pdf_heads import is_bracketed
from rare_app.documents.pdf_lines import Line, Run
from rare_app.documents.pdf_rules import Stroke
from rare_app.documents.tables import JOINT

_TIGHT = 0.2
"""Line heights between two lines of one name, at most."""
_FLUSH = 0.6
"""Line heights between two edges that are flush."""
_LABEL = -1


@dataclass(slots=True)
class _Name:
    """A name of one or more lines, and the columns that it stands above (:data:`_LABEL` too)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    first: int = _LABEL
    last: int = _LABEL

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    def beside(self, other: "_Name") -> bool:
        """Whether two names share a height."""
        return min(self.bottom, other.bottom) - max(self.top, other.top) > 0.2 * self.size


def name_columns(
    lines: Sequence[Line], columns: Columns, rules: Sequence[Stroke]
) -> tuple[list[str], str]:
    """Name the columns of a table by the lines above its rows.

    A name that spans columns stands in each, before those below it. Which columns it spans is told
    by the rule under it, by its being centred above the names below it, or by its being flush with
    the last of several columns that nothing else at its height names.

    Returns
    -------
    names : list of str
        One for each column; empty where there are no lines.
    unit : str
        What stands in brackets above the names of the rows, such as “(in millions)”.
    """
    if not lines:
        return [], ""
    names = _stack([run for line in lines for run in line.runs])
    labels = [one for one in names if _names_rows(one, columns)]
    others = [one for one in names if one not in labels]
    units = [one for one in others if _is_unit(one, others, columns.others)]
    others = [one for one in others if one not in units]
    # From the lowest up: a name further up is centred above the names below it.
    spots = list(columns.others)
    placed: list[_Name] = []
    for one in sorted(others, key=lambda one: (-one.bottom, one.left)):
        _place(one, spots, others, placed, rules)
        placed.append(one)
        if one.first == one.last:
            spots[one.first] = Column(one.left, one.right)
    for one in others:
        _spread(one, columns.others, others)
    texts = [_column_name(at, others) for at in range(len(columns.others))]
    unit = " ".join(one.text for one in [*labels, *units] if is_bracketed(one.text))
    if columns.label is not None:
        texts.insert(0, " ".join(one.text for one in labels if not is_bracketed(one.text)))
    elif labels:
        rest = [one.text for one in labels if not is_bracketed(one.text)]
        texts[0] = JOINT.join([*rest, *filter(None, texts[:1])])
    return (texts, unit) if any(texts) else ([], unit)


def _column_name(at: int, names: Sequence[_Name]) -> str:
    """Join the names above a column, outermost first; those that span the same are one name."""
    parts: list[str] = []
    last: _Name | None = None
    for one in sorted(names, key=lambda one: (one.top, one.left)):
        if not one.first <= at <= one.last or one.text in parts:
            continue
        if last is not None and (last.first, last.last) == (one.first, one.last):
            parts[-1] = f"{parts[-1]} {one.text}"
        else:
            parts.append(one.text)
        last = one
    return JOINT.join(parts)


def _stack(runs: Sequence[Run]) -> list[_Name]:
    """Put the lines of a name together: each stands right below the other and below no third."""
    names: list[_Name] = []
    ordered = sorted(runs, key=lambda one: (one.top, one.left))
    for run in ordered:
        above = [
            one
            for one in names
            if _is_aligned(one, run) and -0.6 <= (run.top - one.bottom) / run.size <= _TIGHT
        ]
        if len(above) == 1 and not any(
            other is not run
            and abs(other.top + other.bottom - run.top - run.bottom) < run.size
            and _shared(above[0], other) > 0
            for other in ordered
        ):
            one = above[0]
            one.text = rejoin(f"{one.text}\n{run.text}", words=Counter()).replace("\n", " ")
            one.left, one.right = min(one.left, run.left), max(one.right, run.right)
            one.bottom = max(one.bottom, run.bottom)
        else:
            names.append(_Name(run.text, run.left, run.top, run.right, run.bottom, run.size))
    return names


def _is_aligned(one: _Name, run: Run) -> bool:
    """Whether two lines have their middle or an edge in common, as lines of one name have."""
    return _shared(one, run) > 0 and (
        abs(one.middle - (run.left + run.right) / 2) <= 0.5 * run.size
        or min(abs(one.left - run.left), abs(one.right - run.right)) <= 0.25 * run.size
    )


def _shared(one: _Name, run: Run) -> float:
    return min(one.right, run.right) - max(one.left, run.left)


def _names_rows(name: _Name, columns: Columns) -> bool:
    label = columns.label or columns.others[0]
    flush = name.left < label.left + 3 * name.size
    centred = abs(name.middle - (label.left + label.right) / 2) < 0.2 * (label.right - label.left)
    return (flush or centred) and name.middle < columns.left and name.right < columns.left + 3


def _is_unit(name: _Name, others: Sequence[_Name], columns: Sequence[Column]) -> bool:
    """Whether a name in brackets is about all columns: it stands alone, under none of them."""
    siblings = any(one is not name and one.beside(name) for one in others)
    if not is_bracketed(name.text) or siblings:
        return False
    own = min(columns, key=lambda one: abs((one.left + one.right) / 2 - name.middle))
    flush = min(abs(name.left - own.left), abs(name.right - own.right)) < _FLUSH * name.size
    inside = name.left > own.left - name.size and name.right < own.right + name.size
    above = sum(name.left < one.right and name.right > one.left for one in columns)
    return len(columns) > 1 and (above > 1 or not (flush or inside))


def _place(
    name: _Name,
    spots: Sequence[Column],
    others: Sequence[_Name],
    placed: Sequence[_Name],
    rules: Sequence[Stroke],
) -> None:
    """Find the columns below a name; `spots` are these, or the names that stand in between."""
    run = Run(name.text, name.left, name.top, name.right, name.bottom, name.size)
    shared = [at for at, one in enumerate(spots) if one.shared(run) > 0.5]
    if not shared:
        shared = [max(range(len(spots)), key=lambda at: spots[at].shared(run))]
    first, last = shared[0], shared[-1]
    siblings = [one for one in others if one is not name and one.beside(name)]
    least = max(
        (_column(one, spots) + 1 for one in siblings if one.middle < name.middle), default=0
    )
    most = min(
        (_column(one, spots) - 1 for one in siblings if one.middle > name.middle),
        default=len(spots) - 1,
    )
    below = any(one.top >= name.bottom - 0.3 * name.size for one in placed)
    if ruled := _ruled(name, siblings, spots, rules):
        first, last = max(min(least, first), ruled[0]), min(max(most, last), ruled[1])
    elif below:
        first, last = _widened(run, spots, (first, last), least, most)
        if first < last or not siblings:
            first, last = _widest(run, spots, (first, last), (least, most))
    name.first, name.last = first, max(first, last)


def _column(name: _Name, spots: Sequence[Column]) -> int:
    """Column nearest to a name."""
    return min(
        range(len(spots)), key=lambda at: abs((spots[at].left + spots[at].right) / 2 - name.middle)
    )


def _ruled(
    name: _Name, siblings: Sequence[_Name], spots: Sequence[Column], rules: Sequence[Stroke]
) -> tuple[int, int] | None:
    """Find the columns above which the rule below a name runs.

    Neither a rule below everything tells that, nor those that part a cell from the next one where
    some of these have no name.
    """
    level = [one for one in rules if -0.5 <= (one.at - name.bottom) / name.size <= 0.6]
    for rule in level:
        left, right = rule.start, rule.end
        if (
            left > name.left + 2
            or right < name.right - 2
            or left <= spots[0].left - 0.3 * (spots[-1].right - spots[0].left)
        ):
            continue
        held = [
            at
            for at, one in enumerate(spots)
            if left - 2 <= (one.left + one.right) / 2 <= right + 2
        ]
        beside = [one for one in level if one is not rule and abs(one.at - rule.at) < 1]
        if len(held) == 1 and any(
            one.start > spots[0].left - 5
            and not any(one.start - 2 <= other.middle <= one.end + 2 for other in siblings)
            for one in beside
        ):
            return None
        if held:
            return held[0], held[-1]
    return None


def _widened(
    run: Run, spots: Sequence[Column], span: tuple[int, int], least: int, most: int
) -> tuple[int, int]:
    """Widen a span as long as the name stands nearer to its middle: names are centred."""
    first, last = span
    if first == last and not _is_between(run, spots, first):
        return span

    def off(a: int, b: int) -> float:
        return abs((spots[a].left + spots[b].right) / 2 - (run.left + run.right) / 2)

    choices = [
        (off(a, b) + 0.02 * (spots[b].right - spots[a].left), a, b)
        for a in range(max(0, min(least, first)), first + 1)
        for b in range(last, max(most, last) + 1)
    ]
    best = min(choices)
    return (best[1], best[2]) if off(*span) - off(*best[1:]) > 0.5 * run.size else span


def _widest(
    run: Run, spots: Sequence[Column], span: tuple[int, int], free: tuple[int, int]
) -> tuple[int, int]:
    """Widen a span to all that is free where the name stands in the middle of that too."""
    middle = (run.left + run.right) / 2
    choices = [
        (first, last)
        for first in range(min(free[0], span[0]), span[0] + 1)
        for last in range(span[1], max(free[1], span[1]) + 1)
        if abs((spots[first].left + spots[last].right) / 2 - middle) <= 1.5 * run.size
    ]
    return max([span, *choices], key=lambda one: one[1] - one[0])


def _is_between(run: Run, spots: Sequence[Column], at: int) -> bool:
    """Whether a name stands in the middle between its column and a neighbour of that."""
    own = spots[at]
    if min(abs(run.right - own.right), abs(run.left - own.left)) < _FLUSH * run.size:
        return False
    middle = (run.left + run.right) / 2
    for before, after in pairwise(spots[max(0, at - 1) : at + 2]):
        between = (before.right + after.left) / 2
        if abs(middle - between) < 0.2 * (after.right - before.left):
            return True
    return False


def _spread(name: _Name, columns: Sequence[Column], others: Sequence[_Name]) -> None:
    """Spread a name that is flush with the last of its columns over those before it.

    These are columns that have other names, as its own has, and none at the name's height.
    """
    own = columns[name.last]
    rest = [one for one in others if one is not name]
    if (
        is_bracketed(name.text)
        or name.first != name.last
        or abs(name.right - own.right) > _FLUSH * name.size
        or not _is_named(name.last, rest)
    ):
        return
    siblings = [one for one in rest if one.beside(name)]
    at = name.first
    while at > 0 and _is_named(at - 1, rest) and not _is_named(at - 1, siblings):
        at -= 1
    # One name above all columns is the one of the last, unless it stands above the others.
    if at < name.first and (siblings or all(one.top >= name.bottom - 2 for one in rest)):
        name.first = at


def _is_named(column: int, names: Sequence[_Name]) -> bool:
    return any(one.first <= column <= one.last for one in names)
