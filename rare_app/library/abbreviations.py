"""Abbreviations that a document itself explains, as “research and development (R&D)”."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rare_app.words import STOP_WORDS

MOST = 500
"""Abbreviations that are kept of one document."""
LOOKED_UP = 4
"""Abbreviations of a question, and other forms of one, that are looked up."""
_LONGEST_WORDS = 10
"""Most words of a long form."""
_LOOK_BACK = 120
"""Characters before a bracket among which the long form is looked for."""

_SHORT = r"[^\W\d_](?:[^\W_]|[&/.-](?=[^\W_])){1,9}"
_GIVEN = re.compile(rf"(?<![^\W_]){_SHORT}(?![^\W_])")
_QUOTES = "“”\"'‘’„"
_BRACKETED = re.compile(rf"(?<=\s)\(\s*[{_QUOTES}]?({_SHORT})[{_QUOTES}]?\s*\)")
_LISTED = re.compile(rf"^[ \t]*({_SHORT})[ \t:=–—-]+(\S.*)$", re.MULTILINE)
_PARTS = re.compile(r"[.;:!?](?=\s)|[()]")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_EDGES = " \t\n,.;:" + _QUOTES


def find_abbreviations(text: str) -> set[tuple[str, str]]:
    """Find the abbreviations that a text explains.

    Two ways of writing are known: a long form with its short one in brackets behind (Schwartz and
    Hearst 2003: each letter of the short form is found in the long one, from the right, the first
    one at the start of a word), and lines of a list of terms, “EPS  Earnings per share”, in which
    each letter has to begin a word.

    Returns
    -------
    set of (short, long)
        The long form in lower case, with single blanks.
    """
    found: set[tuple[str, str]] = set()
    for match in _BRACKETED.finditer(text):
        short = match[1]
        # A sentence's end, or another bracket, parts words that do not belong together.
        before = _PARTS.split(text[max(0, match.start() - _LOOK_BACK) : match.start()])[-1]
        if _is_short(short) and (long := _ending(short, before)):
            found.add((short, long))
        if len(found) >= MOST:
            return found
    for match in _LISTED.finditer(text):
        short, rest = match.groups()
        if _is_short(short) and (long := _beginning(short, rest)):
            found.add((short, long))
        if len(found) >= MOST:
            break
    return found


def _is_short(word: str) -> bool:
    """Whether a word looks like an abbreviation: two capitals, no longer than ten signs."""
    return sum(c.isupper() for c in word) >= 2


def _letters(short: str) -> str:
    bare = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    return "".join(c for c in bare.lower() if c.isalnum())


def _ending(short: str, before: str) -> str:
    """Find the shortest end of the words before a bracket that explains the short form."""
    letters, text = _letters(short), before.strip(_EDGES)
    lower, at = text.lower(), len(text)
    for number, letter in reversed(list(enumerate(letters))):
        at = lower.rfind(letter, 0, at)
        while number == 0 and at >= 0 and not _starts(lower, at):
            at = lower.rfind(letter, 0, at)
        if at < 0:
            return ""
    long = " ".join(lower[at:].split()).strip(_EDGES)
    words = _WORD.findall(long)
    # At most twice as many words as letters, and five more (Schwartz and Hearst, section 3).
    if len(words) < 2 or len(words) > min(2 * len(letters), len(letters) + 5):
        return ""
    return long


def _starts(text: str, at: int) -> bool:
    """Whether a word that means something starts here: no long form begins with “of”."""
    word = _WORD.match(text, at)
    return (
        word is not None and word[0] not in STOP_WORDS and (at == 0 or not text[at - 1].isalnum())
    )


def _beginning(short: str, rest: str) -> str:
    """Find the words at the start of a line that begin with the letters of the short form."""
    words = list(_WORD.finditer(rest.lower()))
    # “MG&A Marketing, general, and administrative”: its A is not that of “and”.
    for skipped in (STOP_WORDS, frozenset[str]()):
        letters, taken = list(_letters(short)), 0
        for match in words:
            if not letters:
                break
            if match[0][0] == letters[0] and match[0] not in skipped:
                del letters[0]
            elif match[0] not in STOP_WORDS:
                break
            taken += 1
        if not letters and taken > 1:
            return " ".join(rest.lower()[: words[taken - 1].end()].split()).strip(_EDGES)
    return ""


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """What the documents of a collection abbreviate, to be looked up both ways.

    Attributes
    ----------
    long_forms : mapping of str to tuple of str
        Short form, as written, to its long forms.
    short_forms : mapping of str to tuple of str
        The other way round; of the long forms the words alone.
    """

    long_forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    short_forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Abbreviations":
        """Sort (short, long) pairs both ways."""
        long_forms: dict[str, list[str]] = {}
        short_forms: dict[str, list[str]] = {}
        for short, long in dict.fromkeys(pairs):
            long_forms.setdefault(short, []).append(long)
            short_forms.setdefault(" ".join(_WORD.findall(long)), []).append(short)
        return cls(
            {short: tuple(own) for short, own in long_forms.items()},
            {long: tuple(own) for long, own in short_forms.items()},
        )

    def other_forms(self, question: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """List the abbreviations and explained words of a question with their other forms.

        Returns
        -------
        tuple of (given, others)
            ``("R&D", ("research and development",))``, and the other way round; at most
            :data:`LOOKED_UP` of each.
        """
        found: dict[str, tuple[str, ...]] = {}
        for word in _GIVEN.findall(question) if self.long_forms else ():
            own = (word, word.removesuffix("s"), f"{word}s")
            others = [long for one in own for long in self.long_forms.get(one, ())]
            if others:
                found[word] = tuple(dict.fromkeys(others))[:LOOKED_UP]
        words = _WORD.findall(question.lower()) if self.short_forms else []
        for length in range(2, _LONGEST_WORDS):
            for at in range(len(words) - length + 1):
                run = " ".join(words[at : at + length])
                if run in self.short_forms:
                    found[run] = self.short_forms[run][:LOOKED_UP]
        return tuple(found.items())[:LOOKED_UP]
