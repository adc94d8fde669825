"""Calculations of a reasoning: carried out where they stand, and what claims rest on them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rare_app.calc import CLOSE, OPEN, CalcError, Known, Number, calculate
from rare_app.numbers import FIGURE, figures_in, readings
from rare_app.types import Answer, Citation, Claim, Step

MOST = 8
"""Calculations of one answer; a model that goes on is in a loop."""
FEWEST_READ = 2
"""Numbers of a calculation that were read, or worked out before, so that it proves something."""
EQUALS = "="
"""What a model writes behind a sum that it works out in its head: code does it instead."""
_BARE = re.compile(r"((?:\d|\()[^\n=:;<>a-zA-Z]*[-+*/×÷−][^\n=:;<>a-zA-Z]*\d[^\n=:;<>a-zA-Z]*)=$")
_AMOUNT = r"\(*[$€£¥]?\d[\d.,]*(?:\s?(?:%|[^\W\d_]{1,12}))?\)*"
_WITH_UNITS = re.compile(rf"({_AMOUNT}(?:\s*[-+*/×÷−]\s*{_AMOUNT})+)\s*=$")
"""The same with a unit behind each number: “1.8 kg - 1.2 kg =”."""
_LAST = re.compile(rf"{OPEN}((?:(?!{OPEN}).)*){CLOSE}\s*$", re.DOTALL)


@dataclass
class Calculations:
    """Carries out what a completion ends with, and remembers the results.

    Parameters
    ----------
    question : str
        Its numbers may be used, too.
    passages : sequence of str
        What the model reads; a result with numbers that it has not quoted is told, and proves
        nothing.
    """

    question: str
    passages: Sequence[str] = ()
    steps: list[Step] = field(default_factory=list)
    _results: list[Number] = field(default_factory=list)

    @property
    def _carried_out(self) -> list[str]:
        return [one.text for one in self.steps if one.kind == "calculation"]

    def known(self, quotes: Sequence[str]) -> Known:
        """Give the numbers that the next calculation may use."""
        return Known([*self.passages, self.question, *quotes], self._results)

    def carry_out(self, text: str, quotes: Sequence[str]) -> str:
        """Carry out the calculation that a completion ends with.

        Parameters
        ----------
        quotes : sequence of str
            What was quoted so far.

        Returns
        -------
        str
            What is to stand behind it: the result, or why there is none; empty where the completion
            does not end with a calculation.
        """
        if text.endswith(EQUALS):
            return self._behind_equals(text, quotes)
        match = _LAST.search(text)
        if match is None:
            return ""
        expression = " ".join(match[1].split())
        if expression in self._carried_out or len(self._carried_out) >= MOST:
            return " "  # it has the result already
        try:
            return f" = {self._work_out(expression, quotes)}"
        except CalcError as error:
            self.steps.append(Step("calculation", expression, trouble=str(error)))
            return f" (not worked out: {error})"

    def _behind_equals(self, text: str, quotes: Sequence[str]) -> str:
        """Give the result of a sum without tags; empty for what is none, or of unknown numbers."""
        match = _BARE.search(text) or _WITH_UNITS.search(text)
        if match is None or len(self._carried_out) >= MOST:
            return ""
        bare = "".join(c for c in match[1] if unicodedata.category(c) != "Sc" and not c.isalpha())
        try:
            return f" {self._work_out(bare.strip(), quotes)}"
        except CalcError:
            return ""

    def _work_out(self, expression: str, quotes: Sequence[str]) -> str:
        result = calculate(expression, self.known(quotes))
        if isinstance(result.value, Number):
            self._results.append(result.value)
        asked = len(self.passages)
        loose = any(at < asked for at in result.sources)
        # One number of the documents and one of the model's own (“36 - 1”) prove nothing.
        # Nor does a result of such a one.
        proved = (one.result for one in self.steps if one.quotes)
        told = figures_in(" ".join([*quotes, self.question, *proved]))
        read = sum(
            any(readings(figure) & one for one in told) for figure in FIGURE.findall(expression)
        )
        held = (
            ()
            if loose or read < FEWEST_READ
            else tuple(at - asked - 1 for at in result.sources if at > asked)
        )
        self.steps.append(Step("calculation", expression, result=result.text, quotes=held))
        return result.text


def rest_on_results(claim: Claim, answer: Answer, question: str) -> Claim:
    """Tie a claim to the quotes whose numbers its figures were worked out from.

    Returns
    -------
    Claim
        Supported where a figure of it is a result, rounded or not, and each other one stands in a
        quote or in the question; unchanged otherwise.
    """
    worked = [one for one in answer.steps if one.kind == "calculation" and one.result]
    told = figures_in(f"{question} {' '.join(one.quote for one in answer.quotes)}")
    used: list[Step] = []
    for figure in FIGURE.findall(claim.text):
        if found := [one for one in worked if _is_result(figure, one.result)]:
            used.append(found[-1])
        elif readings(figure) and not any(readings(figure) & one for one in told):
            return claim
    sources = dict.fromkeys(at for step in used for at in step.quotes if at < len(answer.quotes))
    if not sources:
        return claim
    cited: tuple[Citation, ...] = tuple(answer.quotes[at] for at in sources)
    return replace(claim, citations=cited, supported=True, status="supported", contradicted_by=())


def _is_result(figure: str, result: str) -> bool:
    """Whether a figure is a result, rounded as it is written, or as a share of a hundred."""
    values = [Decimal(one.replace(",", "")) for one in re.findall(r"\d+(?:\.\d+)?", result)]
    return any(
        abs(said - value * scale) <= Decimal("0.5") * Decimal(10) ** -_decimals(said)
        for said in readings(figure)
        for value in values
        for scale in (1, 100)
    )


def _decimals(value: Decimal) -> int:
    return len(f"{value:f}".partition(".")[2])
