"""Numbers, amounts and dates of a text, made comparable."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "dozen": 12.0,
}  # fmt: skip
_ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
    """.split()  # noqa: SIM905 - a long list of words reads better so

_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_ORDINALS = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    """.split()  # noqa: SIM905 - a long list of words reads better so

_WORDS = (
    {word: float(i) for i, word in enumerate(_ONES)}
    | {word: 20.0 + 10 * i for i, word in enumerate(_TENS)}
    | {word: float(i) for i, word in enumerate(_ORDINALS, start=1)}
    | {"half": 0.5, "twice": 2.0, "once": 1.0, "thrice": 3.0}
)
_MONTHS = """
    january february march april may june july august september october november december
    """.split()  # noqa: SIM905 - a long list of words reads better so

_MONTH_NUMBERS = {name: i for i, name in enumerate(_MONTHS, start=1)} | {
    name[:3]: i for i, name in enumerate(_MONTHS, start=1) if name != "may"
} | {"sept": 9}  # fmt: skip
_UNITS = {
    name: group[0]
    for group in (
        ("second", "sec"), ("minute", "min"), ("hour", "hr", "h"), ("day",), ("week",), ("month",),
        ("year", "yr"), ("decade",), ("centurie", "century"), ("kilometre", "kilometer", "km"),
        ("metre", "meter"), ("centimetre", "centimeter", "cm"), ("millimetre", "millimeter", "mm"),
        ("mile", "mi"), ("foot", "feet", "ft"), ("inch", "inche", "inches"), ("yard", "yd"),
        ("kilogram", "kg"), ("gram", "g"), ("milligram", "mg"), ("tonne", "ton"),
        ("pound", "lb"), ("litre", "liter", "l"), ("millilitre", "milliliter", "ml"), ("gallon",),
        ("acre",), ("hectare", "ha"), ("watt", "w"), ("kilowatt", "kw"), ("megawatt", "mw"),
        ("volt", "v"), ("hertz", "hz"), ("bar",), ("pascal", "pa"), ("degree", "°"),
        ("point",), ("time",), ("dollar",), ("euro",), ("cent",),
    )
    for name in group
}  # fmt: skip
_MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "us$": "dollar", "usd": "dollar",
          "eur": "euro", "gbp": "pound", "dollar": "dollar", "euro": "euro"}  # fmt: skip

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMBER = re.compile(
    r"(?P<money>us\$|[$€£¥]|\b(?:usd|eur|gbp)\b)?\s?(?<![\w.])"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<ordinal>st|nd|rd|th)?(?![\w]*\d)"
    r"(?P<tail>\s?%|[\s-]{0,2}[A-Za-z°]+)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
_PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b|percentage)", re.IGNORECASE)
_UNIT = re.compile(r"[\s-]*(°|[a-z]+)", re.IGNORECASE)
_TABLE_SCALE = re.compile(r"\bin\s+(?:[a-z.$]+\s+)?(thousand|million|billion)s\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text.

    Attributes
    ----------
    value : float
        With its scale word: 4.2 million is 4.2e6.
    bare : float
        Without it: 4.2.
    kind : str
        ``number``, ``percent``, ``year``, ``month`` (a named one) or a currency.
    unit : str
        The unit's usual name; empty where none is known.
    start, end : int
        Where it stands, in characters.
    """

    value: float
    bare: float
    kind: str
    unit: str
    start: int
    end: int

    @property
    def scaled(self) -> bool:
        """Whether a scale word stands with it."""
        return self.value != self.bare


def quantities(text: str) -> list[Quantity]:
    """List the numbers of a text, written in digits or words, and its months, in order.

    Thousands separators, scale words (``million``, ``bn``), percent signs, currencies, ordinals,
    ISO dates and common units are understood. The words *one* and *a* are no numbers.
    """
    found: list[Quantity] = []
    taken = bytearray(len(text) + 1)
    for match in _ISO.finditer(text):
        for group, kind in ((1, "year"), (2, "month"), (3, "number")):
            value = float(match[group])
            found.append(Quantity(value, value, kind, "", *match.span(group)))
        taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    for match in _NUMBER.finditer(text):
        start, end = match.span("digits")
        if taken[start]:
            continue
        digits = match["digits"]
        bare = float(digits.replace(",", ""))
        money = _MONEY.get((match["money"] or "").lower(), "")
        ordinal = bool(match["ordinal"])
        at = match.end("ordinal") if ordinal else end
        found.append(_whole(text, bare, money, start, at, plain=digits.isdigit()))
    for match in _WORD.finditer(text):
        if not taken[match.start()]:
            found += _in_words(text, match)
    return sorted(found, key=lambda one: one.start)


