"""A question taken apart: its opening, its noun phrases, its periods. English, by word lists."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rare_app.followups import lexicon as known

_TOKEN = re.compile(r"[^\s,;:()“”\"]+|[,;:()]")
_ENDING = re.compile(r"[?!.\s…]+$")
_PARTICIPLE = re.compile(r".{2,}(?:ed|en|ing)$")
_PERIOD = re.compile(
    r"(?:(?:fiscal|financial|calendar)? ?(?:year )?(?:19|20)\d\d(?:[/–-]\d\d(?:\d\d)?)?"
    r"|(?:q[1-4]|h[12])(?: ?/? ?(?:of )?(?:19|20)\d\d)?|fy ?'?\d\d(?:\d\d)?"
    r"|(?:the )?(?:first|second|third|fourth|last|next|previous|same|this|1st|2nd|3rd|4th) "
    r"(?:quarter|half|year|month|week)(?: of (?:fiscal )?(?:19|20)\d\d)?"
    r"|(?:early |late |mid-?)?(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)(?: (?:19|20)\d\d)?"
    r"|(?:the )?(?:winter|summer|spring|autumn|night|day|morning|evening|weekend|weekends)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)",
    re.IGNORECASE,
)
_ATTACHING = frozenset(("of", "in", "for", "on", "at", "with", "between"))


def tokens_of(text: str) -> list[str]:
    """Split a question into words and commas; what ends it is left out."""
    return _TOKEN.findall(_ENDING.sub("", text.strip()))


def text_of(tokens: Sequence[str]) -> str:
    """Write words and commas as text again."""
    return re.sub(r" ([,;:)])|(\() ", r"\1\2", " ".join(tokens))


def is_period(tokens: Sequence[str]) -> bool:
    """Whether the words name a time: a year, quarter, month, season."""
    return bool(_PERIOD.fullmatch(" ".join(tokens)))


def is_opening(plain: Sequence[str]) -> bool:
    """Whether there is a question word and no question: why, by whom, how often, since when.

    Parameters
    ----------
    plain : sequence of str
        Words in lower case, at least one.
    """
    rest = plain[1:] if plain[0] in known.PREPOSITIONS and len(plain) > 1 else plain
    if rest[0] not in known.WH - {"whose"}:
        return False
    if "per" in rest[1:-1] and rest.index("per") == len(rest) - 2:
        rest = rest[:-2]
    manner = known.AMOUNTS | known.PREDICATES | {"often", "far", "exactly", "not", "come", "so"}
    return all(one in manner for one in rest[1:]) and "about" not in rest


def periods(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Find the longest times that a question names, as half-open spans of words."""
    at = 0
    while at < len(tokens):
        ends = range(min(len(tokens), at + 6), at, -1)
        end = next((one for one in ends if is_period(tokens[at:one])), None)
        if end is None:
            at += 1
        else:
            yield at, end
            at = end


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: a half-open span of words, and the preposition right before it."""

    start: int
    end: int
    words: tuple[str, ...]
    preposition: str = ""

    @property
    def head(self) -> str:
        """The word that says what it is, in lower case."""
        return self.words[-1].lower()

    @property
    def bare(self) -> tuple[str, ...]:
        """The words without a determiner."""
        first = self.words[0].lower()
        return self.words[1:] if first in known.DETERMINERS and len(self.words) > 1 else self.words

    @property
    def of_people(self) -> bool:
        """Whether it is a person."""
        return self.head in known.PEOPLE

    @property
    def named(self) -> bool:
        """Whether it is a proper name."""
        return all(word[0].isupper() for word in self.bare if word.lower() not in ("of", "&"))

    @property
    def coded(self) -> bool:
        """Whether it is a code such as HX-40."""
        return any(c.isdigit() for c in self.head) and any(c.isalpha() for c in self.head)

    @property
    def plural(self) -> bool:
        """Whether it speaks of several, as far as an ending tells."""
        if "and" in self.words or "&" in self.words:
            return True
        if self.named or self.coded:
            return False
        several = self.head in ("children", "people", "men", "women", "data", "criteria")
        return several or (self.head.endswith("s") and not self.head.endswith(("ss", "us", "is")))


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    Attributes
    ----------
    tokens : tuple of str
    opening : (int, int)
        Span of the question word and what belongs to it; empty for yes or no.
    auxiliary : int or None
        Place of is, does, must …; ``None`` for “Who repairs …” and for what is no question.
    phrases : tuple of Phrase
        Noun phrases behind the opening.
    """

    tokens: tuple[str, ...]
    opening: tuple[int, int]
    auxiliary: int | None
    phrases: tuple[Phrase, ...]

    @property
    def lower(self) -> list[str]:
        """The words in lower case."""
        return [one.lower() for one in self.tokens]

    @property
    def asks_for_subject(self) -> bool:
        """Whether it is of the kind “Who repairs …”, “Which pump feeds …”."""
        start, end = self.opening
        head = {*self.lower[start:end]} & known.SUBJECT_WH
        if not head:
            return False
        if self.auxiliary is None:
            return True
        after = self.auxiliary + 1
        return not any(one.start == after for one in self.phrases)

    def with_attached(self, phrase: Phrase) -> Phrase:
        """Give a noun phrase with what hangs on it: the oil in the pump."""
        while True:
            following = next(
                (
                    one
                    for one in self.phrases
                    if one.start == phrase.end + 1
                    and one.preposition in _ATTACHING
                    and not is_period(one.words)
                    and (one.preposition == "of" or one.head not in known.DOCUMENT_WORDS)
                ),
                None,
            )
            if following is None:
                return phrase
            joined = self.tokens[phrase.start : following.end]
            phrase = replace(phrase, end=following.end, words=tuple(joined))


