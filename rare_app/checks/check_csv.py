"""Results of a question list as a CSV file that spreadsheets open."""

import csv
import io
import re
from collections.abc import Sequence

from rare_app.checks.check_list import ListResult
from rare_app.plain import plain_text

_HEAD = (
    "question",
    "answer",
    "source",
    "given answer",
    "refused",
    "token-F1",
    "answer recall",
    "exact match",
    "rank of source",
    "found",
    "missed",
    "trouble",
)

_FORMULA = re.compile(r"(^|[;\t\n])(?=[\s\"']*[=+\-@＝＋－＠])")


def results_csv(results: Sequence[ListResult]) -> str:
    """Write a line for each question, the list's own columns first.

    ``rank of source`` is empty where no source is named, 0 where it is not among the first ten.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for one in results:
        given = one.answer
        rank = "" if not one.asked.sources else one.rank or 0
        missed = [
            what
            for what, is_so in (("source", one.source_missed), ("answer", one.answer_missed))
            if is_so
        ]
        writer.writerow(
            [
                _text(one.asked.question),
                _text(" | ".join(one.asked.answers or ())),
                _text(" | ".join(one.asked.sources)),
                _text(given.answer if given else ""),
                "" if given is None else ("no" if given.answered else "yes"),
                "" if one.token_f1 is None else f"{one.token_f1:.3f}",
                "" if one.answer_recall is None else ("yes" if one.answer_recall else "no"),
                "" if one.exact_match is None else ("yes" if one.exact_match else "no"),
                rank,
                _text(" | ".join(f"{p.document}, {p.page_kind} {p.page}" for p in one.found)),
                " and ".join(missed),
                _text(one.trouble),
            ]
        )
    return out.getvalue()


def _text(cell: str) -> str:
    """Keep a spreadsheet from taking what a document says for a formula.

    A sign that begins one gets an apostrophe in front, at the cell's start and wherever a program
    that takes semicolons or tabs for separators would begin another cell
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    return _FORMULA.sub(r"\1'", plain_text(cell))
