"""A reasoning taken apart: the model's words, its quotes, and what code carried out in between."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rare_app.prompt import as_read
from rare_app.types import Step

_TAG = re.compile(
    r"<(quote|calc|search)>(.*?)(?:</\1>|(?=<(?:quote|calc|search)>)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(r"\s*\(([^()\n]*)\)")
_AS_PRINTED = str.maketrans({"*": "×", "/": "÷", "-": "−"})

Kind = Literal["words", "quote", "calculation", "search"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reasoning.

    Attributes
    ----------
    text : str
        Words as they were written: prose, a quote, an expression, or what was searched for.
    quote : int or None
        Position of a quote among those whose place is known.
    step : Step or None
        What code made of a calculation or a search; ``None`` while that is not known.
    """

    kind: Kind
    text: str
    quote: int | None = None
    step: Step | None = None


def trail(reasoning: str, *, quotes: Sequence[str], steps: Sequence[Step]) -> list[Piece]:
    """Take a reasoning apart; it may still grow.

    Results stand with their calculation and not in the words behind it. A step that the reasoning
    does not hold, since it was written anew, comes last.

    Parameters
    ----------
    quotes : sequence of str
        The quotes whose place is known, in order.
    steps : sequence of Step
        What code carried out, in order.
    """
    pieces: list[Piece] = []
    left, ahead = list(range(len(quotes))), list(steps)
    at = 0
    for match in _TAG.finditer(reasoning):
        pieces += _words(reasoning[at : match.start()])
        at = match.end()
        text, tag = match[2].strip(), match[1].lower()
        if tag == "quote":
            if text:
                pieces.append(Piece("quote", text, quote=_placed(text, quotes, left)))
            continue
        kind: Kind = "calculation" if tag == "calc" else "search"
        same = [one for one in ahead if _is_step(one, kind, text)]
        step, length = _carried_out(same[0], reasoning[at:]) if same else (None, 0)
        at += length
        if len(same) > 1:  # asked for again, it has an outcome of its own
            ahead.remove(same[0])
        pieces.append(Piece(kind, text, step=step))
    pieces += _words(reasoning[at:])
    for step in steps:
        if not any(_is_step(step, piece.kind, piece.text) for piece in pieces):
            _place_untagged(pieces, step)
    return pieces


def printed(expression: str) -> str:
    """Write an expression with the signs of print: × ÷ −."""
    return expression.translate(_AS_PRINTED)


def formula(step: Step) -> str:
    """Say what a calculation came to."""
    if step.result:
        return f"{printed(step.text)} = {step.result}"
    return f"{printed(step.text)} (not worked out: {step.trouble})"


def looked_for(step: Step, name: Callable[[int], str]) -> str:
    """Say what a search was for and what it found.

    Parameters
    ----------
    name : callable
        Names the passage of a position; gives nothing for one that had no room.
    """
    names = "; ".join(dict.fromkeys(filter(None, map(name, step.passages))))
    found = f"found {names}" if names else step.trouble or "nothing more was found"
    return f"Looked for “{step.text}”: {found}"


def _words(text: str) -> Iterator[Piece]:
    if text.strip():
        yield Piece("words", text.strip())


def _placed(text: str, quotes: Sequence[str], left: list[int]) -> int | None:
    """Find a quote among those whose place is known; of equal ones each is taken once."""
    same = [at for at, quote in enumerate(quotes) if _folded(as_read(quote)) == _folded(text)]
    at = next((one for one in same if one in left), same[-1] if same else None)
    if at in left:
        left.remove(at)
    return at


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _carried_out(step: Step, behind: str) -> tuple[Step, int]:
    """Give the step of a tag, and how much of what stands behind the tag tells its outcome."""
    if step.kind == "search":
        clause = _CLAUSE.match(behind)
        if clause and not step.passages and step.trouble in ("", clause[1]):
            return replace(step, trouble=clause[1]), clause.end()
        return step, 0
    told = f"= {step.result}" if step.result else f"(not worked out: {step.trouble})"
    stands = re.match(rf"\s*{re.escape(told)}", behind)
    return step, stands.end() if stands else 0


def _is_step(step: Step, kind: Kind, text: str) -> bool:
    return step.kind == kind and _folded(as_read(step.text)) == _folded(text)


def _place_untagged(pieces: list[Piece], step: Step) -> None:
    """Put a step where its sum stands in the words, or else at the end."""
    sum_ = re.compile(rf"{re.escape(step.text)}\s*=\s*{re.escape(step.result)}")
    for at, piece in enumerate(pieces):
        found = sum_.search(piece.text) if piece.kind == "words" and step.result else None
        if found:
            pieces[at : at + 1] = [
                *_words(piece.text[: found.start()]),
                Piece(step.kind, step.text, step=step),
                *_words(piece.text[found.end() :]),
            ]
            return
    pieces.append(Piece(step.kind, step.text, step=step))
