"""Searches of a reasoning: more passages, found and put in where the reasoning stands.

Memory³ retrieves while it writes (arXiv 2407.01178, section 3.2); here the model asks for it, in
words of its own between tags, and what is found is recalled from the explicit memory right there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.library import Passage
from rare_app.model import Pieces, TaggedFilter
from rare_app.prompt import SEARCH_CLOSE as CLOSE
from rare_app.prompt import SEARCH_OPEN as OPEN
from rare_app.skills import NOTHING_KNOWN, Surroundings
from rare_app.types import Step

MOST = 3
"""Searches of one answer; a model that goes on is in a loop."""
MOST_PASSAGES = 2
"""New passages that one search puts in."""
LEAST_SHARED = 0.3
"""Share of a search's words that the question or the quotes hold, at least."""
LONGEST = 120
"""Characters of the words of a search."""


Search = Callable[[str], Sequence[Passage]]
"""Gives the passages for some words, best first."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds more passages in the middle of an answer.

    Attributes
    ----------
    retrieve : callable
        Gives the passages for some words, best first.
    around : callable
        Says what else is known of some passages.
    """

    retrieve: Search
    around: Callable[[Sequence[Passage]], Surroundings] = lambda _: NOTHING_KNOWN


class Searches:
    """Carries out the searches of one answer.

    Parameters
    ----------
    finder : Finder or None
        ``None`` where there is nothing but the passages that were given.
    steps : list of Step
        Where each search is told.
    """

    def __init__(self, finder: Finder | None, steps: list[Step]) -> None:
        self._finder, self._steps = finder, steps

    @property
    def are_possible(self) -> bool:
        """Whether there is anything to search."""
        return self._finder is not None

    @property
    def are_over(self) -> bool:
        """Whether another search would bring nothing: the last one did not, or was one too many."""
        last = [one for one in self._steps if one.kind == "search"]
        return bool(last) and (bool(last[-1].trouble) or len(last) >= MOST)

    @property
    def asked(self) -> list[str]:
        """The words of the searches so far."""
        return [one.text for one in self._steps if one.kind == "search"]

    def find(self, words: str, known: Sequence[Passage], *, about: str) -> list[Passage]:
        """Search once more, and tell the step.

        Parameters
        ----------
        about : str
            The question and what was quoted: a search that takes nothing from there has lost its
            way.

        Returns
        -------
        list of Passage
            Those that are not known yet; where there are none, the step says why.
        """
        asked, new = self.asked, list[Passage]()
        if not words:
            trouble = "nothing to search for"
        elif words.casefold() in map(str.casefold, asked):
            trouble = "searched for before"
        elif len(asked) >= MOST:
            trouble = f"no more than {MOST} searches"
        elif _share_within(words, about) < LEAST_SHARED:
            trouble = "not about the question"
        else:
            held = {_place(one) for one in known}
            found = self._finder.retrieve(words) if self._finder else ()
            new = [one for one in found if _place(one) not in held][:MOST_PASSAGES]
            trouble = "" if new else "nothing more was found"
        at = tuple(range(len(known), len(known) + len(new)))
        self._steps.append(Step("search", words, trouble=trouble, passages=at))
        return new

    def find_no_room(self) -> None:
        """Tell that what the last search found has no room in the context."""
        self._steps[-1] = replace(self._steps[-1], trouble="no room for more", passages=())

    def around(self, passages: Sequence[Passage]) -> Surroundings:
        """Say what else is known of passages."""
        return self._finder.around(passages) if self._finder else NOTHING_KNOWN


def _share_within(words: str, text: str) -> float:
    """Give the share of some words that stand in a text; of unspaced ones of their pairs."""
    units = words.casefold().split()
    if len(units) == 1 and not units[0].isascii():
        units = [units[0][at : at + 2] for at in range(len(units[0]) - 1)] or units
    said = text.casefold()
    return sum(one in said for one in units) / len(units)


def words_of(text: str) -> str | None:
    """Give the words of the search that a completion ends with, if it ends with one."""
    if not text.endswith(CLOSE):
        return None
    return " ".join(text.removesuffix(CLOSE).rpartition(OPEN)[2].split())[:LONGEST]


class SearchFilter(TaggedFilter):
    """Holds what stands between the tags of a search to one short line.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    over : callable
        Tells when no further search may be opened.
    """

    def __init__(self, pieces: Pieces, over: Callable[[], bool] = lambda: False) -> None:
        super().__init__(pieces, (OPEN, CLOSE))
        self._over = over

    def outside(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take away what goes on with the opening tag where no search may be opened."""
        tag = OPEN.encode()
        begun = next(n for n in range(len(tag) - 1, -1, -1) if self.tail.endswith(tag[:n]))
        if not begun or not self._over():
            return logits
        adjusted = logits.copy()
        adjusted[list(self.pieces.spelling(tag, begun, len(tag)))] = -np.inf
        return adjusted

    def fits(self, piece: bytes) -> bool:
        """Whether a line of words, with its closing tag, can go on with a token."""
        written = f"{self.inside}{piece.decode(errors='replace')}"
        words, tag, rest = written.partition("<")
        if tag:
            return bool(words.strip()) and CLOSE[1:].startswith(rest)
        return len(words) <= LONGEST and written.isprintable()


def _place(passage: Passage) -> tuple[str, int, int, str]:
    return passage.document, passage.page, passage.start, passage.text
