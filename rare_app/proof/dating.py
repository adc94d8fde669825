"""When a document is from, as far as its name, title, headings or words say."""

import re

from rare_app.library import Passage

_MONTHS = "January February March April May June July August September October November December"
_MONTH = rf"(?:{'|'.join(_MONTHS.split())})"
_YEAR = r"(?:19|20)\d\d"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? {_YEAR}\b",
        rf"\b{_MONTH} \d{{1,2}}, ?{_YEAR}\b",
        rf"(?<!\d){_YEAR}-(?:0[1-9]|1[0-2])-[0-3]\d(?!\d)",
        rf"(?<![^\W_])(?:Q[1-4]|H[12])[ _-]?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}[ _-]?(?:Q[1-4]|H[12])(?![^\W_])",
        rf"\b{_MONTH} {_YEAR}\b",
        rf"(?<!\d){_YEAR}(?!\d)",
    )
)
"""From the most exact to the least."""
_SAID = re.compile(
    r"\b(?:dated|as of|as at|effective|valid from|revised|last updated|version of|ended|issued)"
    r"(?: on| from)?:?\s",
    re.IGNORECASE,
)
_SAID_REACH = 28


def date_of(passage: Passage) -> str:
    """Find the date or period of a passage's document, as it is written there.

    The document's name says most, then its title, the headings above the passage, and at last a
    phrase of the passage itself such as "as of 31 March 2023".

    Returns
    -------
    str
        Empty where none of them has one.
    """
    for text in (passage.document, passage.title, passage.section):
        if found := _first(text):
            return found.replace("_", " ")
    for said in _SAID.finditer(passage.text):
        if found := _first(passage.text[said.end() : said.end() + _SAID_REACH]):
            return found
    return ""


def _first(text: str) -> str:
    for pattern in _DATES:
        if found := pattern.search(text):
            return " ".join(found[0].split())
    return ""
