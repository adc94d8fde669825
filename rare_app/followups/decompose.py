"""A question that asks for several things, taken apart into questions for one thing each.

What one reader or one model answers is one thing: of “the weight, and how much it holds” it gives
the first and says nothing of the second. English, by word lists; where the rules are not sure the
question stays whole.
"""

import re
from collections.abc import Iterator, Sequence

from rare_app.followups import lexicon as known
from rare_app.followups.fragment import agreeing, finish
from rare_app.followups.parts import (
    Phrase,
    Question,
    is_opening,
    is_period,
    take_apart,
    text_of,
    tokens_of,
)
from rare_app.followups.rewrite import make_standalone

MOST = 4
"""Things that are answered one by one; a question for more is left whole."""
_LONGEST = 60
"""Words of a question that is taken apart."""
_TELLING = 2
"""Words from which a sub-question says by itself what it is about."""
_SENTENCE = re.compile(r"(?<=\?)\s+")
_TOGETHER = re.compile(
    r"\b(?:differ\w*|compar\w+|versus|vs|between|both|combined|together|totals?|sum|same|either"
    r"|respectively|change[ds]?|relat\w+|interact\w*|correlat\w+|associat\w+)\b",
    re.IGNORECASE,
)
"""Words of a question that is about several things together."""
_SUBJECTS = (
    known.DETERMINERS - {"that", "those", "no"} | known.PRONOUNS - {"that", "those"} | {"there"}
)
_HANGING = known.WH | known.AMOUNTS | known.PREPOSITIONS | known.CONJUNCTIONS | {"often", "to"}
"""Words that no whole question ends with."""
_STRANDED = frozenset(("for", "to", "of", "with", "from", "on", "in", "by", "about", "at"))


def sub_questions(question: str) -> tuple[str, ...]:
    """Take a question apart into questions for one thing each, in the user's own words.

    Parameters
    ----------
    question : str
        Standalone.

    Returns
    -------
    tuple of str
        The first stands by itself, the others go on from it (:func:`stand_alone`). Empty where it
        asks for one thing, is not English, or cannot be told.
    """
    text = question.strip()
    sentences = _SENTENCE.split(text)
    whole = all(one.endswith("?") for one in sentences[:-1])
    if not whole or "\n" in text or len(text.split()) > _LONGEST:
        return ()
    clauses = [
        finish(_without_lead(own)) for one in sentences for own in _clauses(tokens_of(one)) if own
    ]
    found = [part for one in clauses for part in _objects(one) or _places(one) or (one,)]
    return tuple(found) if 1 < len(found) <= MOST else ()


def stand_alone(part: str, *, last: str, answer: str = "") -> str:
    """Write a later one of the sub-questions as it would be asked by itself.

    Parameters
    ----------
    part : str
    last : str
        The one before it, standalone.
    answer : str
        What that was answered; empty where the documents did not answer.
    """
    tokens, before = tokens_of(part), take_apart(last)
    if before is None:
        return part
    return _which_one(tokens, before) or make_standalone(
        f"And {part}", last=last, answer=answer, close=True
    )


def says_little(part: str) -> bool:
    """Whether a sub-question says nothing by itself that could be looked for: how long to wait."""
    small = known.FUNCTION | known.AUXILIARIES | known.AMOUNTS | {"long", "far", "often", "soon"}
    return sum(one.lower() not in small and one[0].isalnum() for one in tokens_of(part)) < _TELLING


def last_of(question: str) -> str:
    """Give what a question asks for last, by itself: what a follow-up goes on from."""
    standalone = question
    for number, part in enumerate(sub_questions(question)):
        standalone = stand_alone(part, last=standalone) if number else part
    return standalone


