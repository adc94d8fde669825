"""Find quoted words among a page's characters, whatever became of spaces, hyphens and ligatures."""

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

LEAST_LIKENESS = 88.0
"""Least likeness (0–100, :func:`rapidfuzz.fuzz.partial_ratio`) of a place that is not exact."""
_CONTEXT = 80
_SHORTEST_PIECE = 12
_LEAST_COVERED = 0.8
_LEFT_OUT = frozenset("-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212\ufffe\u0002|\u00b7#*_\\`")
"""Left out on both sides: words are rejoined, cells and heads parted when a page is read, and
Markdown's signs of headings and emphasis are written or not."""

Range = tuple[int, int]


def fold(text: str) -> tuple[str, list[int]]:
    """Reduce a text to what two readings of a page have in common.

    Returns
    -------
    folded : str
        Compatibility form (NFKC), no capitals, white space, hyphens, signs of Markdown or
        invisible characters.
    places : list of int
        For each character of it the offset in `text` that it comes from.
    """
    folded: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        if character in _LEFT_OUT:
            continue
        for one in unicodedata.normalize("NFKC", character).casefold():
            # Accents apart from their letters, so that both spellings of é are the same.
            for part in unicodedata.normalize("NFD", one):
                if not (part.isspace() or unicodedata.category(part) in ("Cc", "Cf", "Co", "Mn")):
                    folded.append(part)
                    places.append(at)
    return "".join(folded), places


def find_quote_ranges(
    characters: str, quote: str, *, before: str = "", after: str = ""
) -> list[Range]:
    """Find a quote among a page's characters.

    Parameters
    ----------
    characters : str
        The page, character by character, in the file's order.
    quote : str
        The words that are looked for.
    before, after : str
        What the page says round the quote: it decides between several places.

    Returns
    -------
    list of (int, int)
        Half-open ranges of `characters` in reading order; more than one where the file holds the
        parts of the quote apart from each other. Empty where it is not found.
    """
    page, places = fold(characters)
    wanted, _ = fold(quote)
    if not wanted or not page:
        return []
    found = _best(page, wanted, fold(before)[0][-_CONTEXT:], fold(after)[0][:_CONTEXT])
    if found is None:
        ranges = _in_pieces(page, quote)
        return [(places[start], places[end - 1] + 1) for start, end in ranges]
    start, end = found
    return [(places[start], places[end - 1] + 1)]


def _best(page: str, wanted: str, before: str, after: str) -> Range | None:
    exact: list[Range] = []
    at = page.find(wanted)
    while at >= 0:
        exact.append((at, at + len(wanted)))
        at = page.find(wanted, at + 1)
    if len(exact) > 1:

        def fits(place: Range) -> float:
            start, end = place
            return fuzz.ratio(page[max(0, start - len(before)) : start], before) + fuzz.ratio(
                page[end : end + len(after)], after
            )

        return max(exact, key=fits)
    if exact:
        return exact[0]
    if len(wanted) < _SHORTEST_PIECE:
        return None
    near = fuzz.partial_ratio_alignment(wanted, page, score_cutoff=LEAST_LIKENESS)
    if near is None or near.dest_end <= near.dest_start or len(page) < len(wanted):
        return None
    return near.dest_start, near.dest_end


def _in_pieces(page: str, quote: str) -> list[Range]:
    """Find the lines of a quote one by one; what is found must be most of it."""
    taken: list[Range] = []
    covered = whole = 0
    for line in _pieces(quote):
        wanted, _ = fold(line)
        whole += len(wanted)
        place = _after_last(page, wanted, taken)
        if place is not None:
            taken.append(place)
            covered += len(wanted)
    return taken if whole and covered >= _LEAST_COVERED * whole else []


def _after_last(page: str, wanted: str, taken: Sequence[Range]) -> Range | None:
    """Find a piece, best after the one before it."""
    if not wanted:
        return None
    start = taken[-1][1] if taken else 0
    at = page.find(wanted, start)
    if at < 0:
        at = page.find(wanted)
    if at >= 0 and not any(a < at + len(wanted) and at < b for a, b in taken):
        return at, at + len(wanted)
    if len(wanted) >= _SHORTEST_PIECE:
        near = fuzz.partial_ratio_alignment(wanted, page, score_cutoff=LEAST_LIKENESS)
        if near is not None and near.dest_end > near.dest_start:
            return near.dest_start, near.dest_end
    return None


def _pieces(quote: str) -> list[str]:
    """Lines and cells; a text without either in runs of a few words.

    A head that spans columns is written in each, and stands on the page once.
    """
    quote = "\n".join(_heads_first(line) for line in quote.splitlines())
    parted = quote.replace("|", "  ").replace(" \u00b7 ", "  ")
    pieces = [part for line in parted.splitlines() for part in line.split("  ") if part.strip()]
    if "|" in quote:
        pieces = list(dict.fromkeys(part.strip() for part in pieces))
    if len(pieces) > 1:
        return pieces
    words = quote.split()
    return [" ".join(words[i : i + 6]) for i in range(0, len(words), 6)]


def _heads_first(line: str) -> str:
    """Write a row that says its columns (“Goodwill; 2023: 67; 2022: 68”) as heads and cells."""
    label, *pairs = line.split("; ")
    if len(pairs) < 2 or not all(": " in pair for pair in pairs):
        return line
    heads, cells = zip(*(pair.rsplit(": ", 1) for pair in pairs), strict=True)
    return " | ".join([*heads, *label.split(": "), *cells])
