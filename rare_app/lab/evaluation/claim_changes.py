"""Changes to a claim: so that it says the same in other words, or so that it no longer does."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Literal

Change = Literal["number", "name", "negation", "opposite"]
CHANGES: tuple[Change, ...] = ("number", "name", "negation", "opposite")

_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w]*\d)")
_SMALL = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_SMALL_NUMBER = re.compile(rf"\b(?:{'|'.join(_SMALL)})\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?<![\w.])[A-Z][\w’'.-]*[a-z](?:\s+(?:(?:of|de|von|van|the)\s+)?[A-Z][\w’'-]*)*"
)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must)\b(?!\s+(?:not|n['’]t|never|no)\b)",
    re.IGNORECASE,
)
_PAST = re.compile(r"(?<=[a-z0-9)\]] )(?=[a-z]{3,}ed\b(?! by\b))")
_NEGATION = re.compile(r"\s+(?:not|n['’]t|never|no longer)\b|(?<=[a-z])n['’]t\b|\bno(?=\s[a-z])")
_MONTHS = """
    January February March April May June July August September October November December
    """.split()  # noqa: SIM905 - a long list of words reads better so

_DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}),? (\d{{4}})\b")
_MONTH_FIRST = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}}) ?, (\d{{4}})\b")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{2,80}[)\]]")
_COMMON = frozenset(
    """
    January February March April May June July August September October November December
    The A An In On At It He She They This That These Those When While After Before During
    Its His Her Their There As For From By With However Although But And If Some Many Most
    All One Such Since Also According Under Both Each We You I Not No Who What Which Where
    How
    """.split()  # noqa: SIM905 - a long list of words reads better so
)


def restate(text: str, chance: Random) -> str:
    """Say the same a little differently, at random: forms of numbers and dates, less detail."""
    ways: Sequence[Callable[[str], str]] = (
        lambda one: _DAY_FIRST.sub(r"\2 \1, \3", one) if _DAY_FIRST.search(one) else one,
        lambda one: _MONTH_FIRST.sub(r"\2 \1 \3", one),
        lambda one: re.sub(r"(?<=\d),(?=\d{3})", "", one),
        lambda one: re.sub(r"\s?%", " percent", one),
        lambda one: re.sub(r"\b(\d) (?=[a-z])", lambda m: f"{_spelt(m[1])} ", one),
        lambda one: re.sub(
            r"\b(two|three|four|five|six|seven|eight|nine|ten) (?=[a-z])",
            lambda m: f"{_SMALL.index(m[1]) + 2} ",
            one,
        ),
        lambda one: re.sub(r"\b(is|was|are|were|did|does|do|has|have) not\b", r"\1n't", one),
        lambda one: re.sub(r"\b(is|was|are|were|did|does|do|has|have) n['’]t\b", r"\1 not", one),
        lambda one: _BRACKETS.sub("", one),
        _drop_last_clause,
        _drop_first_clause,
    )
    for way in ways:
        if chance.random() < 0.6:
            text = way(text)
    return " ".join(text.split())


def change(text: str, kind: Change, *, pool: Sequence[str], near: str, chance: Random) -> str:
    """Change what a claim says.

    Parameters
    ----------
    kind : {"number", "name", "negation", "opposite"}
        What is changed.
    pool : sequence of str
        Names of other documents.
    near : str
        The passages: half of the new numbers and names are taken from them.

    Returns
    -------
    str
        Empty where the claim has nothing of the kind.
    """
    if kind == "number":
        return _change_number(text, near, chance)
    if kind == "name":
        return _change_name(text, pool, near, chance)
    return _change_negation(text, chance) if kind == "negation" else _change_opposite(text, chance)


def names_in(text: str) -> list[str]:
    """List the names of a text, as wholes; a sentence's first word is one only with more."""
    found = []
    for match in _NAME.finditer(text):
        words = match[0].split()
        if words[0] in _COMMON:
            words = words[1:]
        opens = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '.!?“"`'
        if words and not (opens and len(words) == 1) and len(words[0]) > 2:
            found.append(" ".join(words))
    return found


def _spelt(digit: str) -> str:
    return _SMALL[int(digit) - 2] if int(digit) >= 2 else digit