def _without_lead(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and tokens[0].lower() in ("and", "or", "but", "also", ","):
        tokens = tokens[1:]
    return tokens


# --- clauses: “what is the fee, and who pays it” ---


def _clauses(tokens: Sequence[str], *, first: bool = True) -> Iterator[list[str]]:
    """Split a sentence where another question begins; a first clause must be whole."""
    low = [one.lower() for one in tokens]
    lead = _conditional_lead(low)
    begin = len(lead)
    for at in range(begin + 1, len(low) - 1):
        if not _parts_here(tokens, at):
            continue
        end = at - 1 if low[at - 1] == "," else at
        left, right = list(tokens[begin:end]), list(tokens[at + 1 :])
        plain = [one.lower() for one in left]
        if plain and is_opening(plain):
            shared = take_apart(text_of(right))
            if (
                shared is not None
                and shared.auxiliary is not None
                and not is_opening(low[at + 1 :])
            ):
                yield [*tokens[:begin], *left, *right[shared.auxiliary :]]
                yield [*tokens[:begin], *right]
                return
            if first:
                continue
        if _is_whole(left) or (plain and is_opening(plain)):
            yield [*tokens[:begin], *left]
            for other in _clauses(right, first=False):
                yield [*tokens[:begin], *other]
            return
    yield list(tokens)


def _conditional_lead(low: Sequence[str]) -> Sequence[str]:
    """Give “if the rent is late,” before the question itself."""
    if not low or low[0] not in ("if", "when", "after", "before", "in", "for", "during", "under"):
        return ()
    comma = next((i for i, one in enumerate(low) if one == ","), None)
    if comma is None or comma + 1 >= len(low):
        return ()
    return low[: comma + 1] if low[comma + 1] in known.WH | known.AUXILIARIES else ()


def _parts_here(tokens: Sequence[str], at: int) -> bool:
    """Whether an “and” or a comma stands before another question."""
    if tokens[at].lower() == "and":
        return _begins_question(tokens, at + 1)
    if tokens[at] != "," or tokens[at + 1].lower() in ("and", "who", "whose", "which"):
        return False  # “the tenant, who pays the rent”
    behind = [one.lower() for one in tokens[at + 1 :]]
    end = next((i for i, one in enumerate(behind) if one in ("and", ",")), len(behind))
    whole = end < len(behind) and _begins_question(tokens, at + 1)
    return whole and (is_opening(behind[:end]) or behind[1] in known.AUXILIARIES | known.AMOUNTS)


def _begins_question(tokens: Sequence[str], at: int) -> bool:
    """Whether a question begins here: by whom, how much does, is the."""
    low = [one.lower() for one in tokens[at : at + 3]]
    if low[0] in known.PREPOSITIONS and len(low) > 1:
        low = low[1:]
    if low[0] in known.WH:
        return True
    follows = tokens[at + 1].lower() if at + 1 < len(tokens) else ""
    subject = known.PRONOUNS - known.DETERMINERS | {"there"}
    if tokens[0].lower() in known.AUXILIARIES:
        subject = subject | _SUBJECTS  # “is smoking allowed and is the lift open”
    return low[0] in known.AUXILIARIES and follows in subject


def _is_whole(left: Sequence[str]) -> bool:
    """Whether words are a question that stands by itself, and do not break off."""
    if len(left) < 3:
        return False
    question = take_apart(text_of(left))
    if question is None:
        return False
    last = left[-1].lower()
    stranded = last in _STRANDED and len(left) > 3 and question.auxiliary is not None
    return stranded or last not in _HANGING


def _which_one(tokens: list[str], before: Question) -> str:
    """Ask “which one was accepted?”, “which are closed?” of the offers that were spoken of."""
    low = [*(one.lower() for one in tokens), "", ""]
    one = low[:2] in (["which", "one"], ["which", "ones"])
    verb = low[1] in known.AUXILIARIES or low[2] in known.DETERMINERS | known.PRONOUNS
    if low[0] != "which" or not (one or verb):
        return ""
    start, end = before.opening
    counted = before.lower[start : start + 2] in (["how", "many"], ["which", "of"])
    if before.auxiliary is None:
        end = start + 2 + counted  # “which drugs induce”: where the verb stands is not known
    named = before.lower[start] in ("which", "what") and end - start > 1
    noun = list(before.tokens[start + 1 + counted : end]) if counted or named else []
    if not noun:
        return ""
    if low[1] == "one" and noun[-1].endswith("s") and not noun[-1].endswith("ss"):
        noun[-1] = noun[-1][:-1]
    rest = tokens[1 + one :]
    asked = finish([tokens[0], *noun, *rest])
    last = text_of(before.tokens)
    if before.auxiliary is None:
        last = text_of([*before.tokens[:end], "have", *before.tokens[end + 1 :]])
    return make_standalone(f"And {asked}", last=last, close=True)


# --- side by side: “the rent and the term of the lease”, “under A and under B” ---


def _objects(text: str) -> tuple[str, ...]:
    """Split “What are the rent and the term of the lease?”."""
    question = take_apart(text)
    if question is None or question.auxiliary is None or _TOGETHER.search(text):
        return ()
    low, at = question.lower, question.auxiliary
    opening = low[question.opening[0] : question.opening[1]]
    if opening not in (["what"], ["who"]) or low[at] not in known.BE:
        return ()
    first = next((one for one in question.phrases if one.start == at + 1), None)
    if first is None or low[first.start] not in known.DETERMINERS:
        return ()
    own = question.with_attached(first)
    second = _beside(question, own.end)
    if second is None or low[second.start] not in known.DETERMINERS:
        return ()
    end = question.with_attached(second).end
    tail = () if own.end > first.end else question.tokens[second.end : end]
    rest = question.tokens[end:]
    both = ((first, (*own.words, *tail)), (second, question.tokens[second.start : end]))
    return tuple(
        finish([*question.tokens[:at], agreeing(low[at], plural=one.plural), *words, *rest])
        for one, words in both
    )


def _places(text: str) -> tuple[str, ...]:
    """Split “How soon … under the policy and under the agreement?”."""
    question = take_apart(text)
    if question is None or _TOGETHER.search(text):
        return ()
    tokens = question.tokens
    for phrase in question.phrases:
        if not phrase.preposition or is_period(phrase.words):
            continue
        second = _beside(question, phrase.end, preposition=phrase.preposition)
        if second is None or is_period(second.words):
            continue
        end = question.with_attached(second).end
        return (
            finish([*tokens[: phrase.end], *tokens[end:]]),
            finish([*tokens[: phrase.start], *tokens[second.start :]]),
        )
    return ()


def _beside(question: Question, at: int, *, preposition: str = "") -> Phrase | None:
    """Find the noun phrase that “and” puts beside what ends here."""
    low = question.lower
    if at < len(low) and low[at] == ",":
        at += 1
    if at >= len(low) or low[at] != "and":
        return None
    start = at + 1
    if preposition:
        if start >= len(low) or low[start] != preposition:
            return None
        start += 1
    return next((one for one in question.phrases if one.start == start), None)
