"""Writing a page from its blocks: the text that people, index and model read, and the spans."""

from collections.abc import Sequence
from dataclasses import replace

from rare_app.documents.tables import Table, write_table
from rare_app.documents.types import Block, BlockKind, Page, Place

_CLOSE: frozenset[BlockKind] = frozenset({"item", "field"})
"""Blocks of these kinds follow one another without an empty line."""


class PageWriter:
    """Takes the blocks of a page in reading order and writes its text.

    Parameters
    ----------
    marked_up : bool
        Whether headings are written with Markdown's ``#``: for formats whose pages are shown as
        text. On a page that is shown as a picture the text has what stands there and no more.
    """

    def __init__(self, *, marked_up: bool = True) -> None:
        self._marked_up = marked_up
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._places: list[Place] = []
        self._length = 0

    def add(
        self, kind: BlockKind, text: str, *, level: int = 0, places: Sequence[Place] = ()
    ) -> None:
        """Add a block; one without text is left out.

        Parameters
        ----------
        kind : BlockKind
        text : str
            Clean text: no white space at the ends, lines as they are to be read.
        level : int
            1 to 6 for a heading; 0 and more for an item.
        places : sequence of Place
            Boxes, with spans in `text`.
        """
        if not text.strip():
            return
        before = ""
        if kind == "heading" and self._marked_up:
            before = "#" * min(6, max(1, level)) + " "
        self._put(Block(kind, 0, 0, level), before + text, places, shift=len(before))

    def add_table(self, table: Table, *, places: Sequence[Place] = ()) -> None:
        """Add a table; one without a cell that holds anything is left out.

        Parameters
        ----------
        places : sequence of Place
            Boxes, with spans in what :func:`write_table` gives.
        """
        text, head = write_table(table)
        if text:
            self._put(Block("table", 0, 0, head=head), text, places)

    def page(self, number: int, *, label: str = "") -> Page:
        """Give the page as it was written."""
        return Page(
            number=number,
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            label=label,
            places=tuple(self._places),
        )

    def _put(self, block: Block, text: str, places: Sequence[Place], *, shift: int = 0) -> None:
        if self._blocks:
            last = self._blocks[-1].kind
            self._push("\n" if last == block.kind and last in _CLOSE else "\n\n")
        start = self._length
        self._push(text)
        self._blocks.append(replace(block, start=start, end=self._length))
        at = start + shift
        self._places += [replace(one, start=at + one.start, end=at + one.end) for one in places]

    def _push(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
