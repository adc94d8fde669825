"""Progress, figures and misses of a question list as HTML. Every text is escaped here."""

from collections.abc import Sequence
from html import escape

from rare_app.checks import ListedQuestion, ListFigure, ListResult, sum_up_list
from rare_app.plain import counted
from rare_app.ui.check_jobs import CheckJob
from rare_app.ui.labels import page_label
from rare_app.ui.render import error_html

_SHOWN_MISSES = 100
_SHOWN_PASSAGES = 3

INTRO = (
    "<div class='rare-check-intro'><h2>Check the app on your own questions</h2><p>A CSV file with "
    "the columns <b>question</b>, <b>answer</b> and <b>source</b> (the document’s name; answer "
    "or source may be left out). An empty answer without a source means that the documents do not "
    "answer. Several accepted answers stand between <b>|</b>.</p></div>"
)


def list_summary_html(name: str, questions: Sequence[ListedQuestion]) -> str:
    """Say what a list that was read holds."""
    count = len(questions)
    known = sum(1 for one in questions if one.answers)
    sources = sum(1 for one in questions if one.sources)
    return (
        f"<p class='rare-check-says' role='status'>“{escape(name)}”: {counted(count, 'question')}, "
        f"{known} with an answer, {sources} with a source.</p>"
    )


def check_html(job: CheckJob) -> str:
    """Write how far a list is, its figures and its misses."""
    results = list(job.results)
    done, total = len(results), len(job.questions)
    if job.error:
        head = error_html(job.error)
    elif not job.finished.is_set():
        head = (
            "<div class='rare-check-running' role='status'><span>"
            f"Question {min(done + 1, total)} of {total} of “{escape(job.name)}”</span>"
            f"<progress max='{total}' value='{done}' aria-label='Questions done'></progress></div>"
        )
    else:
        ended = (
            f"Stopped after {done} of {counted(total, 'question')}"
            if job.stopped
            else (f"{counted(total, 'question')} of “{escape(job.name)}” done")
        )
        head = f"<p class='rare-check-says' role='status'>{ended}.</p>"
    if not results:
        return f"<div class='rare-check'>{head}</div>"
    return f"<div class='rare-check'>{head}{_figures(sum_up_list(results))}{_misses(results)}</div>"


def _figures(figures: Sequence[ListFigure]) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(one.name)}</th><td class='rare-value'>{one.value:.2f}</td>"
        f"<td>{one.low:.2f}–{one.high:.2f}</td><td>{one.questions}</td></tr>"
        for one in figures
    )
    return (
        "<table class='rare-figures'><thead><tr><th scope='col'>Figure</th>"
        "<th scope='col'>Value</th><th scope='col'>95% interval</th>"
        "<th scope='col'>Questions</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _misses(results: Sequence[ListResult]) -> str:
    missed = [one for one in results if one.missed]
    if not missed:
        return "<p class='rare-check-says'>No misses.</p>"
    cards = "".join(_miss(one) for one in missed[:_SHOWN_MISSES])
    left = len(missed) - _SHOWN_MISSES
    rest = f"<p class='rare-check-says'>{left:,} more are in the CSV file.</p>" if left > 0 else ""
    return f"<h3>Misses ({len(missed)})</h3><ol class='rare-misses'>{cards}</ol>{rest}"


def _miss(one: ListResult) -> str:
    lines = []
    if one.asked.answers is not None:
        expected = " or ".join(f"“{text}”" for text in one.asked.answers)
        lines.append(("Expected", expected or "a refusal: the documents do not answer"))
    given = one.answer.answer if one.answer else ""
    if one.trouble:
        lines.append(("Not asked", one.trouble))
    elif one.answer_missed or one.asked.answers is None:
        lines.append(("Answer", given))
    if one.asked.sources:
        lines.append(("Source", _source(one)))
    if one.source_missed or one.answer_missed:
        found = ", ".join(
            f"{p.document} ({page_label(p.page_kind, p.page)})" for p in one.found[:_SHOWN_PASSAGES]
        )
        lines.append(("Found", found or "nothing"))
    body = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in lines)
    what = " and ".join(
        word
        for word, missed in (("source", one.source_missed), ("answer", one.answer_missed))
        if missed
    )
    flag = f"<span class='rare-flag'>{what} missed</span>" if what else ""
    return (
        f"<li class='rare-miss'><p class='rare-miss-question'>{escape(one.asked.question)} {flag}"
        f"</p><dl>{body}</dl></li>"
    )


def _source(one: ListResult) -> str:
    names = " or ".join(one.asked.sources)
    if not one.source_known:
        return f"{names} (no document of the collection has this name)"
    if one.rank is None:
        return f"{names} (not among the first ten passages)"
    return f"{names} (passage {one.rank}, {one.shown} were read)"