def take_apart(question: str) -> Question | None:
    """Take a question apart; ``None`` for what does not begin as a question does."""
    tokens = tokens_of(question)
    low = [one.lower() for one in tokens]
    asking = known.WH | known.AUXILIARIES
    begin = next((i for i, one in enumerate(low) if one in asking), None)
    if begin is None or (begin > 1 and "," not in low[:begin]):
        return None
    if low[begin] in known.AUXILIARIES:
        opening, auxiliary = (begin, begin), begin
    else:
        start = begin - 1 if begin and low[begin - 1] in known.PREPOSITIONS else begin
        if 0 < start < begin and low[start - 1] != ",":
            return None
        auxiliary_or_none = _auxiliary(low, begin)
        end = auxiliary_or_none if auxiliary_or_none is not None else _end_of_opening(low, begin)
        opening = (start, end)
        auxiliary = auxiliary_or_none  # type: ignore[assignment]
    first = opening[1] if auxiliary is None else auxiliary + 1
    kind = low[auxiliary] if auxiliary is not None else ""
    phrases = tuple(_phrases(tokens, first, kind))
    return Question(tuple(tokens), opening, auxiliary, phrases)


def _auxiliary(low: Sequence[str], begin: int) -> int | None:
    """Find is, does, must … behind a question word; ``None`` where the verb itself follows."""
    place = next(
        (i for i in range(begin + 1, len(low)) if low[i] in known.AUXILIARIES),
        None,
    )
    if place is None or place == begin + 1:
        return place
    for i in range(begin + 1, place):
        after = low[i + 1]
        if low[i] in known.FINITE and (
            low[begin] == "who" or (after not in known.AUXILIARIES and (i > begin + 1 or i == 1))
        ):
            return None
        if low[i] in known.CONJUNCTIONS or low[i] == ",":
            return None
    return place


def _end_of_opening(low: Sequence[str], begin: int) -> int:
    """Find where “Which pump” ends before “feeds”."""
    for i in range(begin + 1, len(low)):
        if low[i] in known.FINITE:
            return i
    return begin + 1


def _is_stop(word: str) -> bool:
    return word in _STOPS or not word[0].isalnum()


_STOPS = (
    known.PREPOSITIONS
    | known.CONJUNCTIONS
    | known.AUXILIARIES
    | known.ADVERBS
    | known.AMOUNTS
    | known.WH
    | (known.PRONOUNS - {"one", "ones"})
    | {"to", "not", "be", "been", "being", "according", "if"}
)


def _phrases(tokens: Sequence[str], first: int, kind: str) -> Iterator[Phrase]:
    """Find the noun phrases from a word on; `kind` is the question's auxiliary."""
    low = [one.lower() for one in tokens]
    needs_verb = kind in known.DO or kind in known.MODALS
    at = first
    while at < len(low):
        word = low[at]
        begins = word in known.DETERMINERS and at + 1 < len(low) and not _is_stop(low[at + 1])
        if not begins and (_is_stop(word) or word in known.DETERMINERS):
            skip = word == "to" and at + 1 < len(low) and low[at + 1] in known.VERBS
            at += 2 if skip else 1
            continue
        if not begins and _is_verb_here(low, at, first):
            needs_verb = False
            at += 1
            continue
        end, verb = _end_of_phrase(tokens, at, needs_verb=needs_verb, kind=kind)
        before = low[at - 1] if at else ""
        preposition = before if before in known.PREPOSITIONS else ""
        yield Phrase(at, end, tuple(tokens[at:end]), preposition)
        if verb:
            needs_verb = False
        at = end + 1 if verb else end


def _is_verb_here(low: Sequence[str], at: int, first: int) -> bool:
    """Whether a word that begins no noun phrase with a determiner is the question's verb."""
    word = low[at]
    follows = low[at + 1] if at + 1 < len(low) else ""
    opens = not follows or _is_stop(follows) or follows in known.DETERMINERS
    if word in known.FINITE | known.VERBS and (at == first or opens):
        return at == first or low[at - 1] not in known.PREPOSITIONS
    if word in known.PREDICATES and (opens or not follows):
        return True
    return bool(_PARTICIPLE.match(word)) and opens and low[at - 1] not in known.PREPOSITIONS


def _end_of_phrase(
    tokens: Sequence[str], at: int, *, needs_verb: bool, kind: str
) -> tuple[int, bool]:
    """Find the end of a noun phrase, and whether the question's verb stands there."""
    low = [one.lower() for one in tokens]
    end = at + 1 if low[at] in known.DETERMINERS else at
    begun = end
    verbs = []
    while end < len(low):
        word = low[end]
        if end > begun and tokens[end] == "&":
            end += 1
            continue
        if _is_stop(word) or (word in known.DETERMINERS and end > at):
            break
        if end > begun:
            last = end + 1 >= len(low) or _is_stop(low[end + 1])
            last = last or low[end + 1] in known.DETERMINERS
            if needs_verb and word in known.VERBS:
                if last or tokens[end + 1][0].isupper() or low[end + 1][0].isdigit():
                    return end, True
                verbs.append(end)
            if not needs_verb and last and kind in known.BE | known.HAVE:
                if word in known.PREDICATES | known.SAME_AGAIN | known.WHOLE:
                    return end, False
                if _PARTICIPLE.match(word) or (word in known.FINITE and not word.endswith("s")):
                    return end, False
        end += 1
    if needs_verb and verbs:
        return verbs[-1], True
    return end, False
