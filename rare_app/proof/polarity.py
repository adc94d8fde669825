"""Which words of a text are negated, and which words are the opposite of one another."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rare_app.words import STOP_WORDS, content_words

_TOKEN = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*|[,;:.!?()—–]")
_CUES = frozenset(
    """
    not no never none nobody nothing neither nor without cannot n't lack lacks lacked
    lacking fail fails failed unable refuse refuses refused nowhere hardly barely scarcely
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
_NOT = re.compile(r"(?:n['’]t|nt)$")
_CONTRACTED = frozenset(
    """
    dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt hasnt
    havent hadnt
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
_SCOPE = 5
"""Content words after a cue that it may speak of."""
_KEPT = frozenset(
    """
    more less most least before after over under above below up down
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Words whose opposite matters, though they are function words elsewhere."""

_PAIRS = """
    increase/decrease increase/decline increase/reduce increase/fall rise/fall rise/drop grow/shrink
    more/less more/fewer most/least higher/lower high/low highest/lowest larger/smaller
    largest/smallest big/small large/small above/below over/under before/after earlier/later
    early/late first/last start/end begin/end began/ended open/close opened/closed include/exclude
    allow/prohibit allow/forbid permit/prohibit permit/forbid accept/reject accept/refuse
    approve/reject win/lose won/lost gain/loss profit/loss buy/sell bought/sold minimum/maximum
    maximum/minimum always/never all/none all/some true/false positive/negative same/different
    similar/different strong/weak stronger/weaker better/worse best/worst north/south east/west
    northern/southern eastern/western left/right upper/lower old/new older/newer older/younger
    oldest/youngest young/old male/female husband/wife father/mother son/daughter brother/sister
    king/queen hot/cold warm/cool warmer/cooler light/dark heavy/light fast/slow faster/slower
    long/short longer/shorter tall/short taller/shorter wide/narrow deep/shallow rich/poor
    safe/dangerous easy/difficult easier/harder likely/unlikely able/unable possible/impossible
    legal/illegal valid/invalid present/absent presence/absence success/failure succeed/fail
    effective/ineffective significant/insignificant common/rare public/private internal/external
    inside/outside import/export input/output income/expense asset/liability credit/debit
    lender/borrower landlord/tenant buyer/seller supplier/customer employer/employee
    required/optional mandatory/optional temporary/permanent domestic/foreign single/married
    alive/dead born/died up/down on/off many/few enter/leave arrive/depart
    add/remove accelerate/slow expand/contract improve/worsen support/oppose agree/disagree
    love/hate increase/fell rise/fell rose/fell rose/dropped rose/declined grew/fell grew/shrank
    indoors/outdoors indoor/outdoor trained/untrained paid/unpaid
    attract/repel absorb/reflect gained/lost raised/lowered raise/lower raise/cut
"""


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in _stem(word))


def _stem(word: str) -> list[str]:
    return content_words(word) or [word]


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split():
        one, other = (_stem(word)[0] for word in pair.split("/"))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _opposites()
"""Stems and their opposites, both ways."""
_PREFIXES = ("un", "in", "im", "non", "dis", "ir", "il")


@dataclass(frozen=True, slots=True)
class Polarity:
    """Content words of a text with what is said of them.

    Attributes
    ----------
    negated : frozenset of str
        Stems that stand in the scope of a negation at every place.
    plain : frozenset of str
        Stems that stand outside of one at some place.
    nearest : frozenset of str
        Stems that follow a negation directly.
    cues : int
        How many negations there are.
    """

    negated: frozenset[str]
    plain: frozenset[str]
    nearest: frozenset[str]
    cues: int

    @property
    def words(self) -> frozenset[str]:
        """All stems."""
        return self.negated | self.plain


def polarity(text: str) -> Polarity:
    """Find what a text negates.

    A negation speaks of the next content words up to the end of the clause; "not only" and "No. 5"
    are none.
    """
    tokens = [match[0].lower().replace("’", "'") for match in _TOKEN.finditer(text)]
    negated: set[str] = set()
    plain: set[str] = set()
    nearest: set[str] = set()
    cues, left, odd = 0, 0, False
    for number, token in enumerate(tokens):
        following = tokens[number + 1 : number + 2]
        if not token[0].isalnum():
            # "No. 5" and "3, 4" are no ends of a clause either; a comma ends a scope, mostly.
            left = 0
            continue
        word = token
        if _is_cue(token, following):
            cues += 1
            odd = not odd if left else True
            left = _SCOPE
            if token in _CUES:
                continue
            word = _NOT.sub("", token)
        if word in ("but", "because", "although", "while", "though", "except"):
            left = 0
            continue
        if word in STOP_WORDS and word not in _KEPT:
            continue
        for stem in _stem(word):
            if left and odd:
                negated.add(stem)
                if left == _SCOPE:
                    nearest.add(stem)
            else:
                plain.add(stem)
        left = max(0, left - 1)
    return Polarity(frozenset(negated - plain), frozenset(plain), frozenset(nearest - plain), cues)


def _is_cue(token: str, following: Sequence[str]) -> bool:
    after = following[0] if following else ""
    if token == "not":
        return after != "only"
    if token == "no":
        return not (after[:1].isdigit() or after in (".", "doubt"))
    return token in _CUES or token.endswith("n't") or token in _CONTRACTED


def denials(claim: Polarity, said: Polarity) -> int:
    """Count the words that claim and passage share and of which one denies what the other says."""
    both = claim.words & said.words
    if not both:
        return 0
    return len((claim.negated & said.plain) | (claim.plain & said.negated))


def opposed(claim: Polarity, said: Polarity) -> int:
    """Count the claim's words that a passage lacks while it holds their opposite."""
    count = 0
    only_claimed, only_said = claim.words - said.words, said.words - claim.words
    for word in only_claimed:
        if OPPOSITES.get(word, frozenset()) & only_said or any(
            prefix + word in only_said
            or (word.startswith(prefix) and word.removeprefix(prefix) in only_said)
            for prefix in _PREFIXES
        ):
            count += 1
    return count
