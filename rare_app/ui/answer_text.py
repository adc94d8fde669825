"""The text of an answer as HTML: its claims with numbered marks, its lists, its parts."""

import itertools
import re
from collections.abc import Sequence
from html import escape

from rare_app.types import Answer, Claim, Grid, SubAnswer
from rare_app.ui.cited import place_of, places_of
from rare_app.ui.claim_html import DOUBTFUL, WITHHELD, flag_html
from rare_app.ui.passage_html import words_html

_ITEM = re.compile(r"(?:[-*•]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)]) +(?=\S)")


def answer_text_html(answer: Answer, *, marks: dict[int, int], turn: int) -> str:
    """Write an answer's text with its marks; of several answers each below what it answers.

    Parameters
    ----------
    marks : dict of int to int
        The numbers that passages are shown with.
    turn : int
        Number of the question in the chat.
    """
    if not answer.parts:
        return _text(answer, answer.answer, answer.claims, marks, turn)
    texts, at = [], 0
    for part in answer.parts:
        claims = answer.claims[at : at + part.claims]
        at += part.claims
        texts.append(_text(answer, part.answer, claims, marks, turn) if part.answered else "")
    cells = answer.grid.cells if answer.grid else 0
    table = _table(answer.grid, answer.parts[:cells], texts) if answer.grid else ""
    written = []
    for part, text in zip(answer.parts[cells:], texts[cells:], strict=True):
        said = text or f"<p class='rare-untold'>{escape(part.answer)}</p>"
        notes = notes_html(doubtful=part.doubtful, withheld=part.withheld)
        written.append(f"<dt>{escape(part.asked)}</dt><dd>{said}{notes}</dd>")
    return table + (f"<dl class='rare-parts'>{''.join(written)}</dl>" if written else "")


def _table(grid: Grid, parts: Sequence[SubAnswer], texts: Sequence[str]) -> str:
    """Write answers as a table that scrolls by itself where it is wide."""
    cells = [_cell(part, text) for part, text in zip(parts, texts, strict=False)]
    wide = len(grid.columns)
    heads = "".join(f"<th scope='col'>{escape(one)}</th>" for one in grid.columns)
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        f"{''.join(cells[row * wide : (row + 1) * wide])}</tr>"
        for row, name in enumerate(grid.rows)
    )
    return (
        "<div class='rare-grid' role='region' aria-label='Table of answers' tabindex='0'><table>"
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(part: SubAnswer, text: str) -> str:
    if not part.answered:
        return "<td class='rare-blank'><span title='not said here'>–</span></td>"
    doubt = (
        f"<span class='rare-flag rare-flag-weak' title='{escape(DOUBTFUL, quote=True)}'>"
        "<span aria-hidden='true'>≈</span> read the source</span>"
    )
    return f"<td>{text}{doubt if part.doubtful else ''}</td>"


def notes_html(*, doubtful: bool, withheld: bool, remarks: Sequence[str] = ()) -> str:
    """Write what is to be known of an answer below it."""
    why = " ".join(map(escape, remarks))
    doubt = f"<span aria-hidden='true'>≈</span> {why or DOUBTFUL}"
    notes = f"<p class='rare-note rare-doubt'>{doubt}</p>" if doubtful else ""
    return f"{notes}<p class='rare-note'>{WITHHELD}</p>" if withheld else notes


def _text(
    answer: Answer, text: str, claims: Sequence[Claim], marks: dict[int, int], turn: int
) -> str:
    at, parts = 0, []
    for claim in claims:
        start = text.find(claim.text, at)
        if start < 0:
            continue
        end = start + len(claim.text)
        parts.append(words_html(text[at:start], answer.passages))
        parts.append(_claim(answer, claim, marks, turn))
        at = end
    parts.append(words_html(text[at:], answer.passages))
    return lines_html("".join(parts))


def lines_html(html: str) -> str:
    """Write the lines of an answer; two and more that begin like items are a list."""
    written: list[str] = []
    lines = html.split("\n")
    for is_item, group in itertools.groupby(lines, key=lambda line: bool(_ITEM.match(line))):
        own = list(group)
        if is_item and len(own) > 1:
            written.append(f"<ul class='rare-items'>{''.join(map(_item, own))}</ul>")
        elif text := "\n".join(own).strip("\n"):
            written.append(f"<p class='rare-text'>{text}</p>")
    return "".join(written)


def _item(line: str) -> str:
    mark, rest = line.split(maxsplit=1)
    shown = "•" if mark in "-*•" else mark
    return f"<li><span class='rare-item-mark'>{shown}</span><span>{rest}</span></li>"


def _claim(answer: Answer, claim: Claim, marks: dict[int, int], turn: int) -> str:
    text = words_html(claim.text, answer.passages)
    flag = flag_html(claim.status)
    if claim.status == "unsupported":
        return f"<span class='rare-unsupported'>{text}</span>{flag}"
    # A mark opens the words of this very claim; of two claims on one passage each its own.
    places = places_of(answer)
    firsts = {marks[one.passage]: one for one in reversed(claim.citations)}
    links = "".join(
        f"<a class='rare-mark' href='#source-{turn}-{n}' data-turn='{turn}' "
        f"data-place='{place_of(places, firsts[n])}' aria-label='Source {n}: open its page'>{n}</a>"
        for n in sorted(firsts)
    )
    return f"<span class='rare-{claim.status}'>{text}</span>{links}{flag}"
