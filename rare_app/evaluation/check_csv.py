"""Results of a question list as a CSV file that spreadsheets open."""

import csv
import io
from collections.abc import Sequence

from rare_app.evaluation.check_list import ListResult

_HEAD = (
    "question",
    "answer",
    "source",
    "given answer",
    "refused",
    "token-F1",
    "exact match",
    "rank of source",
    "found",
    "missed",
    "trouble",
)


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
                "" if one.exact_match is None else ("yes" if one.exact_match else "no"),
                rank,
                _text(" | ".join(f"{p.document}, {p.page_kind} {p.page}" for p in one.found)),
                " and ".join(missed),
                _text(one.trouble),
            ]
        )
    return out.getvalue()


def _text(cell: str) -> str:
    """Keep a spreadsheet from taking what a document says for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
