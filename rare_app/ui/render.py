"""Answers, sources and progress as HTML. Every text that is not ours is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape

from rare_app.answer import ReadingProgress
from rare_app.library import Passage
from rare_app.servers import what_leaves, what_serves
from rare_app.settings import Settings
from rare_app.types import Answer, Citation
from rare_app.ui.answer_text import answer_text_html, lines_html, notes_html
from rare_app.ui.cited import (
    citations_of,
    cited_passages,
    first_place,
)
from rare_app.ui.claim_html import conflicts_html
from rare_app.ui.jobs import FileState
from rare_app.ui.labels import page_label, short_name
from rare_app.ui.passage_html import passage_html, words_html


def question_html(question: str, *, longest: int = 2000) -> str:
    """Write the question; of a very long one the beginning."""
    text = question if len(question) <= longest else f"{question[:longest]} …"
    return f"<p class='rare-asked'>{escape(text)}</p>"


def servers_html(settings: Settings) -> str:
    """Write which servers are used, and above all what leaves this machine; empty by default."""
    leaves = "".join(
        f"<p class='rare-leaves' role='alert'>{escape(one)}</p>" for one in what_leaves(settings)
    )
    serves = "".join(f"<p class='rare-serves'>{escape(one)}</p>" for one in what_serves(settings))
    return f"<div class='rare-servers'>{leaves}{serves}</div>" if leaves or serves else ""


# --- answer ---


def answer_html(answer: Answer, *, turn: int) -> str:
    """Write a whole answer: its text with numbered marks, notes, and the source cards.

    Parameters
    ----------
    turn : int
        Number of the question in the chat; makes the anchors of the marks unique.
    """
    order = cited_passages(answer)
    marks = {passage: number for number, passage in enumerate(order, start=1)}
    body = (
        answer_text_html(answer, marks=marks, turn=turn)
        if answer.answered
        else f"<p class='rare-refusal'>{escape(answer.answer)}</p>"
    )
    notice = f"<p class='rare-note'>{escape(answer.notice)}</p>" if answer.notice else ""
    if answer.stopped:
        body += "<p class='rare-note'>Stopped before the end.</p>"
    if not answer.parts:
        doubtful = answer.doubtful and answer.answered
        body += notes_html(
            doubtful=doubtful,
            withheld=bool(answer.withheld),
            remarks=answer.remarks,
        )
    cards = "".join(
        _card(
            answer.passages[passage],
            number,
            citations_of(answer, passage),
            turn,
            first_place(answer, passage),
        )
        for passage, number in marks.items()
    )
    sources = f"<h4>Sources</h4><ol class='rare-sources'>{cards}</ol>" if cards else ""
    rest = [i for i in range(len(answer.passages)) if i not in marks]
    body += conflicts_html(answer, turn=turn)
    return (
        f"<div class='rare-answer'>{body}{sources}{_others(answer, rest, bool(cards), turn)}"
        f"{_footer(answer)}{notice}{_exports(turn)}</div>"
    )


def partial_answer_html(text: str, passages: Sequence[Passage] = ()) -> str:
    """Write an answer that still grows; before its first word, where it will be."""
    if not text:
        return "<p class='rare-pending'>The answer will stand here.</p>"
    words = lines_html(words_html(text, passages))
    return f"<div class='rare-answer rare-partial'>{words}</div>"


def found_html(found: Answer, *, turn: int) -> str:
    """Write the passages that were found, while there is no answer yet.

    Parameters
    ----------
    found : Answer
        Holds the passages, and as its quotes the best sentences of those that may answer.
    """
    cards = "".join(
        _card(passage, 0, citations_of(found, number), turn, first_place(found, number))
        for number, passage in enumerate(found.passages)
    )
    return (
        f"<section class='rare-found' aria-label='Passages found'><h4>Passages found</h4>"
        f"<ol class='rare-sources'>{cards}</ol></section>"
    )


def error_html(message: str) -> str:
    """Write what went wrong, as one sentence."""
    return f"<div class='rare-answer'><p class='rare-error'>{escape(message)}</p></div>"


def _card(
    passage: Passage, number: int, citations: Iterable[Citation], turn: int, place: int
) -> str:
    """Write the card of a source; one that no mark points to has the number 0."""
    section = f"<span class='rare-section'>{escape(passage.section)}</span>"
    anchor = f" id='source-{turn}-{number}'" if number else ""
    shown = f"<span class='rare-number'>{number}</span>" if number else ""
    return (
        f"<li class='rare-source'{anchor}><div class='rare-source-head'>{shown}"
        f"<span class='rare-document' title='{escape(passage.document, quote=True)}'>"
        f"{escape(short_name(passage.document))}</span>{_open(passage, turn, place)}</div>"
        f"{section if passage.section else ''}"
        f"<blockquote tabindex='0'>{_highlighted(passage, citations)}</blockquote></li>"
    )


def _open(passage: Passage, turn: int, place: int) -> str:
    """Write the button that opens the page."""
    label = escape(page_label(passage.page_kind, passage.page))
    name = escape(passage.document, quote=True)
    return (
        f"<button type='button' class='rare-open' data-turn='{turn}' data-place='{place}' "
        f"aria-label='Open {label} of {name}'>{label}</button>"
    )


def _highlighted(passage: Passage, citations: Iterable[Citation]) -> str:
    """Write the passage's text with the cited words marked."""
    return passage_html(
        passage, [(one.start - passage.start, one.end - passage.start) for one in citations]
    )


