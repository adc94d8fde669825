"""Cutting a long text without pages into parts, so that work on one page stays bounded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rare_app.documents.draft import OnPage
from rare_app.documents.errors import TooManyPagesError, show_name
from rare_app.documents.types import Block, Page, PageKind

LONGEST_PART = 20_000
"""Characters of a part, about."""

_BOUNDARIES = (
    re.compile(r"\n\n(?=#{1,3} )"),
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?。])\s*"),
    re.compile(r"\s"),
)


def cut_into_parts(text: str, *, longest: int = LONGEST_PART) -> list[str]:
    """Cut text into parts, at a heading if one is near, else at a paragraph, line or sentence.

    Parameters
    ----------
    text : str
        Clean text.
    longest : int
        Characters of a part at most.

    Returns
    -------
    list of str
        The parts in order, without white space around them; one empty part for empty text.
    """
    parts: list[str] = []
    start = 0
    while len(text) - start > longest:
        end = _find_cut(text, start=start, longest=longest)
        parts.append(text[start:end].strip("\n"))
        start = end
    parts.append(text[start:].strip("\n"))
    return [part for part in parts if part.strip()] or [""]


def _find_cut(text: str, *, start: int, longest: int) -> int:
    """Position of the last good boundary in the second half of what fits."""
    limit = start + longest
    for boundary in _BOUNDARIES:
        last = -1
        for match in boundary.finditer(text, start + longest // 2, limit):
            last = match.end()
        if last > start:
            return last
    return limit


def cut_page(page: Page, *, longest: int = LONGEST_PART) -> tuple[Page, ...]:
    """Cut a page into parts between its blocks, before a heading if one is near.

    Parameters
    ----------
    page : Page
        Its blocks hold all its text but white space; `places` are left out.
    longest : int
        Characters of a part, about: a row or line that is longer is not cut.

    Returns
    -------
    tuple of Page
        Numbered from 1. A table that is cut repeats its head in each part.
    """
    if len(page.text) <= longest:
        return (page,)
    parts: list[list[_Unit]] = [[]]
    length = 0
    for unit in _units(page, longest=longest):
        if length + len(unit.text) > longest and parts[-1]:
            parts.append(_take_from_heading(parts[-1], longest=longest))
            length = sum(len(one.before) + len(one.text) for one in parts[-1])
        parts[-1].append(unit)
        length += len(unit.before) + len(unit.text)
    return tuple(_page_of(units, number) for number, units in enumerate(parts, start=1))


def number_pages(
    pages: Sequence[Page], *, kind: PageKind, name: str, most: int, on_page: OnPage
) -> tuple[Page, ...]:
    """Give pages their numbers from 1 and report each.

    Raises
    ------
    TooManyPagesError
        There are more than `most`; the sentence names the file and the way out.
    """
    if len(pages) > most:
        raise TooManyPagesError(
            f"{show_name(name)} has {len(pages):,} {kind}s, more than the {most:,} allowed: split "
            "it into smaller files, or raise the option “maximum_pages”."
        )
    for number in range(1, len(pages) + 1):
        on_page(number, len(pages))
    return tuple(replace(page, number=number) for number, page in enumerate(pages, start=1))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block, or a piece of a long one, with the white space that stands before it."""

    text: str
    block: Block
    before: str


def _units(page: Page, *, longest: int) -> Iterator[_Unit]:
    end = 0
    for block in page.blocks:
        before = page.text[end : block.start]
        text = page.text[block.start : block.end]
        end = block.end
        pieces = [text]
        if len(text) > longest:
            head = block.head if block.kind == "table" else ""
            # What is left lets headings stand on the same part.
            room = max(longest // 4, longest - longest // 20 - len(head))
            body = text[len(head) :] if head and text.startswith(head) else text
            pieces = (
                _cut_rows(body, room)
                if block.kind == "table"
                else cut_into_parts(body, longest=room)
            )
            pieces = [f"{head}\n{piece}" if head else piece for piece in pieces]
        for number, piece in enumerate(pieces):
            yield _Unit(piece, block, before if number == 0 else "\n\n")


def _cut_rows(text: str, longest: int) -> list[str]:
    """Cut between lines alone."""
    pieces: list[list[str]] = [[]]
    length = 0
    for line in text.strip("\n").split("\n"):
        if pieces[-1] and length + len(line) > longest:
            pieces.append([])
            length = 0
        pieces[-1].append(line)
        length += len(line) + 1
    return ["\n".join(piece) for piece in pieces]


def _take_from_heading(units: list[_Unit], *, longest: int) -> list[_Unit]:
    """Take off what stands from the last heading on, if it is in the second half or at the end."""
    length = 0
    for index in range(len(units) - 1, 0, -1):
        length += len(units[index].text)
        if length > longest // 2:
            break
        if units[index].block.kind == "heading" and units[index - 1].block.kind != "heading":
            taken = units[index:]
            del units[index:]
            return taken
    return []


def _page_of(units: Sequence[_Unit], number: int) -> Page:
    texts: list[str] = []
    blocks: list[Block] = []
    position = 0
    for unit in units:
        before = unit.before if blocks else ""
        start = position + len(before)
        position = start + len(unit.text)
        texts += [before, unit.text]
        blocks.append(replace(unit.block, start=start, end=position))
    return Page(number=number, text="".join(texts), blocks=tuple(blocks))
