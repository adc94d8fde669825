"""Looking values up in what was read, as somebody who reads the page would."""

from rare_app.documents import Document
from rare_app.documents.tables import cells_of


def cells(document: Document, row: str, column: str) -> list[str]:
    """All values that stand in a row of that name (first cell) under a column of that name."""
    found = []
    for page in document.pages:
        for block in page.blocks:
            if block.kind != "table":
                continue
            lines = [cells_of(line) for line in page.text[block.start : block.end].split("\n")]
            lines = [line for line in lines if line]
            heads = next((n for n, line in enumerate(lines) if set(line) == {"---"}), 0)
            if column not in lines[0] or not heads:
                continue
            at = lines[0].index(column)
            found += [line[at] for line in lines[heads + 1 :] if line[0] == row]
    return found


def cell(document: Document, row: str, column: str) -> str:
    found = cells(document, row, column)
    assert len(found) == 1, (row, column, found)
    return found[0]


def texts(document: Document, kind: str) -> list[str]:
    return [
        page.text[block.start : block.end]
        for page in document.pages
        for block in page.blocks
        if block.kind == kind
    ]
