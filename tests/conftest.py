"""What all tests share: a home of their own, one embedder, one loaded language model."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rare_app.library import Embedder, Library, Passage
from rare_app.log import quiet_environment
from rare_app.model import (
    AdapterFile,
    Engine,
    LanguageModel,
    Loaded,
    Profile,
    bundled_model_path,
    find_models,
    find_profile,
    hash_model,
)
from rare_app.settings import PROJECT_FOLDER, Settings

quiet_environment()

SMALL_MODEL = next(one.name for one in find_models(Settings(home=Path())) if one.bundled)
"""All tests answer with the small model, also in the apps that they start."""
os.environ["RARE_MODEL"] = SMALL_MODEL

SMALL_READER = str(PROJECT_FOLDER / "models" / "reader-minilm-l6.safetensors")
"""Reads in a third of the time. Whoever starts the app or the command line gets the large one."""


def small_profile() -> Profile:
    """Profile of the small model with our adapter."""
    bundled = bundled_model_path()
    assert bundled is not None
    found = find_profile(
        [PROJECT_FOLDER / "models"], base_sha256=hash_model(bundled), adapter="rare-smollm2-135m"
    )
    assert found.name == "rare-smollm2-135m"
    return found


BEES = (
    "# Honey bees\n\nA honey bee colony holds one queen. The queen lays up to 2,000 eggs a day "
    "in early summer.\n\n## Winter\n\nIn winter the bees form a cluster and keep its middle at "
    "about 35 degrees Celsius.\n"
)
BRIDGES = (
    "The Forth Bridge was opened on 4 March 1890 by the Prince of Wales.\n\nIt is 2,467 metres "
    "long and carries two railway tracks over the Firth of Forth.\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        model=SMALL_MODEL,
        reader=SMALL_READER,
        reasoning_tokens=24,
        answer_tokens=12,
        read_seconds=60.0,
    )


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(scope="session")
def shared_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of what is loaded once; tests must leave its home as they find it."""
    home = tmp_path_factory.mktemp("shared")
    return Settings(
        home=home,
        model=SMALL_MODEL,
        reader=SMALL_READER,
        reasoning_tokens=24,
        answer_tokens=12,
        context_tokens=1536,
    )


@pytest.fixture(scope="session")
def engine(shared_settings: Settings) -> Iterator[Engine]:
    made = Engine(settings=shared_settings)
    yield made
    made.close()


@pytest.fixture
def model(engine: Engine) -> Iterator[LanguageModel]:
    with engine.use() as loaded:
        loaded.model.forget()
        yield loaded.model


@pytest.fixture
def open_library(settings: Settings, embedder: Embedder) -> Iterator[Callable[[], Library]]:
    """Open the library of this test's home; called again, as a new start of the app would."""
    opened: list[Library] = []

    def open_again() -> Library:
        for one in opened:
            one.close()
        opened[:] = [Library(settings=settings, embedder=embedder)]
        return opened[0]

    yield open_again
    for one in opened:
        one.close()


@pytest.fixture
def library(open_library: Callable[[], Library]) -> Library:
    return open_library()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a text file that is to be added."""

    def write_file(name: str, text: str = BEES) -> Path:
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def passage(text: str, *, number: int = 1, start: int = 0, **fields: object) -> Passage:
    """Make a passage that holds a text."""
    values: dict[str, object] = {
        "chunk_id": number,
        "document_id": number,
        "document": f"{number}.md",
        "title": "",
        "section": "",
        "page": number,
        "page_kind": "page",
        "start": start,
        "end": start + len(text),
        "text": text,
        "score": 0.5,
    }
    return Passage(**{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def adapted(engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """The engine, its model taken for one that has learned to quote or refuse."""
    use = engine.use

    @contextmanager
    def with_adapter(**options: str) -> Iterator[Loaded]:
        with use(**options) as loaded:
            adapter = AdapterFile(name="a", path=tmp_path, bytes=1, base_sha256="")
            yield Loaded(loaded.model, loaded.file, adapter, profile=small_profile())

    monkeypatch.setattr(engine, "use", with_adapter)
    monkeypatch.setattr(engine, "profile", lambda *_, **__: small_profile())
    return engine
