"""What speaks for and against a claim at a place: a few numbers that can be read and weighed."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from rare_app.proof.grounds import Grounds, Place, Said
from rare_app.proof.naming import is_named
from rare_app.proof.polarity import denials, opposed
from rare_app.proof.quantities import Quantity, stands_in
from rare_app.proof.statements import Statement

Signs = Mapping[str, float]

_SPACES = re.compile(r"\s+")
_MARKED = re.compile(r"\d[\d.,]*\d|\d|(?<=[a-z,;] )[A-Z][\w’'-]+")
_ASKS_NUMBER = re.compile(
    r"\b(?:when|how (?:many|much|old|long|far|tall|high|large|big)|"
    r"what (?:year|date|percentage))\b",
    re.IGNORECASE,
)
_ASKS_NAME = re.compile(r"^\W*(?:who|whom|whose|where)\b", re.IGNORECASE)


def signs(
    statement: Statement,
    place: Place,
    grounds: Grounds,
    *,
    likeness: float,
    best_asked: float = 0.0,
    reader: float = 0.0,
) -> dict[str, float]:
    """Weigh a claim against one sentence, its neighbours and its passage.

    Parameters
    ----------
    likeness : float
        Cosine similarity of claim (with the question, if it is short) and sentence.
    best_asked : float
        The largest share of the question's words that any sentence holds.
    reader : float
        How much less likely than the best answer the reader thinks this one, in nats, at most 0.

    Returns
    -------
    dict of str to float
        By name: shares in [0, 1], counts cut at 1 or 2, and 0 or 1 for what is so or not.
    """
    near, whole = grounds.near(place), grounds.wholes[place.passage]
    scale = grounds.scales[place.passage]
    # Words that stand there as they are say what they say; what is denied about them stands in the
    # question ("What did it fail to do?").
    said = statement if stands(statement.text, place.text) else place
    found = {
        "likeness": likeness,
        "words": grounds.share(statement.stems, place.stems),
        "words_near": grounds.share(statement.stems, near.stems),
        "words_passage": grounds.share(statement.stems, whole.stems),
        "words_two": _with_another(statement, place, grounds),
        "sequence": sequence(statement.text, place.text),
        "length": math.log1p(len(statement.stems)),
        "denied": float(min(2, denials(statement.polarity, said.polarity))),
        "opposed": float(min(1, opposed(statement.polarity, said.polarity))),
        "negations": float(min(1, abs(statement.polarity.cues - said.polarity.cues))),
        **_numbers(statement.quantities, place, near, whole, scale),
        **_names(statement.names(grounds.common), place, near, whole),
    }
    found["repeated"] = float(_repeats(statement, place))
    unmet = statement.polarity.cues > 0 and said.polarity.cues == 0
    found["negation_added"] = float(unmet)
    if statement.short:
        asked = grounds.share(statement.asked, place.stems)
        found |= {
            "asked": asked,
            "asked_near": grounds.share(statement.asked, near.stems),
            "asked_behind": max(0.0, best_asked - asked),
            "other_kind": float(is_other_kind(statement)),
            "stands": float(stands(statement.text, place.text)),
            "reader": max(-12.0, reader),
        }
    return found


def _with_another(statement: Statement, place: Place, grounds: Grounds) -> float:
    """Share of a claim's words that a sentence holds together with the one that adds most."""
    held = statement.stems & place.stems
    left = statement.stems - held
    most = max((grounds.share(left, one.stems) for one in grounds.places), default=0.0)
    own = grounds.share(statement.stems, place.stems)
    return own + (1 - own) * most


def sequence(claim: str, text: str) -> float:
    """Share of the shorter text's letters that stand in the other one in order, in [0, 1]."""
    return fuzz.partial_ratio(claim.lower(), text.lower()) / 100


def stands(claim: str, text: str) -> bool:
    """Whether a claim stands in a text word for word, white space and capitals aside."""
    words = _SPACES.sub(" ", claim.lower()).strip(" .!?\"“”'")
    return bool(words) and bool(
        re.search(rf"(?<!\w){re.escape(words)}(?!\w)", _SPACES.sub(" ", text.lower()))
    )


def is_other_kind(statement: Statement) -> bool:
    """Whether a question asks for a number or a time and the answer has none, or the reverse."""
    numbers = bool(statement.quantities)
    if _ASKS_NUMBER.search(statement.question):
        return not numbers and not any(sign.isdigit() for sign in statement.text)
    return bool(_ASKS_NAME.match(statement.question)) and (
        numbers and not any(sign.isalpha() for sign in statement.text)
    )


def _repeats(statement: Statement, place: Place) -> bool:
    """Whether a claim says a number or name more often than the sentence does, and more than once.

    A list in which one item was put in the place of another does.
    """
    ours = Counter(word.lower() for word in _MARKED.findall(statement.text))
    if not any(count > 1 for count in ours.values()):
        return False
    theirs = Counter(word.lower() for word in _MARKED.findall(place.text))
    return any(count > 1 and 0 < theirs[word] < count for word, count in ours.items())


def _numbers(
    claimed: Sequence[Quantity], place: Place, near: Said, whole: Said, scale: float
) -> dict[str, float]:
    away = [one for one in claimed if not stands_in(one, place.quantities, scale=scale)]
    far = [one for one in away if not stands_in(one, near.quantities, scale=scale)]
    nowhere = [one for one in far if not stands_in(one, whole.quantities, scale=scale)]
    return {
        "numbers_held": float(bool(claimed) and not away),
        "number_away": float(bool(away)),
        "number_far": float(bool(far)),
        "number_nowhere": float(bool(nowhere)),
    }


def _names(claimed: Sequence[str], place: Place, near: Said, whole: Said) -> dict[str, float]:
    away = [one for one in claimed if not is_named(one, place.words)]
    far = [one for one in away if not is_named(one, near.words)]
    nowhere = [one for one in far if not is_named(one, whole.words)]
    total = len(claimed) or 1
    return {
        "names_away": len(away) / total,
        "names_far": len(far) / total,
        "name_nowhere": float(bool(nowhere)),
    }
