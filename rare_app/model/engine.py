"""One model, one lock: whoever asks waits for the one before."""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from rare_app.model.check import check_model
from rare_app.model.errors import Cancelled, ModelLoadError
from rare_app.model.find import (
    NO_ADAPTER,
    AdapterFile,
    ModelFile,
    choose_adapter,
    choose_model,
    hash_model,
)
from rare_app.model.llama import LanguageModel
from rare_app.model.memory import Memory
from rare_app.model.profile import GENERIC, Profile, find_profile
from rare_app.model.record import ModelRecord
from rare_app.model.store import BlockStore
from rare_app.settings import Settings

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.05
"""How often whoever is in a hurry looks whether a question is, too."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model that is loaded, and what it is.

    ``memory`` is ``None`` for a model whose state cannot be put together from parts.
    """

    model: LanguageModel
    file: ModelFile
    adapter: AdapterFile | None
    memory: Memory | None = None
    profile: Profile = GENERIC


class Engine:
    """Holds the language model; loads it at the first use and when another one is asked for.

    Attributes
    ----------
    latest : (str, str) or None
        Paths of the model and the adapter that were used last, as :meth:`use` takes them; ``None``
        before that.
    record : ModelRecord
        Which models have run here, and how fast.
    """

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None
        self._store: BlockStore | None = None
        self._count = threading.Lock()
        self._wanting = 0
        self._hurrying = 0
        self.latest: tuple[str, str] | None = None
        self.record = ModelRecord(settings.model_record_path)
        self._told: set[Path] = set()
        self._noticed: set[Path] = set()

    @contextmanager
    def use(self, *, model: str = "", adapter: str = "") -> Iterator[Loaded]:
        """Have the model to oneself.

        Parameters
        ----------
        model, adapter : str
            Names; empty for the defaults of the settings.

        Raises
        ------
        ModelError
            The model or the adapter cannot be found, loaded or joined.
        """
        with self._count:
            self._wanting += 1
        try:
            with self._lock:
                loaded = self._ready(model, adapter)
                used = _path(loaded.adapter)
                self.latest = (str(loaded.file.path), str(used) if used else NO_ADAPTER)
                yield loaded
        finally:
            with self._count:
                self._wanting -= 1

    @contextmanager
    def use_when_idle(
        self, model: str = "", adapter: str = ""
    ) -> Iterator[tuple[Loaded, Callable[[], bool]]]:
        """Have the model until somebody else wants it.

        Yields
        ------
        loaded : Loaded
        wanted : callable
            True once the model is to be handed over.

        Raises
        ------
        Cancelled
            Somebody has it, or wants it.
        ModelError
            As for :meth:`use`.
        """
        if self.wanted or self.hurried or not self._lock.acquire(blocking=False):
            raise Cancelled
        try:
            yield self._ready(model, adapter), lambda: self.wanted
        finally:
            self._lock.release()

    @contextmanager
    def use_soon(
        self, model: str = "", adapter: str = ""
    ) -> Iterator[tuple[Loaded, Callable[[], bool]]]:
        """Have the model before whoever uses it when idle, until a question wants it.

        Yields and raises as :meth:`use_when_idle`; :attr:`hurried` is true meanwhile.
        """
        with self._count:
            self._hurrying += 1
        try:
            while not self._lock.acquire(timeout=_LOOK_SECONDS):
                if self.wanted:
                    raise Cancelled
            try:
                if self.wanted:
                    raise Cancelled
                yield self._ready(model, adapter), lambda: self.wanted
            finally:
                self._lock.release()
        finally:
            with self._count:
                self._hurrying -= 1

    @property
    def hurried(self) -> bool:
        """Whether somebody waits in :meth:`use_soon`, or has the model by it."""
        return self._hurrying > 0

    def is_loaded(self, model: str = "", adapter: str = "") -> bool:
        """Whether this model with this adapter is the one that is loaded.

        Raises
        ------
        ModelError
            The model or the adapter cannot be found.
        """
        now = self._loaded
        file = choose_model(self._settings, model)
        if now is None or now.file.path != file.path:
            return False
        return _path(now.adapter) == _path(choose_adapter(self._settings, file, adapter))

    def profile(self, model: str = "", adapter: str = "") -> Profile:
        """Give the profile of a model with an adapter, without loading either.

        Raises
        ------
        ModelError
            The model or the adapter cannot be found, or its profile is not in order.
        """
        file = choose_model(self._settings, model)
        return self._profile(file, choose_adapter(self._settings, file, adapter))

    def _profile(self, file: ModelFile, adapter: AdapterFile | None) -> Profile:
        return find_profile(
            self._settings.model_paths,
            base_sha256=hash_model(file.path),
            adapter=adapter.name if adapter else "",
        )

    @property
    def wanted(self) -> bool:
        """Whether a question uses the model or waits for it."""
        return self._wanting > 0

    @property
    def store(self) -> BlockStore | None:
        """The stored blocks; ``None`` where the memory is off."""
        if self._store is None and self._settings.memory == "on":
            with self._count:
                if self._store is None:
                    try:
                        self._store = BlockStore(
                            folder=self._settings.memory_path,
                            budget=int(self._settings.memory_gb * 1e9),
                        )
                    except (OSError, sqlite3.Error):
                        log.warning(
                            "The memory cannot be stored; it is done without.", exc_info=True
                        )
        return self._store

    @property
    def busy(self) -> bool:
        """Whether a question is being answered; reading in the background does not count."""
        return self.wanted

    def take_notice(self, loaded: Loaded) -> str:
        """Give the sentence that the user is to be told of this model, the first time only."""
        path = loaded.file.path
        if loaded.memory is not None or self._settings.memory == "off" or path in self._noticed:
            return ""
        self._noticed.add(path)
        return _without_memory(loaded.file)

    def close(self) -> None:
        """Free the model, once nobody uses it."""
        with self._lock:
            if self._loaded is not None:
                self._loaded.model.close()
                self._loaded = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def _ready(self, model_name: str, adapter_name: str) -> Loaded:
        file = choose_model(self._settings, model_name)
        adapter = choose_adapter(self._settings, file, adapter_name)
        now = self._loaded
        if now is None or now.file.path != file.path:
            if now is not None:
                now.model.close()
                self._loaded = now = None
            self._try_first(file)
            log.info("Loading the model %s", file.path)
            loaded = LanguageModel(
                path=file.path,
                context_tokens=self._settings.context_tokens,
                threads=self._settings.threads or default_threads(),
            )
            now = self._with_memory(Loaded(loaded, file, None, profile=self._profile(file, None)))
            self._loaded = now
        if _path(now.adapter) != _path(adapter):
            # An adapter that is refused leaves none switched on: the record must not say otherwise.
            self._loaded = Loaded(now.model, file, None, profile=self._profile(file, None))
            now.model.use_adapter(
                _path(adapter), activated=adapter is not None and adapter.activated
            )
            profile = self._profile(file, adapter)
            now = self._with_memory(Loaded(now.model, file, adapter, profile=profile))
            self._loaded = now
        return now

    def _try_first(self, file: ModelFile) -> None:
        """Load a model that is new here in another process first: llama.cpp ends on some files."""
        if file.bundled or file.standard or self.record.has_run(file):
            return
        if trouble := check_model(file.path):
            raise ModelLoadError(trouble)
        self.record.note(file)

    def _with_memory(self, loaded: Loaded) -> Loaded:
        if not loaded.model.can_recall:
            if loaded.file.path not in self._told:
                self._told.add(loaded.file.path)
                log.warning(_without_memory(loaded.file))
            return replace(loaded, memory=None)
        parts = (
            hash_model(loaded.file.path),
            # An activated adapter does not act on passages: their state is the base's own.
            hash_model(loaded.adapter.path)
            if loaded.adapter and not loaded.adapter.activated
            else "",
            str(self._settings.memory_bits),
            loaded.model.state_version,
        )
        memory = Memory(
            model=loaded.model,
            store=self.store,
            family="|".join(parts),
            bits=self._settings.memory_bits,
        )
        return replace(loaded, memory=memory)


def default_threads() -> int:
    """Threads for the language model: the physical cores that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(psutil.cpu_count(logical=False) or 1, usable or 1))


def _without_memory(file: ModelFile) -> str:
    return (
        f"“{file.name}” cannot use stored memory: it reads the passages again for every question, "
        "so its answers begin later."
    )


def _path(adapter: AdapterFile | None) -> Path | None:
    return None if adapter is None else adapter.path
