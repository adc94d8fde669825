"""Numbers of a sheet as its program shows them: the format codes of ECMA-376, part 1, 18.8.31."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from rare_app.documents.date_format import Tokens, show_date

_LONGEST_CODE = 500
_TOKENS = re.compile(
    r'(?P<literal>"[^"]*"?)|\\(?P<escaped>.)|(?P<gap>[_*].)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<half>AM/PM|A/P)|(?P<general>General)|(?P<exponent>E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|e+)|(?P<digit>[0#?])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)")
_ENGLISH = 0x09  # the language of a locale's number, in its low bits
_SYSTEM_LOCALES = frozenset({"F800", "F400"})
_LONGEST_DENOMINATOR = 4
_MOST_IN_FULL = 1e15  # what has more digits than a sheet keeps is written with an exponent


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four parts of a format code.

    Attributes
    ----------
    tokens : tuple of (str, str)
        Kind and text: literal, digit, point, comma, percent, exponent, slash, date, elapsed, half,
        general, text.
    condition : tuple of (str, float) or None
    foreign : bool
        Whether names of months and days are those of another language than English.
    """

    tokens: Tokens
    condition: tuple[str, float] | None = None
    foreign: bool = False

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.tokens)


@lru_cache(maxsize=20_000)
def show_number(value: float, code: str, from_1904: bool = False) -> str:
    """Write a number as a sheet shows it.

    Dates whose day and month are digits that another country would swap (``3/4/27``) are written
    as ISO 8601 has them. Thousands are set apart by commas, decimals by a point.

    Parameters
    ----------
    value : float
        The stored number; a date is its days since the sheet's first day.
    code : str
        The cell's number format, e.g. ``#,##0.00;[Red](#,##0.00)``.
    from_1904 : bool
        Whether days are counted from 1904.

    Returns
    -------
    str
        Empty where the format hides the number.
    """
    sections = _sections(code)
    section, own_sign = _choose(sections, value)
    if section.has("date", "elapsed", "half"):
        shown = show_date(value, section.tokens, foreign=section.foreign, from_1904=from_1904)
        return _general(value) if shown is None else shown
    unformatted = (not sections[0].tokens and len(sections) == 1) or abs(value) >= _MOST_IN_FULL
    if section.has("general") or unformatted:
        body = _general(abs(value))
        tokens = (("general", ""),) if unformatted else section.tokens
        shown = "".join(body if kind == "general" else text for kind, text in tokens)
    else:
        shown = _show_digits(abs(value), section)
    negative = value < 0 and not own_sign and any(c in "123456789" for c in shown)
    return ("-" if negative else "") + " ".join(shown.split())


@lru_cache(maxsize=1000)
def show_text(text: str, code: str) -> str:
    """Write a text as a sheet shows it: with what its format puts around it."""
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if not section.has("text"):
        return text
    return "".join(text if kind == "text" else said for kind, said in section.tokens)


def is_date(code: str) -> bool:
    """Whether a format shows a date or a time."""
    return _sections(code)[0].has("date", "elapsed", "half")


@lru_cache(maxsize=2000)
def _sections(code: str) -> tuple[_Section, ...]:
    """Read a format code."""
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, float] | None = None
    foreign = False
    for match in _TOKENS.finditer(code[:_LONGEST_CODE]):
        kind, text = match.lastgroup or "", match.group(match.lastgroup or 0)
        if kind == "other" and text == ";":
            sections.append(_Section(tuple(tokens), condition, foreign))
            tokens, condition, foreign = [], None, False
        elif kind == "bracket":
            if text.startswith("$"):
                symbol, _, locale = text[1:].partition("-")
                foreign = foreign or _is_foreign(locale)
                tokens.append(("literal", symbol))
            elif re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE):
                tokens.append(("elapsed", text.lower()))
            elif found := _CONDITION.fullmatch(text):
                condition = (found.group(1), float(found.group(2).strip(".") or 0))
        elif kind == "literal":
            tokens.append(("literal", text.strip('"')))
        elif kind == "escaped":
            tokens.append(("literal", text))
        elif kind == "gap":
            tokens.append(("literal", " "))
        elif kind == "other":
            names = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}
            tokens.append((names.get(text, "literal"), text))
        else:
            tokens.append((kind, text.lower() if kind == "date" else text))
    return (*sections, _Section(tuple(tokens), condition, foreign))


def _is_foreign(locale: str) -> bool:
    try:
        return bool(
            locale
            and locale.upper() not in _SYSTEM_LOCALES
            and int(locale, 16) & 0x3FF not in (0, _ENGLISH)
        )
    except ValueError:
        return not locale.lower().startswith("en")


