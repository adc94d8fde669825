"""Look at the installation: what is there, what would fail, and how to mend it."""

import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import psutil

from rare_app.errors import UserError
from rare_app.library import Embedder, Library, embedder_folder
from rare_app.model import (
    ChatServer,
    check_model,
    choose_adapter,
    choose_model,
    find_adapters,
    find_models,
    standard_notice,
)
from rare_app.plain import counted
from rare_app.reader import find_reader
from rare_app.servers import find_server, what_leaves
from rare_app.settings import Settings

_PACKAGES = (
    "gradio",
    "llama-cpp-python",
    "chromadb",
    "sentence-transformers",
    "torch",
    "pypdf",
    "langchain-text-splitters",
)
_LOW_DISK_MB = 1024
_LOW_MEMORY_MB = 2048


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What was looked at.
    ok : bool
        Whether it is as it must be.
    detail : str
        What was found; where it is not ok, how to mend it.
    """

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the app needs, one finding after the other."""
    yield _python()
    yield from _packages()
    yield _folder(settings)
    yield _disk(settings)
    yield _memory()
    yield _embedder()
    yield _reader(settings)
    yield from _model(settings)
    yield _library(settings)
    yield Finding("Offline", True, " ".join(what_leaves(settings)) or "nothing leaves this machine")
    yield _port(settings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return Finding("Python", ok, found if ok else f"{found}: install Python 3.11 or later")


def _packages() -> Iterator[Finding]:
    for package in _PACKAGES:
        try:
            yield Finding(package, True, version(package))
        except PackageNotFoundError:
            yield Finding(package, False, "not installed: run “make setup”")


def _folder(settings: Settings) -> Finding:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".doctor"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        detail = f"{settings.home} cannot be written to ({error.strerror}): set RARE_HOME"
        return Finding("Folder", False, detail)
    return Finding("Folder", True, str(settings.home))


def _disk(settings: Settings) -> Finding:
    place = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(place).free // (1 << 20)
    ok = free >= _LOW_DISK_MB
    return Finding("Disk", ok, f"{free:,} MB free" + ("" if ok else ": free some space"))


def _memory() -> Finding:
    free = psutil.virtual_memory().available // (1 << 20)
    ok = free >= _LOW_MEMORY_MB
    return Finding("Memory", ok, f"{free:,} MB free" + ("" if ok else ": close other programs"))


def _embedder() -> Finding:
    try:
        embedder = Embedder()
        embedder.embed(["one text"])
    except UserError as error:
        return Finding("Embedder", False, str(error))
    except Exception as error:  # noqa: BLE001 - a broken installation fails in many ways
        return Finding("Embedder", False, f"it does not run ({error}): run “make setup” again")
    return Finding("Embedder", True, f"{embedder.name}, runs")


def _reader(settings: Settings) -> Finding:
    try:
        reader = find_reader(settings, embedder=embedder_folder())
        if reader is None:
            return Finding("Reader", True, "none in use: sentences are judged by their likeness")
        said = reader.read("What is it?", ["It is a reader."])
    except UserError as error:
        return Finding("Reader", False, str(error))
    return Finding("Reader", len(said.sentences) == 1, f"{reader.name}, runs")


def _server(server: ChatServer) -> Finding:
    try:
        name = server.model
        said = "".join(
            f"{one.thought}{one.text}"
            for one in server.stream(
                [{"role": "user", "content": "Say yes."}], max_tokens=8, temperature=0
            )
        )
    except UserError as error:
        return Finding("Language model server", False, str(error))
    finally:
        server.close()
    detail = f"“{name}” at {server.shown}" + (" answers" if said else " answers with no word")
    return Finding("Language model server", True, detail)


def _model(settings: Settings) -> Iterator[Finding]:
    if (server := find_server(settings)) is not None:
        yield _server(server)
        return
    try:
        chosen = choose_model(settings)
        adapter = choose_adapter(settings, chosen)
    except UserError as error:
        yield Finding("Model", False, str(error))
        return
    trouble = check_model(chosen.path)
    runs = f"{chosen.name}, {chosen.bytes / 1e6:.0f} MB, runs"
    yield Finding("Model", not trouble, trouble or runs)
    notice = standard_notice(settings)
    yield Finding(
        "Standard model", True, notice or ("serves" if chosen.standard else "not asked for")
    )
    others = [model.name for model in find_models(settings) if model.name != chosen.name]
    yield Finding("Other models", True, ", ".join(others) or "none")
    known = ", ".join(one.name for one in find_adapters(settings)) or "none here"
    yield Finding("Adapter", True, adapter.name if adapter else f"none in use ({known})")


def _library(settings: Settings) -> Finding:
    if not settings.database_path.exists():
        return Finding("Library", True, "empty")
    try:
        library = Library(settings=settings)
        mended = library.check()
        documents, outdated = len(library.documents()), len(library.outdated())
        library.close()
    except UserError as error:
        return Finding("Library", False, str(error))
    detail = counted(documents, "document")
    detail += f", {counted(mended, 'chunk')} mended" if mended else ""
    if outdated:
        detail += f", {outdated:,} of an older reader: the app reads them anew while it runs"
    return Finding("Library", True, detail)


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            detail = f"{settings.port} is in use: the app takes the next free one, or set RARE_PORT"
            return Finding("Port", True, detail)
    return Finding("Port", True, f"{settings.port} is free")
