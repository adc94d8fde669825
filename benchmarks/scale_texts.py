"""Texts and vectors for a large library: real ones, and copies of them that differ in numbers."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import Chunk, Document, Page
from rare_app.library import Passage

_NUMBER = re.compile(r"\d+")
_SLICE = 60_000
"""Characters of a file that is added."""
_PER_PAGE = 20
"""Chunks of a page of a copied document."""
_NOISE = 0.48
"""Length of the noise that is added to a unit vector: cosine 0.9 to the one it is made of."""


def write_files(data: Path, folder: Path, *, characters: int) -> list[Path]:
    """Write text files made of the shared texts, so many characters in all."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join(_texts(data))[:characters]
    if len(text) < characters:
        raise SystemExit(f"{data} holds {len(text):,} characters, fewer than {characters:,}.")
    paths = []
    for number, begin in enumerate(range(0, len(text), _SLICE), start=1):
        path = folder / f"Report {number}.txt"
        path.write_text(text[begin : begin + _SLICE], encoding="utf-8")
        paths.append(path)
    return paths


def questions(data: Path, count: int) -> list[str]:
    """Give questions about the shared texts."""
    path = data / "squad2_half_dev" / "dev-v2.0.json"
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    asked = [
        one["question"].strip()
        for article in articles
        for paragraph in article["paragraphs"]
        for one in paragraph["qas"]
    ]
    return asked[:: max(1, len(asked) // count)][:count]


def _texts(data: Path) -> Iterator[str]:
    """Go through paragraphs: encyclopaedic first, because the questions are about these."""
    squad = json.loads((data / "squad2_half_dev" / "dev-v2.0.json").read_text(encoding="utf-8"))
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"]
    for path in sorted((data / "chunking_eval" / "corpora").glob("*.md")):
        yield path.read_text(encoding="utf-8")


def copy_document(
    passages: Sequence[Passage], vectors: NDArray[np.float32], *, number: int
) -> tuple[Document, list[Chunk], NDArray[np.float32]]:
    """Make a document whose chunks say the same as some passages with other numbers.

    Parameters
    ----------
    vectors : array of float32, shape (passages, dimension)
        The passages' own vectors.
    number : int
        Which copy; seeds its numbers and its noise.

    Returns
    -------
    document : Document
    chunks : list of Chunk
    vectors : array of float32, shape (chunks, dimension)
        The passages' vectors with noise, of unit length: derived, not embedded.
    """
    random = np.random.default_rng(number)
    texts = [_other_numbers(one.text, number, random) for one in passages]
    pages, chunks = [], []
    for begin in range(0, len(texts), _PER_PAGE):
        at = 0
        for text in texts[begin : begin + _PER_PAGE]:
            chunks.append(
                Chunk(
                    ordinal=len(chunks),
                    page=len(pages) + 1,
                    start=at,
                    end=at + len(text),
                    text=text,
                    section="",
                )
            )
            at += len(text) + 2
        pages.append(
            Page(number=len(pages) + 1, text="\n\n".join(texts[begin : begin + _PER_PAGE]))
        )
    noise = random.normal(size=vectors.shape) * (_NOISE / np.sqrt(vectors.shape[1]))
    derived = vectors + noise
    derived /= np.linalg.norm(derived, axis=1, keepdims=True)
    document = Document(
        name=f"Copy {number}.txt",
        content_hash=hashlib.sha256(f"copy {number}".encode()).hexdigest(),
        media_type="text/plain",
        title=f"Copy {number}",
        page_kind="part",
        pages=tuple(pages),
    )
    return document, chunks, derived.astype(np.float32)


def _other_numbers(text: str, number: int, random: np.random.Generator) -> str:
    """Put other digits in place of every number; a text without one gets one at its end."""
    changed = _NUMBER.sub(
        lambda match: "".join(str(one) for one in random.integers(1, 10, len(match[0]))), text
    )
    return changed if changed != text else f"{text} ({number})"
