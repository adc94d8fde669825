"""Rejoining words that were hyphenated at line ends."""

import re
from collections import Counter
from collections.abc import Sequence

_BROKEN = re.compile(
    r"(?<![^\W\d_])([^\W\d_]+(?:-[^\W\d_]+)*)-\n[ \t]*([^\W\d_]+(?:-[^\W\d_]+)*)(\S*)[ \t]?"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# First halves that make a compound far more often than they start a broken word.
_COMPOUND_STARTS_TEXT = """
    all anti back bottom broad business by case cloud co cost cross customer data day decision
    double down end ex face fair far first fixed four full good half hand hard heavy high home
    ill in industry large last late left life light like long low lower market medium mid multi
    near new next non off old on one open out over part patient peer point post power price pre
    quarter quasi rate real right risk second self semi short single six small so state sub tax
    ten third three time top two under up upper user value very water web well white wide work
    world year zero
"""
_COMPOUND_STARTS = frozenset(_COMPOUND_STARTS_TEXT.split())


def count_words(pages: Sequence[str]) -> Counter[str]:
    """Count the words of a document, hyphenated ones whole, as evidence for :func:`rejoin`.

    Parameters
    ----------
    pages : sequence of str
        Text of every page. Halves of words broken at a line end are left out.

    Returns
    -------
    Counter
        Occurrences of each word in lower case.
    """
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update(_WORD.findall(_BROKEN.sub(" ", page).lower()))
    return counts


def rejoin(text: str, *, words: Counter[str]) -> str:
    r"""Rejoin words broken by a hyphen at a line end; real hyphens stay.

    ``exam-\nple of`` becomes ``example\nof``: the word is made whole on the first line. The
    document itself decides first: the form that it uses elsewhere is taken. Without evidence a
    capital letter after the break or a first half such as “long” or “non” keeps the hyphen, and so
    do two halves that both stand elsewhere as words.

    Parameters
    ----------
    text : str
        Clean text of one page.
    words : Counter
        From :func:`count_words` over the whole document.

    Returns
    -------
    str
        The text with the same number of lines, or fewer where a line held half a word alone.
    """

    def replace(match: re.Match[str]) -> str:
        first, second, rest = match.groups()
        hyphen = "-" if _keeps_hyphen(first, second, words=words) else ""
        return f"{first}{hyphen}{second}{rest}\n"

    # A word may be broken twice, over three lines; the second break shows after the first pass.
    joined = _BROKEN.sub(replace, text)
    return re.sub(r"\n{3,}", "\n\n", joined).rstrip("\n")


def _keeps_hyphen(first: str, second: str, *, words: Counter[str]) -> bool:
    """Decide between ``firstsecond`` and ``first-second``."""
    # "Hewlett-\nPackard"; but headings in capitals are broken like words: "INVEN-\nTORIES".
    if second[0].isupper() and (not first.isupper() or len(first) < 2):
        return True
    hyphenated = words[f"{first}-{second}".lower()]
    joined = words[f"{first}{second}".lower()]
    if hyphenated != joined:
        return hyphenated > joined
    start = first.lower().rpartition("-")[2]
    if "-" in first or start in _COMPOUND_STARTS:
        return True
    end = second.lower().partition("-")[0]
    both_words = words[start] > 0 and words[end] > 0
    return both_words and len(start) > 3 and len(end) > 3
