"""An answer that the documents tell word for word: the model is not asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rare_app.evidence import opens_with_mark
from rare_app.library import Passage
from rare_app.reasoning.prompt import QUOTE_CLOSE, QUOTE_OPEN, as_read
from rare_app.reasoning.types import Answer, Citation, Claim

Line = tuple[str, tuple[Citation, ...]]
"""A line of an answer, and the places that it stands at."""

MOST_SHOWN = 2
"""Documents that are told of where several tell it for sure."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the documents say in so many words.

    Attributes
    ----------
    lines : tuple of Line
        What is answered, a line each, with the places that it stands at.
    passages : tuple of Passage
        Those that were found, and the chunks in which it was found or goes on.
    is_sure : bool
        Whether it is what was asked for, without a doubt.
    """

    lines: tuple[Line, ...]
    passages: tuple[Passage, ...]
    is_sure: bool

    @property
    def reasoning(self) -> str:
        """The places as quotes, a line each."""
        quotes = dict.fromkeys(place.quote for _, places in self.lines for place in places)
        return "\n".join(f"{QUOTE_OPEN}{as_read(one)}{QUOTE_CLOSE}" for one in quotes)

    @property
    def text(self) -> str:
        """The answer."""
        return "\n".join(line for line, _ in self.lines)

    def prove(self, answer: Answer, question: str) -> Answer:
        """Let each line rest on its places."""
        quotes = dict.fromkeys(place for _, places in self.lines for place in places)
        return replace(
            answer,
            question=question,
            passages=self.passages,
            quotes=tuple(quotes),
            claims=tuple(Claim(line, True, 1.0, places) for line, places in self.lines),
            doubtful=not self.is_sure,
        )


def write_items(said: Sequence[str], places: Sequence[Citation]) -> list[Line]:
    """Write the items of a list with their marks, or with dashes."""
    lines: list[Line] = []
    mark = ""
    for text, place in zip(said, places, strict=True):
        if not any(map(str.isalpha, text)):
            mark = f"{text} "  # a number that was cut off as a sentence
            continue
        opening = mark or ("" if opens_with_mark(text) else "- ")
        lines.append((f"{opening}{text}", (place,)))
        mark = ""
    return lines
