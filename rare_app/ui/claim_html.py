"""What a claim's check came to, as HTML: flags in plain words, and passages that disagree."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

from rare_app.proof import date_of
from rare_app.types import Answer, Citation, Claim, Status
from rare_app.ui.cited import place_of, places_of
from rare_app.ui.labels import page_label, short_name

WITHHELD = (
    "An answer was written that no passage carries, or that hardly fits the question; it is not "
    "shown."
)
DOUBTFUL = "This may not be what was asked for: read the source before you use it."

_FLAGS: dict[Status, tuple[str, str, str]] = {
    "weak": (
        "≈",
        "close, but not quite what the source says",
        "Read the source before you use it.",
    ),
    "contradicted": ("⇄", "the passages disagree", "Another passage says otherwise: see below."),
    "unsupported": ("?", "not found in the passages", "No passage that was read carries this."),
}
"""Sign, words and explanation; the sign keeps the kinds apart where colours cannot."""


def flag_html(status: Status) -> str:
    """Write the flag behind a claim; supported ones have none."""
    if status not in _FLAGS:
        return ""
    sign, words, hint = _FLAGS[status]
    return (
        f"<span class='rare-flag rare-flag-{status}' title='{hint}'>"
        f"<span aria-hidden='true'>{sign}</span> {words}</span>"
    )


def conflicts_html(answer: Answer, *, turn: int) -> str:
    """Write the passages that disagree side by side, with their documents and dates."""
    told = [claim for claim in answer.claims if claim.contradicted_by]
    if not told:
        return ""
    now = [claim for claim in told if claim.status == "contradicted"]
    before = [claim for claim in told if claim.status != "contradicted"]
    return _section(answer, now, "The passages disagree", turn) + _section(
        answer, before, "An older version said otherwise", turn
    )


def _section(answer: Answer, told: Sequence[Claim], head: str, turn: int) -> str:
    if not told:
        return ""
    return (
        f"<section class='rare-conflicts' aria-label='{head}'><h4>{head}</h4>"
        f"{''.join(_conflict(answer, claim, turn) for claim in told)}</section>"
    )


def _conflict(answer: Answer, claim: Claim, turn: int) -> str:
    against = claim.contradicted_by[0]
    rests = claim.citations[0] if claim.citations else None
    ours = rests.quote if rests else claim.text
    sides = [
        _side(answer, rests, "The answer rests on", _differing(ours, against.quote), turn)
        if rests
        else (
            "<div class='rare-side'><p class='rare-side-head'>The answer says</p>"
            f"<blockquote tabindex='0'>{_differing(ours, against.quote)}</blockquote></div>"
        )
    ]
    for number, other in enumerate(claim.contradicted_by):
        says = "Says otherwise" if claim.status == "contradicted" else "Said before"
        head = f"{says}, too" if number else says
        sides.append(_side(answer, other, head, _differing(other.quote, ours), turn))
    return f"<div class='rare-sides'>{''.join(sides)}</div>"


def _side(answer: Answer, citation: Citation, head: str, words: str, turn: int) -> str:
    passage = answer.passages[citation.passage]
    label = escape(page_label(passage.page_kind, passage.page))
    name = escape(passage.document, quote=True)
    dated = date_of(passage)
    when = f"dated {dated}" if dated else "no date given"
    place = place_of(places_of(answer), citation)
    return (
        f"<div class='rare-side'><p class='rare-side-head'>{head}</p>"
        f"<div class='rare-source-head'><span class='rare-document' title='{name}'>"
        f"{escape(short_name(passage.document))}</span>"
        f"<span class='rare-dated'>{escape(when)}</span>"
        f"<button type='button' class='rare-open' data-turn='{turn}' data-place='{place}' "
        f"aria-label='Open {label} of {name}'>{label}</button></div>"
        f"<blockquote tabindex='0'>{words}</blockquote></div>"
    )


def _differing(text: str, other: str) -> str:
    """Escape a text and mark the words that the other one does not have at their place."""
    ours, theirs = text.split(), other.split()
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    parts = []
    for tag, start, end, _, _ in matcher.get_opcodes():
        words = escape(" ".join(ours[start:end]))
        if words:
            parts.append(words if tag == "equal" else f"<mark>{words}</mark>")
    return " ".join(parts)
