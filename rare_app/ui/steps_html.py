"""What was done for an answer, as HTML: quotes, calculations and searches, and where they lead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from rare_app.answer import Piece, printed, trail
from rare_app.library import Passage
from rare_app.model import Reading
from rare_app.plain import counted
from rare_app.prompt import quotes_of
from rare_app.proof import find_quote
from rare_app.types import Answer, Citation, Step
from rare_app.ui.cited import first_place, place_of, places_of
from rare_app.ui.labels import page_label, short_name
from rare_app.ui.passage_html import is_markdown, text_html, words_html


def answer_so_far(reasoning: str, passages: Sequence[Passage], searches: Sequence[Step]) -> Answer:
    """Give an answer that is not there yet as far as its steps are known."""
    # The place of a quote that is still being written would jump about.
    written = reasoning[: reasoning.rfind("</quote>") + len("</quote>")]
    places = (find_quote(quote, passages) for quote in quotes_of(written))
    return Answer(
        answered=False,
        answer="",
        reasoning=reasoning,
        passages=tuple(passages),
        quotes=tuple(one for one in places if one is not None),
        steps=tuple(searches),
    )


def working_html(so_far: Answer, reading: Reading | None, *, partial: str) -> str:
    """Write what is done for an answer that is not there yet: how far it is, or the steps so far.

    Parameters
    ----------
    partial : str
        What there is of the answer: its first lines take their room from the steps, so that
        nothing below moves.
    """
    done = steps_html(so_far, turn=None)
    if not so_far.reasoning and reading is not None and (reading.new or reading.read_tokens):
        share = 100 * reading.read_tokens / max(1, reading.tokens)
        done = (
            f"<div><progress max='100' value='{share:.0f}' aria-label='Passages read'></progress>"
            f"<p>{reading.read_tokens:,} of {reading.tokens:,} tokens</p></div>"
        )
    return f"<div class='rare-working{' rare-less' if partial else ''}'>{done}</div>"


def summary(answer: Answer) -> str:
    """Say in a line what was done: "2 quotes, 1 calculation"; empty where there is no such step."""
    kinds = Counter[str](one.kind for one in _trail(answer))
    words = (("quote", "quotes"), ("calculation", "calculations"), ("search", "searches"))
    counts = ((kinds[one], one if kinds[one] == 1 else several) for one, several in words)
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def steps_html(answer: Answer, *, turn: int | None) -> str:
    """Write the steps of an answer one below the other, each with the model's words behind it.

    Parameters
    ----------
    turn : int or None
        Number of the question in the chat; ``None`` while the answer is being written, when there
        are no pages to open yet.
    """
    writer = _Writer(answer, turn)
    opening = ""
    rows: list[_Row] = []
    for piece in _trail(answer):
        if piece.kind != "words":
            rows.append(writer.row(piece))
            continue
        words = f"<span class='rare-words'>{escape(piece.text)}</span>"
        if rows:
            rows[-1].body += f" {words}"
        else:
            opening = f"<p>{words}</p>"
    listed = "".join(f"<li>{row.html}</li>" for row in rows)
    return f"<div class='rare-steps'>{opening}{f'<ol>{listed}</ol>' if listed else ''}</div>"


def _trail(answer: Answer) -> list[Piece]:
    quotes, count = [one.quote for one in answer.quotes], len(answer.passages)
    steps = [  # of what a search found, some may have had no room
        replace(one, passages=tuple(at for at in one.passages if at < count))
        for one in answer.steps
    ]
    return trail(answer.reasoning, quotes=quotes, steps=steps)


@dataclass(slots=True)
class _Row:
    """A step as HTML: what it is, what came of it, and what it rests on."""

    kind: str
    body: str
    links: str = ""

    @property
    def html(self) -> str:
        """Write the row."""
        links = f"<div class='rare-links'>{self.links}</div>" if self.links else ""
        return f"<span class='rare-kind'>{self.kind}</span><div>{self.body}</div>{links}"


class _Writer:
    """Writes single steps of an answer."""

    def __init__(self, answer: Answer, turn: int | None) -> None:
        self._answer = answer
        self._turn = turn
        self._places = places_of(answer)

    def row(self, piece: Piece) -> _Row:
        """Write a step."""
        if piece.kind == "quote":
            return self._quote(piece)
        return self._calculation(piece) if piece.kind == "calculation" else self._search(piece)

    def _quote(self, piece: Piece) -> _Row:
        if piece.quote is None:
            words = f"<q class='rare-quote'>{escape(piece.text)}</q>"
            # While it is written its place may not be known yet.
            told = "" if self._turn is None else " <i>not found in the passages</i>"
            return _Row("Quote", f"{words}{told}")
        place = self._answer.quotes[piece.quote]
        opens = self._open_quote(place, self._name(place.passage))
        return _Row(f"Quote {piece.quote + 1}", self._quoted(place), opens)

    def _quoted(self, place: Citation) -> str:
        """Write quoted words; rows of a table stay rows."""
        passage = self._answer.passages[place.passage]
        rows = text_html(place.quote, markdown=is_markdown(passage))
        if rows.startswith("<div class='rare-table'>"):
            return f"<blockquote class='rare-quote'>{rows}</blockquote>"
        return f"<q class='rare-quote'>{words_html(place.quote, [passage]).strip()}</q>"

    def _calculation(self, piece: Piece) -> _Row:
        html = f"<code class='rare-calc'>{escape(printed(piece.text))}</code>"
        step = piece.step
        if step is None:
            return _Row("Calculation", html)
        if not step.result:
            return _Row("Calculation", f"{html} <i>not worked out: {escape(step.trouble)}</i>")
        used = [
            self._open_quote(self._answer.quotes[at], f"quote {at + 1}")
            for at in dict.fromkeys(step.quotes)
            if at < len(self._answer.quotes)
        ]
        rests = f"<span>from</span> {' '.join(used)}" if used else ""
        return _Row("Calculation", f"{html} = <b>{escape(step.result)}</b>", rests)

    def _search(self, piece: Piece) -> _Row:
        html = f"Looking for <b class='rare-sought'>{escape(piece.text)}</b> …"
        step = piece.step
        if step is None or not (step.passages or step.trouble or self._turn is not None):
            return _Row("Search", html)
        held = step.passages
        if not held:
            told = escape(step.trouble or "nothing more was found")
            return _Row("Search", f"{html} <i>{told}</i>")
        brought = "".join(f"<li>{self._open_passage(one)}</li>" for one in held)
        return _Row("Search", f"{html} found {counted(len(held), 'passage')}:<ul>{brought}</ul>")

    def _open_quote(self, place: Citation, text: str) -> str:
        return self._open(place_of(self._places, place), place.passage, text)

    def _open_passage(self, passage: int) -> str:
        return self._open(first_place(self._answer, passage), passage, self._name(passage))

    def _open(self, place: int, passage: int, text: str) -> str:
        """Write the button that opens a place; while the answer is written the words alone."""
        if self._turn is None:
            return f"<span class='rare-where'>{escape(text)}</span>"
        where = f"{self._page(passage)} of {self._document(passage)}"
        what = "" if text == self._name(passage) else f"{text}, "
        label = escape(f"Open {what}{where}", quote=True)
        return (
            f"<button type='button' class='rare-open' data-turn='{self._turn}' "
            f"data-place='{place}' aria-label='{label}'>{escape(text)}</button>"
        )

    def _name(self, passage: int) -> str:
        return f"{short_name(self._document(passage), 44)}, {self._page(passage)}"

    def _document(self, passage: int) -> str:
        return self._answer.passages[passage].document

    def _page(self, passage: int) -> str:
        one = self._answer.passages[passage]
        return page_label(one.page_kind, one.page)
