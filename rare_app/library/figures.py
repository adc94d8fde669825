"""Figures: does a question ask for them, and how much of a text is made of them."""

import re

ENOUGH = 0.25
"""Figures a word from which a text is as good as a table."""

_FIGURE = re.compile(r"(?<![\w.])[$€£¥]?\(?\d[\d,.]*")
_ASKS = re.compile(
    r"\bhow (?:much|many|large|high|low|big|long|often|far|old|fast)\b"
    r"|\b(?:percentages?|percent|shares?|proportions?|fractions?|numbers?|amounts?|amounted|rates?"
    r"|ratios?|totals?|sums?|levels?|averages?|mean|median|magnitude|size|prices?|values?|costs?"
    r"|fees?|revenues?|sales|margins?|incomes?|expenses?|expenditures?|spending|earnings|profits?"
    r"|loss|losses|cash|debts?|dividends?|assets|liabilities|balance)\b",
    re.IGNORECASE,
)


def asks_for_figures(question: str) -> bool:
    """Whether a question asks how much of something there is."""
    return _ASKS.search(question) is not None


def share_of_figures(text: str) -> float:
    """Say how much of a text is figures: numbers a word over :data:`ENOUGH`, in [0, 1]."""
    return min(1.0, len(_FIGURE.findall(text)) / (len(text.split()) + 1) / ENOUGH)
