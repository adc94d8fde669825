"""Short forms, and the words whose letters they are: “RTO”, “recovery time objective”."""

import re


def is_short(word: str) -> bool:
    """Whether a word looks like an abbreviation: a few letters, two of them capitals."""
    return len(word) <= 10 and " " not in word and sum(c.isupper() for c in word) >= 2


def _initials(short: str) -> str:
    bare = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    return "".join(c for c in bare.lower() if c.isalnum())


def long_form(short: str, before: str) -> int | None:
    """Find where the words before a bracket begin that its letters stand for.

    Schwartz and Hearst 2003, section 3: each letter of the short form is found in the long one,
    from the right, the first one at the start of a word.
    """
    lower, letters = before.lower(), _initials(short)
    at = len(lower)
    for number, letter in reversed(list(enumerate(letters))):
        at = lower.rfind(letter, 0, at)
        while number == 0 and at > 0 and lower[at - 1].isalnum():
            at = lower.rfind(letter, 0, at)
        if at < 0:
            return None
    words = before[at:].split()
    few = 2 <= len(words) <= min(2 * len(letters), len(letters) + 5)
    return at if few and not re.search(r"[.;:!?()]\s", before[at:]) else None


def begins(short: str, long: str) -> bool:
    """Whether the letters of a short form stand in its long one in their order."""
    lower, at = long.lower().lstrip(), 0
    for number, letter in enumerate(_initials(short)):
        found = lower.find(letter, at)
        if found < 0 or (number == 0 and found > 0):
            return False
        at = found + 1
    return len(lower.split()) > 1
