"""Evaluate an expression over known numbers, exactly, by a parser of its own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal, DecimalException, localcontext

from rare_app.calc.known import Known, Number

LONGEST = 300
"""Characters of an expression; a longer one is no step a person could follow."""
_DEEPEST = 20
_DIGITS = 28
_SHOWN = Decimal("0.0001")
_LARGEST = Decimal(10) ** 20
"""From here on a number is told by its power of ten."""
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)"
    r"|(?P<name>[a-z]+)|(?P<sign><=|>=|==|[-+*/()%,<>=×÷−·]))"
)
_SAME = {"×": "*", "·": "*", "÷": "/", "−": "-", "=": "=="}
_POINTS = "percentage points"

Value = Number | date | bool


class CalcError(Exception):
    """An expression cannot be worked out; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an expression comes to.

    Attributes
    ----------
    expression : str
    value : Number or date or bool
    sources : tuple of int
        Texts of :class:`Known` that its numbers stand in, each once.
    """

    expression: str
    value: Value
    sources: tuple[int, ...]

    @property
    def text(self) -> str:
        """The value as it is told: four decimals at most, the currency before or behind it."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, date):
            return self.value.isoformat()
        written = _written(self.value.value)
        unit = self.value.unit
        if len(unit) == 1 and unit != "%":
            return f"-{unit}{written[1:]}" if written.startswith("-") else f"{unit}{written}"
        return f"{written}{'' if unit == '%' else ' '}{unit}" if unit else written


def calculate(expression: str, known: Known) -> Result:
    """Work an expression out.

    Numbers, dates as ``2024-03-31``, ``+ - * / %``, brackets, comparisons, and the functions
    ``max``, ``min``, ``mean``, ``sum`` and ``abs``. A date less a date is a number of days.

    Parameters
    ----------
    known : Known
        Every number and date of the expression must stand there.

    Raises
    ------
    CalcError
        It is no expression, uses an unknown number, or adds what cannot be added.
    """
    if len(expression) > LONGEST:
        raise CalcError("the expression is too long")
    parser = _Parser(_tokens(expression), known)
    with localcontext(Context(prec=_DIGITS)):
        try:
            value = parser.whole()
        except (DecimalException, OverflowError) as error:
            raise CalcError("a number is out of range") from error
    sources = tuple(dict.fromkeys(at for at in parser.sources if at >= 0))
    return Result(expression.strip(), value, sources)


def _tokens(expression: str) -> list[tuple[str, str]]:
    """Cut an expression into (kind, text), with an end."""
    found, at, text = [], 0, expression.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise CalcError(f"“{text[at]}” has no place in an expression")
        kind = match.lastgroup or ""
        found.append((kind, _SAME.get(match[kind], match[kind])))
        at = match.end()
    return [*found, ("end", "")]


