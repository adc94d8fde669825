"""Searches of a reasoning: more passages, found and put in where the reasoning stands.

Memory³ retrieves while it writes (arXiv 2407.01178, section 3.2); here the model asks for it, in
words of its own between tags, and what is found is recalled from the explicit memory right there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence import NOTHING_KNOWN, Surroundings
from rare_app.library import Passage
from rare_app.model import Pieces
from rare_app.reasoning.prompt import SEARCH_CLOSE as CLOSE
from rare_app.reasoning.prompt import SEARCH_OPEN as OPEN
from rare_app.reasoning.types import Step

MOST = 3
"""Searches of one answer; a model that goes on is in a loop."""
MOST_PASSAGES = 2
"""New passages that one search puts in."""
LONGEST = 120
"""Characters of the words of a search."""
_TRIED = 256
"""Likeliest tokens that are looked at; if none of them fits, the search is closed."""


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

    def find(self, words: str, known: Sequence[Passage]) -> list[Passage]:
        """Search once more, and tell the step.

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


def words_of(text: str) -> str | None:
    """Give the words of the search that a completion ends with, if it ends with one."""
    if not text.endswith(CLOSE):
        return None
    return " ".join(text.removesuffix(CLOSE).rpartition(OPEN)[2].split())[:LONGEST]


class SearchFilter:
    """Holds what stands between the tags of a search to one short line.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    over : callable
        Tells when no further search may be opened.
    """

    def __init__(self, pieces: Pieces, over: Callable[[], bool] = lambda: False) -> None:
        self._pieces = pieces
        self._over = over
        self._tail = b""
        self._inside: str | None = None

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Leave the tokens that a line of words can go on with; all outside of one."""
        if self._inside is None:
            return self._unopened(logits) if self._over() else logits
        count = min(_TRIED, len(logits))
        likeliest = np.argpartition(-logits, count - 1)[:count]
        allowed = [int(token) for token in likeliest if self._fits(int(token))]
        adjusted = np.full_like(logits, -np.inf)
        if allowed:
            adjusted[allowed] = logits[allowed]
        else:
            begun = next(n for n in range(len(CLOSE), -1, -1) if self._inside.endswith(CLOSE[:n]))
            adjusted[list(self._pieces.spelling(CLOSE.encode(), begun, len(CLOSE)))] = 0.0
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Follow what is written."""
        self._tail = (self._tail + piece)[-4 * LONGEST :]
        if self._inside is None:
            if self._tail.endswith(OPEN.encode()):
                self._inside = ""
            return
        self._inside += piece.decode("utf-8", errors="replace")
        if CLOSE in self._inside:
            self._inside = None

    def expected(self) -> str:
        """Nothing is known of what comes next."""
        return ""

    def _unopened(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take away what goes on with the opening tag."""
        tag = OPEN.encode()
        begun = next(n for n in range(len(tag) - 1, -1, -1) if self._tail.endswith(tag[:n]))
        if not begun:
            return logits
        adjusted = logits.copy()
        adjusted[list(self._pieces.spelling(tag, begun, len(tag)))] = -np.inf
        return adjusted

    def _fits(self, token: int) -> bool:
        written = f"{self._inside}{self._pieces.of(token).decode(errors='replace')}"
        words, tag, rest = written.partition("<")
        if tag:
            return bool(words.strip()) and CLOSE[1:].startswith(rest)
        return len(words) <= LONGEST and written.isprintable()


def _place(passage: Passage) -> tuple[str, int, int, str]:
    return passage.document, passage.page, passage.start, passage.text
