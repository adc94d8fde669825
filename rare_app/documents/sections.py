"""The headings of a document: those that its reader told, and those that its text shows."""

from dataclasses import replace

from rare_app.documents.headings import Heading, find_headings
from rare_app.documents.types import Document, Page

_NAMED = 3
"""Levels of headings that name themselves: “Part I”, “Item 2”, “Note 3: …”."""


def headings_of(document: Document, *, markdown: bool) -> list[list[Heading]]:
    """Give each page's headings: those that the reader told, else those that the text shows."""
    texts = [page.text for page in document.pages]
    told = [
        [
            Heading(one.start, one.end, one.level, _title(page.text[one.start : one.end]))
            for one in page.blocks
            if one.kind == "heading"
        ]
        for page in document.pages
    ]
    formed = [] if markdown and any(told) else find_headings(texts, markdown=markdown)
    if not any(told) or markdown:
        return told if any(told) else formed
    return [
        _with_named(page, own, [one for one in others if one.level <= _NAMED])
        for page, own, others in zip(document.pages, told, formed, strict=True)
    ]


def _with_named(page: Page, told: list[Heading], named: list[Heading]) -> list[Heading]:
    """Put the headings that a page's look tells below those that name themselves, as notes do."""
    merged = {one.start: replace(one, level=one.level + _NAMED) for one in told}
    for one in named:
        over = [other for other in told if other.start < one.end and one.start < other.end]
        if any(b.kind == "table" and b.start <= one.start < b.end for b in page.blocks):
            continue
        if over:
            merged[over[0].start] = replace(over[0], level=one.level)
        else:
            merged[one.start] = one
    return [merged[start] for start in sorted(merged)]


def _title(line: str) -> str:
    return " ".join(line.lstrip("#").strip("*_` ").split())
