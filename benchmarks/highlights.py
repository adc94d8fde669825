"""Measure whether the marked boxes on a page are those of the quoted words.

``python -m benchmarks.highlights FOLDER [--quotes 200]`` reads the PDF files of a folder as the app
does, takes sentences and runs of rows from random pages as quotes, finds them on the drawn pages,
and reads back what stands inside the boxes. A quote counts as right when that is the quote itself
(white space, hyphens and capitals aside).
"""

import argparse
import random
from pathlib import Path

from rapidfuzz import fuzz

from rare_app.documents import Document, DocumentError, read_document
from rare_app.log import quiet_environment
from rare_app.pages.match import fold
from rare_app.pages.pdf import view_pdf_page
from rare_app.pages.types import Box
from rare_app.prompt import unwrap
from rare_app.reader import sentence_spans
from rare_app.settings import load_settings

_AROUND = 300
_SHORTEST, _LONGEST = 15, 600


def choose_quotes(
    documents: list[tuple[Path, Document]], *, count: int, seed: int
) -> list[tuple[Path, int, str, tuple[int, int]]]:
    """Choose (file, page number, page text, span) at random; each sixth spans two sentences.

    Files count alike, however long they are; no quote is taken twice.
    """
    source = random.Random(seed)
    quotes: list[tuple[Path, int, str, tuple[int, int]]] = []
    taken: set[tuple[Path, int, int]] = set()
    while len(quotes) < count:
        path, document = source.choice(documents)
        page = source.choice(document.pages)
        spans = sentence_spans(unwrap(page.text))
        if not spans:
            continue
        first = source.randrange(len(spans))
        last = min(len(spans) - 1, first + (source.random() < 1 / 6))
        start, end = spans[first][0], spans[last][1]
        place = (path, page.number, start)
        if _SHORTEST <= end - start <= _LONGEST and place not in taken:
            taken.add(place)
            quotes.append((path, page.number, page.text, (start, end)))
    return quotes


def text_inside(path: Path, number: int, boxes: tuple[Box, ...]) -> str:
    """Read what a page has at the boxes' place, character by character, by the middle of each."""
    import pypdfium2

    from rare_app.pages.pdf import read_characters

    document = pypdfium2.PdfDocument(path)
    try:
        characters = read_characters(document[number - 1])
    finally:
        document.close()

    def inside(one: Box) -> bool:
        x, y = one.left + one.width / 2, one.top + one.height / 2
        return any(
            b.left <= x <= b.left + b.width and b.top <= y <= b.top + b.height for b in boxes
        )

    return "".join(
        character
        for character, box in zip(characters.text, characters.boxes, strict=True)
        if box is not None and inside(box)
    )


def main() -> int:
    """Print the shares and what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--quotes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10, help="failures to print")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings(home=Path("unused"))
    documents = []
    for path in sorted(path for folder in options.folder for path in folder.rglob("*.pdf")):
        try:
            documents.append((path, read_document(path, name=path.name, settings=settings)))
        except DocumentError as error:
            print(f"left out: {error}")
    right = found = shown = 0
    quotes = choose_quotes(documents, count=options.quotes, seed=options.seed)
    for path, number, text, (start, end) in quotes:
        view = view_pdf_page(
            path,
            number=number,
            quote=text[start:end],
            before=text[max(0, start - _AROUND) : start],
            after=text[end : end + _AROUND],
        )
        found += bool(view.boxes)
        inside = fold(text_inside(path, number, view.boxes))[0]
        wanted = fold(text[start:end])[0]
        # In the order of the file, which is not always that of reading: the same characters.
        same = inside == wanted or sorted(inside) == sorted(wanted)
        right += same
        if not same and shown < options.show:
            shown += 1
            print(f"\n{path.name}, page {number}, likeness {fuzz.ratio(inside, wanted):.0f}")
            print("  wanted:", text[start:end].replace("\n", " ⏎ ")[:200])
            print("  marked:", view.text.replace("\n", " ⏎ ")[:200])
    total = len(quotes)
    print(f"\n{total} quotes: {found / total:.1%} found, {right / total:.1%} right")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