class _Parser:
    """Recursive descent: comparison, sum, product, sign, atom."""

    def __init__(self, tokens: list[tuple[str, str]], known: Known) -> None:
        self._tokens = tokens
        self._known = known
        self._at = 0
        self._depth = 0
        self.sources: list[int] = []

    def whole(self) -> Value:
        value = self._comparison()
        if self._kind != "end":
            raise CalcError(f"“{self._text}” has no place there")
        return value

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def _text(self) -> str:
        return self._tokens[self._at][1]

    def _take(self, *signs: str) -> str:
        """Give the next sign and go on, if it is one of these; else nothing."""
        if self._kind == "sign" and self._text in signs:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _comparison(self) -> Value:
        left = self._sum()
        if sign := self._take("<", ">", "<=", ">=", "=="):
            return _compare(left, self._sum(), sign)
        return left

    def _sum(self) -> Value:
        value = self._product()
        while sign := self._take("+", "-"):
            value = _add(value, self._product(), 1 if sign == "+" else -1)
        return value

    def _product(self) -> Value:
        value = self._signed()
        while sign := self._take("*", "/"):
            value = _times(_number(value), _number(self._signed()), sign)
        return value

    def _signed(self) -> Value:
        if self._take("-"):
            return self._deeper(lambda: _negative(_number(self._signed())))
        value = self._atom()
        while self._take("%"):
            value = Number(_number(value).value / 100)
        return value

    def _deeper(self, parse: Callable[[], Value]) -> Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CalcError("there are too many brackets")
        value = parse()
        self._depth -= 1
        return value

    def _atom(self) -> Value:
        kind, text = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            return self._looked_up(text)
        if kind == "date":
            self._at += 1
            return self._dated(text)
        if kind == "name":
            self._at += 1
            return self._deeper(lambda: self._function(text))
        if self._take("("):
            value = self._deeper(self._comparison)
            self._close()
            return value
        raise CalcError(f"“{text}” has no place there" if text else "it ends too early")

    def _close(self) -> None:
        if not self._take(")"):
            raise CalcError("a bracket is not closed")

    def _looked_up(self, text: str) -> Number:
        bare = text.replace(",", "")
        if len(bare) > _DIGITS:
            raise CalcError("a number has too many digits")
        found = self._known.find(Decimal(bare))
        if found is None:
            raise CalcError(f"{text} stands nowhere in what was read")
        self.sources.append(found.source)
        return Number(Decimal(bare), found.unit, found.source)

    def _dated(self, text: str) -> date:
        try:
            found = date.fromisoformat(text)
        except ValueError as error:
            raise CalcError(f"{text} is no date") from error
        if not self._known.has_date(found.year, found.day):
            raise CalcError(f"{text} stands nowhere in what was read")
        return found

    def _function(self, name: str) -> Value:
        if name not in _FUNCTIONS:
            raise CalcError(f"“{name}” is not known")
        if not self._take("("):
            raise CalcError(f"“{name}” needs brackets")
        values = [self._sum()]
        while self._take(","):
            values.append(self._sum())
        self._close()
        if name in {"max", "min"} and all(isinstance(one, date) for one in values):
            return (max if name == "max" else min)(values)  # type: ignore[type-var]
        numbers = [_number(one) for one in values]
        return Number(_FUNCTIONS[name]([one.value for one in numbers]), _common(numbers))


FUNCTIONS = ("max", "min", "mean", "sum", "abs")
_FUNCTIONS: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "max": max,
    "min": min,
    "mean": lambda values: sum(values, Decimal(0)) / len(values),
    "sum": lambda values: sum(values, Decimal(0)),
    "abs": lambda values: abs(values[0]),
}


def _number(value: Value) -> Number:
    if not isinstance(value, Number):
        raise CalcError("dates and comparisons cannot be multiplied")
    return value


def _negative(value: Number) -> Number:
    return Number(-value.value, value.unit)


def _common(values: Sequence[Number]) -> str:
    """Give the unit that numbers share.

    Raises
    ------
    CalcError
        Two are of different units.
    """
    units = list(dict.fromkeys(one.unit for one in values if one.unit))
    if len(units) > 1:
        raise CalcError(f"{units[0]} and {units[1]} cannot be added")
    return units[0] if units else ""


def _add(left: Value, right: Value, sign: int) -> Value:
    if isinstance(left, date) and isinstance(right, date) and sign < 0:
        return Number(Decimal((left - right).days), "days")
    if isinstance(left, date) and isinstance(right, Number):
        return left + sign * timedelta(days=int(right.value))
    one, other = _number(left), _number(right)
    unit = _common([one, other])
    if unit == "%" and sign < 0:
        unit = _POINTS
    return Number(one.value + sign * other.value, unit)


def _times(left: Number, right: Number, sign: str) -> Number:
    if sign == "*":
        value = left.value * right.value
    elif right.value == 0:
        raise CalcError("nothing can be divided by zero")
    else:
        value = left.value / right.value
    if sign == "*":
        units = [one.unit for one in (left, right) if one.unit]
        return Number(value, units[0] if len(units) == 1 else "")
    return Number(value, left.unit if not right.unit else "")


def _compare(left: Value, right: Value, sign: str) -> bool:
    if isinstance(left, Number) and isinstance(right, Number):
        _common([left, right])
        one, other = left.value, right.value
        return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}.get(
            sign, one == other
        )
    if isinstance(left, date) and isinstance(right, date):
        return {
            "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right
        }.get(sign, left == right)  # fmt: skip
    raise CalcError("a date and a number cannot be compared")


def _written(value: Decimal) -> str:
    """Write a number: whole ones whole, small ones with four digits that count."""
    if abs(value) >= _LARGEST:
        return f"{value:.6E}"
    if value == value.to_integral_value():
        return f"{value:.0f}" if value else "0"
    if abs(value) < Decimal("0.1"):
        return f"{value:.4g}" if abs(value) >= _SHOWN else f"{value:.3E}"
    return f"{value.quantize(_SHOWN):f}".rstrip("0").rstrip(".")
