"""What the answers of one state of the app come to, and how two states differ."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from rare_app.checks import interval

Row = Mapping[str, Any]
Value = Callable[[Row], float | None]


def _score(name: str) -> Value:
    return lambda row: None if row.get(name) is None else float(row[name])


def _refused(*, answerable: bool) -> Value:
    return lambda row: float(row["refused"]) if row["answerable"] is answerable else None


MEASURES: dict[str, Value] = {
    "answer recall": _score("answer_recall"),
    "token-F1": _score("token_f1"),
    "choice right": _score("choice_right"),
    "refused, answerable": _refused(answerable=True),
    "refused, not answerable": _refused(answerable=False),
}
"""What an answer counts for each figure; ``None`` where the figure does not apply."""


def case_key(row: Row) -> tuple[str, str, str]:
    """Tell a case from all others; ids are not always told once."""
    return row["set"], row["id"], row["question"]


def report(rows: Sequence[Row], measures: Mapping[str, Value] = MEASURES) -> str:
    """Write tables in Markdown: figures by set and label, then each two labels compared.

    Parameters
    ----------
    rows : sequence of dict
        Lines of :mod:`benchmarks.answers`; cases with a trouble are counted and left out.
    measures : mapping of str to callable
        Head of each column, and what an answer counts for it.
    """
    asked = [row for row in rows if "trouble" not in row]
    labels = list(dict.fromkeys(row["label"] for row in asked))
    names = list(dict.fromkeys(row["set"] for row in asked))
    parts = [_figures(asked, names, labels, measures)]
    parts += [_differences(asked, names, pair, measures) for pair in combinations(labels, 2)]
    if troubles := len(rows) - len(asked):
        parts.append(f"{troubles} cases could not be asked.")
    return "\n\n".join(parts)


def _figures(
    rows: Sequence[Row],
    names: Sequence[str],
    labels: Sequence[str],
    measures: Mapping[str, Value],
) -> str:
    lines = _head("set", "label", "n", *measures, "first token", "whole answer")
    for name in (*names, "all"):
        for label in labels:
            own = [row for row in rows if row["label"] == label and name in (row["set"], "all")]
            if own:
                cells = [_share(_values(own, measure)) for measure in measures.values()]
                cells += [_seconds(own, "first_token_s"), _seconds(own, "total_s")]
                lines.append(_line(name, label, str(len(own)), *cells))
    return "\n".join(lines)


def _differences(
    rows: Sequence[Row],
    names: Sequence[str],
    pair: Sequence[str],
    measures: Mapping[str, Value],
) -> str:
    """Write what the second label has more than the first on the cases that both have answered."""
    first, second = (
        {case_key(row): row for row in rows if row["label"] == label} for label in pair
    )
    both = [key for key in first if key in second]
    lines = [f"{pair[1]} minus {pair[0]}, paired:", "", *_head("set", "n", *measures)]
    for name in (*names, "all"):
        keys = [key for key in both if name in (key[0], "all")]
        if keys:
            cells = [
                _share(
                    [
                        after - before
                        for key in keys
                        if (before := measure(first[key])) is not None
                        and (after := measure(second[key])) is not None
                    ],
                    sign="+",
                )
                for measure in measures.values()
            ]
            lines.append(_line(name, str(len(keys)), *cells))
    return "\n".join(lines)


def _values(rows: Iterable[Row], measure: Value) -> list[float]:
    return [value for row in rows if (value := measure(row)) is not None]


def _share(values: Sequence[float], *, sign: str = "") -> str:
    """Write a mean with its 95% bootstrap interval and, where some cases do not count, how many."""
    found = interval(values)
    if found is None:
        return "–"
    mean = f"{np.mean(values):{sign}.3f}"
    return f"{mean} ({found[0]:{sign}.3f} to {found[1]:{sign}.3f}; {len(values)})"


def _seconds(rows: Iterable[Row], name: str) -> str:
    taken = [row["timings"][name] for row in rows if row["timings"][name] is not None]
    return f"{np.median(taken):.1f} s" if taken else "–"


def _head(*cells: str) -> list[str]:
    return [_line(*cells), "|" + "---|" * len(cells)]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