def _choose(sections: tuple[_Section, ...], value: float) -> tuple[_Section, bool]:
    """Give the section for a value, and whether it shows the sign by itself."""
    compare = {
        "<": value.__lt__, "<=": value.__le__, ">": value.__gt__, ">=": value.__ge__,
        "=": value.__eq__, "<>": value.__ne__,
    }  # fmt: skip
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or compare[section.condition[0]](section.condition[1]):
                own = section.condition is not None and section.condition in (("<", 0), ("<=", 0))
                return section, own
        return sections[-1], False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], False


def _general(value: float) -> str:
    """Write a number without a format: whole ones in full, others with ten digits."""
    if abs(value) < _MOST_IN_FULL and value == int(value):
        return str(int(value))
    return f"{value:.15g}" if abs(value) >= 1e9 else f"{value:.10g}"


def _show_digits(value: float, section: _Section) -> str:
    """Write a number by the places that its format has for digits."""
    tokens = list(section.tokens)
    if section.has("exponent"):
        return _show_exponent(value, tokens)
    if section.has("slash") and section.has("digit"):
        return _show_fraction(value, tokens)
    digits = [place for place, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not digits:
        return "".join(text for kind, text in tokens if kind not in ("text", "comma"))
    points = [place for place, (kind, _) in enumerate(tokens) if kind == "point"]
    point = points[0] if points else digits[-1] + 1
    whole = [place for place in digits if place < point]
    parts = [place for place in digits if place > point]
    commas = [place for place, (kind, _) in enumerate(tokens) if kind == "comma"]
    grouped = bool(whole) and any(whole[0] < place < whole[-1] for place in commas)
    after = (parts or whole)[-1]
    scale = sum(place > (whole or [0])[-1] and place <= after + len(commas) for place in commas)
    number = Decimal(f"{value:.15g}") * 100 ** sum(kind == "percent" for kind, _ in tokens)
    number = (number / 1000**scale).quantize(Decimal(1).scaleb(-len(parts)), ROUND_HALF_UP)
    left, _, right = f"{number:f}".partition(".")
    said = _fill_whole(left.lstrip("0"), [tokens[place][1] for place in whole], grouped=grouped)
    kept = right
    for place in reversed(parts):
        if not kept.endswith("0") or tokens[place][1] == "0":
            break
        kept = kept[:-1]
    shown = dict(zip(whole, said, strict=True)) | dict(zip(parts, kept, strict=False))
    out = []
    for place, (kind, text) in enumerate(tokens):
        if kind == "digit":
            out.append(shown.get(place, ""))
        elif kind == "point" and place == point:
            out.append("." if kept else "")
        elif kind not in ("comma", "text"):
            out.append(text)
    if not whole and left.strip("0"):
        out.insert(next(i for i, (kind, _) in enumerate(tokens) if kind == "point"), left)
    return "".join(out)


def _fill_whole(digits: str, places: list[str], *, grouped: bool) -> list[str]:
    """Give what stands at each place before the point; the first takes what is left over."""
    filled: list[str] = []
    count = 0
    for number in range(len(places) - 1, -1, -1):
        run = digits if number == 0 else digits[-1:]
        digits = digits[: len(digits) - len(run)]
        run = run or {"0": "0", "#": "", "?": ""}[places[number]]
        piece = ""
        for digit in reversed(run):
            piece = digit + ("," if grouped and count and count % 3 == 0 else "") + piece
            count += 1
        filled.append(piece)
    return filled[::-1]


def _show_exponent(value: float, tokens: list[tuple[str, str]]) -> str:
    at = next(place for place, (kind, _) in enumerate(tokens) if kind == "exponent")
    point = next((place for place, (kind, _) in enumerate(tokens[:at]) if kind == "point"), at)
    places = sum(kind == "digit" for kind, _ in tokens[point:at])
    mantissa, _, exponent = f"{value:.{places}E}".partition("E")
    width = max(1, sum(kind == "digit" for kind, _ in tokens[at:]))
    sign = "-" if exponent.startswith("-") else "+" if tokens[at][1].endswith("+") else ""
    return f"{mantissa}E{sign}{abs(int(exponent)):0{width}d}"


def _show_fraction(value: float, tokens: list[tuple[str, str]]) -> str:
    slash = next(place for place, (kind, _) in enumerate(tokens) if kind == "slash")
    below = "".join(text for kind, text in tokens[slash:] if kind == "digit" or text.isdigit())
    if below.strip("0?#"):
        base = max(1, int(re.sub(r"\D", "", below) or 1))
        part = Fraction(round(value * base), base)
    else:
        part = Fraction(value).limit_denominator(
            10 ** min(_LONGEST_DENOMINATOR, max(1, len(below))) - 1
        )
    before = "".join(text if kind == "literal" else "0" for kind, text in tokens[:slash]).split()
    if len(before) < 2 or part < 1:
        return str(part)
    whole, rest = divmod(part.numerator, part.denominator)
    return f"{whole} {rest}/{part.denominator}" if rest else str(whole)