def _others(answer: Answer, rest: Sequence[int], has_sources: bool, turn: int) -> str:
    if not rest:
        return ""
    what = "Other passages that were read" if has_sources else "Closest passages"
    cards = "".join(
        "<li class='rare-source rare-plain'><div class='rare-source-head'>"
        f"<span class='rare-document'>{escape(short_name(passage.document))}</span>"
        f"{_open(passage, turn, first_place(answer, number))}"
        f"</div><blockquote tabindex='0'>{passage_html(passage)}</blockquote></li>"
        for number, passage in ((i, answer.passages[i]) for i in rest)
    )
    opened = "" if has_sources or answer.answered else " open"
    return (
        f"<details class='rare-others'{opened}><summary>{what} ({len(rest)})</summary>"
        f"<ol class='rare-sources'>{cards}</ol></details>"
    )


def _footer(answer: Answer) -> str:
    taken = f"{answer.timings.total_s:.1f} s in all"
    if not answer.model:
        if answer.answered or answer.stopped:
            return ""
        return f"<p class='rare-facts'>decided by the search alone, without the model · {taken}</p>"
    facts = [answer.model + (f" + {answer.adapter}" if answer.adapter else "")]
    if answer.timings.first_token_s is not None:
        facts.append(f"first word after {answer.timings.first_token_s:.1f} s")
    facts.append(taken)
    if answer.tokens.prompt_from_memory:
        facts.append(
            f"{answer.tokens.prompt_from_memory:,} of {answer.tokens.prompt:,} tokens from memory"
        )
    else:
        facts.append(f"{answer.tokens.prompt:,} tokens read")
    return f"<p class='rare-facts'>{escape(' · '.join(facts))}</p>"


def _exports(turn: int) -> str:
    """Write the buttons that download the answer; of a later one the whole chat, too."""
    forms = (("md", "Markdown"), ("docx", "Word"), ("pdf", "PDF"))

    def buttons(what: str, whole: str) -> str:
        made = "".join(
            f"<button type='button' data-export='{form}' data-turn='{turn}'{whole} "
            f"aria-label='Download {what} as {name}'>{name}</button>"
            for form, name in forms
        )
        return f"<span role='group' aria-label='Download {what}'>{made}</span>"

    chat = ""
    if turn > 1:
        chat = f"<span>Whole chat</span>{buttons('the whole chat', ' data-whole')}"
    return (
        "<details class='rare-exports'><summary>Export</summary><div><span>This answer</span>"
        f"{buttons('this answer', '')}{chat}</div></details>"
    )


# --- progress ---


def reading_html(progress: ReadingProgress) -> str:
    """Write how far the documents are read ahead; empty when there is nothing to say."""
    if progress.state in ("off", "idle") or progress.done >= progress.total:
        return ""
    if progress.crowded:
        says = (
            f"The pinned documents alone fill the memory: {progress.done:,} of {progress.total:,} "
            "chunks are read. Unpin some, or set RARE_MEMORY_GB higher."
        )
    elif progress.state == "full":
        says = (
            f"The memory is full: {progress.done:,} of {progress.total:,} chunks are read. Set "
            "RARE_MEMORY_GB higher to keep more."
        )
    else:
        says = f"Read {progress.done:,} of {progress.total:,} chunks"
        if progress.bytes:
            says += f", {progress.bytes / 1e9:.1f} GB"
        if progress.seconds_left is not None:
            says += f", {_time_left(progress.seconds_left)} left"
        if progress.state == "waiting":
            says += " (waits while you ask)"
    share = 100 * progress.done / max(1, progress.total)
    return (
        f"<div class='rare-reading' role='status'><span>{escape(says)}</span><progress max='100' "
        f"value='{share:.0f}' aria-label='Documents read ahead'></progress></div>"
    )


def _time_left(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes else "less than a minute"


def progress_html(files: Sequence[FileState], *, running: bool) -> str:
    """Write what is being added, a line for each file."""
    if not files:
        return ""
    finished = sum(1 for file in files if file.finished)
    head = f"File {min(finished + 1, len(files))} of {len(files)}" if running else _outcome(files)
    if files[0].stage == "renewing":
        head = "Documents are read anew, since the app reads them better now"
    rows = "".join(_file_row(file) for file in files)
    return (
        f"<div class='rare-progress' role='status' aria-live='polite'><div class='rare-head'>{head}"
        f"</div><ul>{rows}</ul></div>"
    )


def _outcome(files: Sequence[FileState]) -> str:
    counts = {
        "added": sum(1 for file in files if file.stage == "added"),
        "skipped": sum(1 for file in files if file.stage == "skipped"),
        "failed": sum(1 for file in files if file.stage == "failed"),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _file_row(file: FileState) -> str:
    says = {
        "waiting": "Waiting",
        "reading": f"Reading page {file.done} of {file.total}" if file.total else "Opening",
        "embedding": f"Indexing chunk {file.done} of {file.total}",
        "added": file.message,
        "skipped": file.message,
        "failed": file.message,
        "renewing": file.message,
    }[file.stage]
    bar = ""
    if not file.finished:
        # Reading is the first third of the bar, indexing the rest.
        share = file.done / file.total if file.total else 0.0
        share = {"waiting": 0.0, "reading": share / 3}.get(file.stage, (1 + 2 * share) / 3)
        bar = f"<progress max='100' value='{100 * share:.0f}' aria-label='Progress'></progress>"
    name = escape(file.name, quote=True)
    return (
        f"<li class='rare-file rare-{file.stage}'><span class='rare-name' title='{name}'>"
        f"{escape(short_name(file.name, 44))}</span>"
        f"<span class='rare-says'>{escape(says)}</span>{bar}</li>"
    )
