"""Markdown files: their text stays as it is, its blocks are told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rare_app.documents.clean import clean_characters
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage, plain_pages
from rare_app.documents.parts import cut_into_parts, cut_page, number_pages
from rare_app.documents.text import decode
from rare_app.documents.types import Block, BlockKind, Page
from rare_app.settings import Settings

_LONGEST_PARSED = 2_000_000  # characters; takes some seconds
_LONGEST_TITLE = 100  # characters of a line above a table that is taken for its title
_FRONT_MATTER = re.compile(r"---\n(?:.*\n)*?(?:---|\.\.\.)(?:\n|$)")
_STATED_TITLE = re.compile(r"^title: *[\"']?(.+?)[\"']? *$", re.MULTILINE)
_SENTENCE_END = ".!?;,…。！？"
_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "table_open": "table",
    "list_item_open": "item",
}


def read_markdown(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a Markdown file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every part when all is done.

    Returns
    -------
    Draft
        Parts of at most about 20,000 characters. A file of more than two million characters has
        no blocks.

    Raises
    ------
    TooManyPagesError, UnsupportedFileError
        The sentence names the file and the way out.
    """
    text = clean_characters(decode(path.read_bytes(), name=name), keep_indentation=True)
    front = _FRONT_MATTER.match(text)
    if len(text) > _LONGEST_PARSED:
        pages: Sequence[Page] = plain_pages(cut_into_parts(text))
        heading = re.search(r"^# +(.+?)\s*#*$", text[:2000], re.MULTILINE)
        title = heading.group(1) if heading else ""
    else:
        blocks = tuple(_find_blocks(text, start=front.end() if front else 0))
        pages = cut_page(Page(1, text, blocks))
        first = next((one for one in blocks if one.kind == "heading" and one.level == 1), None)
        title = text[first.start : first.end].split("\n")[0].strip("# ") if first else ""
    stated = _STATED_TITLE.search(front.group()) if front else None
    title = stated.group(1) if stated else title.strip("*_` ")
    pages = number_pages(
        pages, kind="part", name=name, most=settings.maximum_pages, on_page=on_page
    )
    return Draft(media_type=Format.MARKDOWN, page_kind="part", pages=tuple(pages), title=title)


def _find_blocks(text: str, *, start: int) -> list[Block]:
    """Find the blocks of a text; together they hold all of it but white space and underlines."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable(["inline", "text_join"])
    lines = text[start:].split("\n")
    at = list(accumulate((len(line) + 1 for line in lines), initial=start))
    at[-1] = len(text) + 1
    marks = [*_marks(parser.parse(text[start:])), (len(lines), len(lines), "", 0)]
    blocks = _block(text, "paragraph", 0, start)
    blocks += _block(text, "paragraph", start, max(start, at[marks[0][0]] - 1))
    for (first, last, kind, level), (following, *_) in pairwise(marks):
        end = min(last, following)
        if kind != "table_open":
            # The line below a heading that is underlined is not part of its words.
            shown = end - (kind == "heading_open" and end - first > 1)
            blocks += _block(text, _KINDS.get(kind, "paragraph"), at[first], at[shown] - 1, level)
        else:
            title = blocks.pop().start if blocks and _is_title(text, blocks[-1]) else at[first]
            head = text[title : at[min(first + 2, end)] - 1]
            blocks += [replace(one, head=head) for one in _block(text, "table", title, at[end] - 1)]
        blocks += _block(text, "paragraph", at[end], at[following] - 1)
    return blocks


def _marks(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str, int]]:
    """Give first and last line, kind and level of the outermost blocks, items and tables."""
    depth = -1
    for token in tokens:
        is_list = token.type in ("bullet_list_open", "ordered_list_open")
        depth += is_list - (token.type in ("bullet_list_close", "ordered_list_close"))
        if token.map is None or token.nesting < 0 or is_list:
            continue
        level = int(token.tag[1]) if token.type == "heading_open" else max(0, depth)
        if token.level == 0 or token.type in ("list_item_open", "table_open"):
            yield token.map[0], token.map[1], token.type, level


def _block(text: str, kind: BlockKind, start: int, end: int, level: int = 0) -> list[Block]:
    """Give a block without empty lines around it; none where nothing is left."""
    held = text[start:end]
    if not held.strip():
        return []
    start += len(held) - len(held.lstrip("\n"))
    return [Block(kind, start, start + len(held.strip("\n").rstrip()), level)]


def _is_title(text: str, block: Block) -> bool:
    """Whether a block is a short line that may name the table below it."""
    line = text[block.start : block.end]
    short = block.kind == "paragraph" and len(line) <= _LONGEST_TITLE and "\n" not in line
    return short and line[-1] not in _SENTENCE_END
