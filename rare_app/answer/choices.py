"""Closed sets: a question whose answer is one of some options, in any words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from rare_app.errors import UserError
from rare_app.types import Answer
from rare_app.words import is_joined

_GAP = re.compile(r"(?<=\w)(?:\\?[\s‐‑–-])+(?=\w)")
_PLAIN_MARKS = str.maketrans("’‘", "''")


def check_choices(choices: Sequence[str]) -> tuple[str, ...]:
    """Give the options trimmed, each once; blank ones are left out.

    Raises
    ------
    UserError
        Only one option is left, so that there is nothing to choose.
    """
    options = tuple(dict.fromkeys(" ".join(one.split()) for one in choices if one.strip()))
    if len(options) == 1:
        raise UserError(f"“{options[0]}” is the only choice: name at least two, or none.")
    return options


def choice_of(answer: str, choices: Sequence[str]) -> str | None:
    """Find the option that an answer names first; of two that begin together the longer one.

    Options are found as whole words, capitals aside: “no” stands in “no difference”, and not in
    “nothing”.

    Returns
    -------
    str or None
        The option as `choices` has it; ``None`` where the answer names none.
    """
    options = {f"o{number}": one for number, one in enumerate(choices) if one.strip()}
    longest = sorted(options, key=lambda name: -len(options[name]))
    pattern = "|".join(f"(?P<{name}>{_pattern(options[name])})" for name in longest)
    found = re.search(pattern, _comparable(answer)) if pattern else None
    return options[str(found.lastgroup)] if found else None


def with_choice(answer: Answer, choices: Sequence[str]) -> Answer:
    """Note in an answer which of the options it says; without options it stays as it is."""
    said = choice_of(answer.choice or answer.said, choices)
    return replace(answer, choice=said) if said else answer


def _pattern(option: str) -> str:
    """Write a pattern that finds an option between the ends of words."""
    text = _comparable(option).strip().rstrip(".")
    between = _GAP.sub(lambda _: r"[\s‐‑–-]+", re.escape(text))
    opens = r"(?<!\w)" if is_joined(text[:1]) else ""
    closes = r"(?!\w)" if is_joined(text[-1:]) else ""
    return f"{opens}{between}{closes}"


def _comparable(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN_MARKS)