def _drop_last_clause(text: str) -> str:
    head, comma, last = text.rpartition(", ")
    return f"{head}." if comma and len(head.split()) >= 8 and not last[:1].isdigit() else text


def _drop_first_clause(text: str) -> str:
    first, comma, rest = text.partition(", ")
    if (
        comma
        and not rest[:1].isdigit()
        and len(first.split()) <= 6
        and len(rest.split()) >= 7
        and first[:3] in ("In ", "On ")
    ):
        return rest[0].upper() + rest[1:]
    return text


def _change_number(text: str, near: str, chance: Random) -> str:
    digits, words = list(_NUMBER.finditer(text)), list(_SMALL_NUMBER.finditer(text))
    if not digits and not words:
        return ""
    match = chance.choice(digits or words)
    old = match[0]
    if not digits:
        new = chance.choice([one for one in _SMALL if one != old.lower()])
        return text[: match.start()] + new + text[match.end() :]
    others = [
        one[0]
        for one in _NUMBER.finditer(near)
        if len(one[0]) == len(old) and one[0] not in text and one[0] != old
    ]
    new = chance.choice(others) if others and chance.random() < 0.5 else other_number(old, chance)
    return text[: match.start()] + new + text[match.end() :]


def other_number(old: str, chance: Random) -> str:
    """Give another number of the same form."""
    value = float(old.replace(",", ""))
    decimals = len(old.partition(".")[2])
    if old.isdigit() and 1000 <= value <= 2100 and len(old) == 4:
        return str(int(value) + chance.choice([-25, -10, -7, -3, -2, -1, 1, 2, 3, 5, 10, 20]))
    while True:
        step = chance.choice([1, 2, 3, 5]) * (10.0**-decimals if chance.random() < 0.5 else 1)
        other = value + step if chance.random() < 0.6 else value * chance.choice([2, 3, 0.5, 10])
        if not decimals:
            other = float(round(other))
        new = f"{other:,.{decimals}f}" if "," in old else f"{other:.{decimals}f}"
        if float(new.replace(",", "")) != value:
            return new


def _change_name(text: str, pool: Sequence[str], near: str, chance: Random) -> str:
    own = names_in(text)
    if not own:
        return ""
    old = chance.choice(own)
    known = set(text.lower().split())

    def fits(name: str) -> bool:
        parts = name.lower().split()
        return abs(len(parts) - len(old.split())) <= 1 and not known & set(parts)

    others = [name for name in dict.fromkeys(names_in(near)) if fits(name)]
    if not others or chance.random() < 0.5:
        others = [name for name in pool if fits(name)]
    return text.replace(old, chance.choice(others)) if others else ""


def _change_negation(text: str, chance: Random) -> str:
    if match := _NEGATION.search(text):
        gone = text[: match.start()] + ("a" if match[0] == "no" else "") + text[match.end() :]
        return " ".join(gone.split())
    if match := _AUXILIARY.search(text):
        return f"{text[: match.end()]} {chance.choice(['not', 'never'])}{text[match.end() :]}"
    if match := _PAST.search(text):
        return f"{text[: match.start()]}never {text[match.start() :]}"
    return ""


_SWAPS = """
    increased/decreased increase/decrease increases/decreases higher/lower largest/smallest
    larger/smaller more/less before/after first/last began/ended north/south east/west
    northern/southern eastern/western above/below won/lost rose/fell positive/negative
    maximum/minimum highest/lowest oldest/youngest older/younger allowed/forbidden
    husband/wife father/mother son/daughter male/female early/late longer/shorter gain/loss
    buy/sell inside/outside always/never hot/cold warmer/cooler
    """.split()  # noqa: SIM905 - a long list of words reads better so

_OTHER_WAY = {a: b for pair in _SWAPS for a, b in (pair.split("/"), pair.split("/")[::-1])}
_SWAPPED = re.compile(rf"\b(?:{'|'.join(_OTHER_WAY)})\b")


def _change_opposite(text: str, chance: Random) -> str:
    found = list(_SWAPPED.finditer(text))
    if not found:
        return ""
    match = chance.choice(found)
    return text[: match.start()] + _OTHER_WAY[match[0]] + text[match.end() :]
