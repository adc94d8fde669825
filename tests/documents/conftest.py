import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rare_app.documents import Document, Page, read_document
from rare_app.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", read_seconds=60.0)


@pytest.fixture
def read(settings: Settings) -> Callable[..., Document]:
    def read_file(path: Path, name: str = "", **options: Any) -> Document:
        return read_document(path, name=name or path.name, settings=replace(settings, **options))

    return read_file


@pytest.fixture
def make_document() -> Callable[..., Document]:
    def make(*pages: str, media_type: str = "application/pdf") -> Document:
        return Document(
            name="a",
            content_hash="0" * 64,
            media_type=media_type,
            title="a",
            page_kind="page",
            pages=tuple(Page(number=n, text=text) for n, text in enumerate(pages, start=1)),
        )

    return make


def count_words(texts: Sequence[str]) -> list[int]:
    """Stand in for the tokenizer: words and punctuation marks."""
    return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]
