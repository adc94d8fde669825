"""Which paragraphs of a PDF are headings: by the file's outline, and by size and weight."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rare_app.documents.pdf_fields import Piece

if TYPE_CHECKING:
    from pypdf import PdfReader

_LARGER = 1.12
"""How much larger than most text a heading is that is not bold."""
_LONGEST = 140
_MOST_LINES = 3
_MOST_BOLD = 0.4
"""Share of bold text from which bold is no sign of a heading."""
_MOST_LEVELS = 6
_MOST_ENTRIES = 20_000
_DEEPEST = 12
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_BEFORE = re.compile(r"^[\d.§()\s]+")


Outline = dict[tuple[int, str], int]
"""Levels of titles by their page (0-based) and the title as :func:`name_headings` compares it."""


def read_outline(reader: "PdfReader") -> Outline:
    """List the titles of a file's outline."""
    levels: Outline = {}

    def read(entries: Iterable[Any], level: int) -> None:
        for entry in entries:
            if len(levels) >= _MOST_ENTRIES:
                return
            if isinstance(entry, list):
                if level < _DEEPEST:
                    read(entry, level + 1)
            else:
                key = _key(str(getattr(entry, "title", "") or ""))
                page = reader.get_destination_page_number(entry)
                if key and page is not None:
                    levels.setdefault((page, key), level)

    try:
        read(reader.outline, 1)
    except Exception:  # noqa: BLE001 - a broken outline only costs headings
        return levels
    return levels


def name_headings(pages: Sequence[Sequence[Piece]], outline: Outline) -> None:
    """Make headings of the paragraphs that are some, with their levels.

    Parameters
    ----------
    pages : sequence of sequence of Piece
        The parts of every page; changed in place.
    outline : Outline
        From :func:`read_outline`.
    """
    sizes: Counter[float] = Counter()
    bold = whole = 0
    for page in pages:
        for one in page:
            if one.kind in ("paragraph", "item"):
                sizes[_rounded(one)] += len(one.text)
                whole += len(one.text)
                bold += len(one.text) * one.bold
    if not sizes:
        return
    usual = sizes.most_common(1)[0][0]
    weighs = bold <= _MOST_BOLD * whole
    styles: Counter[tuple[float, bool]] = Counter()
    told: dict[tuple[float, bool], Counter[int]] = {}
    found: list[tuple[Piece, int]] = []
    for at, page in enumerate(pages):
        for one in page:
            if not _may_be(one):
                continue
            level = outline.get((at, _key(one.text)), 0)
            style = (_rounded(one), one.bold)
            if level:
                told.setdefault(style, Counter())[level] += 1
            elif not _looks_like(one, usual, weighs=weighs):
                continue
            styles[style] += 1
            found.append((one, level))
    ranks = {style: at for at, style in enumerate(sorted(styles, reverse=True), start=1)}
    for one, level in found:
        style = (_rounded(one), one.bold)
        one.kind = "heading"
        known = told.get(style)
        one.level = level or (known.most_common(1)[0][0] if known else 0)
        one.level = min(_MOST_LEVELS, one.level or ranks[style])


def _rounded(piece: Piece) -> float:
    return round(2 * piece.size) / 2


def _may_be(piece: Piece) -> bool:
    text = piece.text
    return (
        piece.kind in ("paragraph", "item")
        and piece.lines <= _MOST_LINES
        and 3 <= len(text) <= _LONGEST
        and bool(_WORD.search(text))
        and text[0] not in '•◦▪●○■□‣(“"☐☒☑'
    )


def _looks_like(piece: Piece, usual: float, *, weighs: bool) -> bool:
    if piece.text.endswith((".", ",", ";", ":")) or "  " in piece.text:
        return False
    larger = piece.size >= _LARGER * usual
    return larger or (weighs and piece.bold and piece.size >= 0.95 * usual)


def _key(title: str) -> str:
    """Write a title so that small differences do not matter: letters and figures alone."""
    bare = _NUMBER_BEFORE.sub("", title.casefold())
    return "".join(c for c in bare if c.isalnum())
