"""Split an answer into claims: sentences and list items."""

import itertools
import re

_ABBREVIATIONS = (
    "dr|mr|mrs|ms|prof|st|vs|etc|e\\.g|i\\.e|cf|al|fig|figs|no|nos|art|sec|ch|vol|pp|p|ed|eds|"
    "inc|ltd|co|corp|jr|sr|approx|dept|u\\.s|u\\.k|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
)
_END = re.compile(r"[.!?。！？]+[\"”’')\]]*(?=\s|$)")
_SHORTENED = re.compile(rf"(?:^|[\s(\[“\"])(?:{_ABBREVIATIONS}|[A-Z])\.$", re.IGNORECASE)
_NUMBERING = re.compile(r"\s*\d{1,2}\.")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)])\s+")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a text.

    Returns
    -------
    list of (start, end)
        Half-open character spans, trimmed, in order. Line breaks that end a paragraph or an item
        end a sentence; abbreviations, initials and decimal points do not.
    """
    spans: list[tuple[int, int]] = []
    for begin, end in _paragraphs(text):
        start = begin
        for match in _END.finditer(text, begin, end):
            so_far = text[start : match.start() + 1]
            # An answer such as "42. It is …" begins with a sentence, a list with "1.".
            numbers = start == begin and (begin > 0 or so_far.strip() == "1.")
            if _SHORTENED.search(so_far) or (numbers and _NUMBERING.fullmatch(so_far)):
                continue
            _append(spans, text, start, match.end())
            start = match.end()
        _append(spans, text, start, end)
    return spans


def split_claims(answer: str) -> list[str]:
    """Split an answer into its claims, list marks removed."""
    claims = []
    for start, end in split_sentences(answer):
        claim = _ITEM.sub("", answer[start:end]).strip()
        if any(c.isalnum() for c in claim):
            claims.append(claim)
    return claims


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans between blank lines and before list items; single line breaks run on."""
    cuts = [0]
    for match in re.finditer(r"\n", text):
        rest = text[match.end() :]
        if rest.startswith("\n") or _ITEM.match(rest.split("\n", 1)[0]):
            cuts.append(match.end())
    cuts.append(len(text))
    return list(itertools.pairwise(cuts))


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if end > start:
        spans.append((start, end))