def _whole(text: str, bare: float, money: str, start: int, end: int, *, plain: bool) -> Quantity:
    """Read what follows a number: scale word, percent, unit."""
    value = bare
    scale = _UNIT.match(text, end)
    # A single letter is a scale only where it touches the digits: "$5m", not "5 m".
    if scale and scale[1].lower().rstrip("s") in _SCALES:
        word = scale[1].lower()
        touches = scale.start(1) == end
        if len(word) > 2 or (touches and (money or word in ("bn", "mn", "k"))):
            value = bare * _SCALES[word.rstrip("s") if len(word) > 2 else word]
            end = scale.end()
    if percent := _PERCENT.match(text, end):
        return Quantity(value, bare, "percent", "", start, percent.end())
    unit = ""
    if named := _UNIT.match(text, end):
        word = named[1].lower()
        unit = _UNITS.get(word, "") or _UNITS.get(word.rstrip("s"), "")
    if not money and unit in _MONEY:
        money, unit = _MONEY[unit], ""
    if money:
        return Quantity(value, bare, money, "", start, end)
    if plain and not unit and value == bare and 1000 <= bare <= 2100 and end - start == 4:
        return Quantity(value, bare, "year", "", start, end)
    return Quantity(value, bare, "number", unit, start, end)


def _in_words(text: str, match: re.Match[str]) -> list[Quantity]:
    word = match[0].lower()
    start, end = match.span()
    if word in _MONTH_NUMBERS and (word not in ("may", "march") or match[0][0].isupper()):
        month = float(_MONTH_NUMBERS[word])
        return [Quantity(month, month, "month", "", start, end)]
    first, _, second = word.partition("-")
    if first in _WORDS and second in _ONES and first in _TENS:
        value = _WORDS[first] + _WORDS[second]
    elif word in _WORDS and word not in ("one", "once", "second", "half", "zero"):
        value = _WORDS[word]
    elif first in _WORDS and first not in ("one", "first", "second", "half") and second:
        end = start + len(first)  # "two-thirds", "three-year"
        value = _WORDS[first]
    else:
        return []
    return [_whole(text, value, "", start, end, plain=False)]


def stands_in(one: Quantity, others: Sequence[Quantity], *, scale: float = 1.0) -> bool:
    """Tell whether a number of a claim stands among those of a passage.

    Parameters
    ----------
    scale : float
        What the passage's bare numbers are to be multiplied by ("in millions").
    """
    return any(_same(one, other, scale) for other in others)


def table_scale(text: str) -> float:
    """Give the scale that a table says its numbers are in ("in thousands"); 1 for none."""
    found = _TABLE_SCALE.search(text)
    return _SCALES[found[1].lower()] if found else 1.0


def _same(one: Quantity, other: Quantity, scale: float) -> bool:
    if "month" in (one.kind, other.kind) and one.kind != other.kind:
        return False
    if not comparable(one, other):
        return False
    values = {other.value, other.bare * scale}
    if not one.scaled:
        values.add(other.bare)
    if any(abs(one.value - value) <= 1e-9 * max(1.0, abs(value)) for value in values):
        return True
    # A claim may say it rounded: 18% for 18.2%, 4.2 million for 4,198,000.
    if one.scaled or one.kind == "percent":
        step = _step(one)
        return any(abs(one.value - value) <= step / 2 for value in values)
    return False


def comparable(one: Quantity, other: Quantity) -> bool:
    """Tell whether two numbers could say the same: their kinds and units do not differ."""
    if one.unit and other.unit and one.unit != other.unit:
        return False
    kinds = {one.kind, other.kind}
    if len(kinds) == 1 or kinds == {"number", "year"}:
        return True
    # A table says "(in %)" or "$" once, above its columns: a bare number may be of any kind.
    return "number" in kinds and not one.unit and not other.unit


def _step(one: Quantity) -> float:
    """Size of the last digit that is written."""
    written = f"{one.bare:.6f}".rstrip("0")
    decimals = len(written.partition(".")[2])
    step = 10.0**-decimals
    return float(step * (one.value / one.bare if one.bare else 1.0))
