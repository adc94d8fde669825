"""One model, one lock: whoever asks waits for the one before."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from rare_app.model.find import AdapterFile, ModelFile, choose_adapter, choose_model
from rare_app.model.llama import LanguageModel
from rare_app.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model that is loaded, and what it is."""

    model: LanguageModel
    file: ModelFile
    adapter: AdapterFile | None


class Engine:
    """Holds the language model; loads it at the first use and when another one is asked for."""

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None

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
        with self._lock:
            yield self._ready(model, adapter)

    @property
    def busy(self) -> bool:
        """Whether someone is using the model."""
        return self._lock.locked()

    def close(self) -> None:
        """Free the model, once nobody uses it."""
        with self._lock:
            if self._loaded is not None:
                self._loaded.model.close()
                self._loaded = None

    def _ready(self, model_name: str, adapter_name: str) -> Loaded:
        file = choose_model(self._settings, model_name)
        adapter = choose_adapter(self._settings, file, adapter_name)
        now = self._loaded
        if now is None or now.file.path != file.path:
            if now is not None:
                now.model.close()
                self._loaded = now = None
            log.info("Loading the model %s", file.path)
            loaded = LanguageModel(
                path=file.path,
                context_tokens=self._settings.context_tokens,
                batch_tokens=self._settings.batch_tokens,
                threads=self._settings.threads or default_threads(),
            )
            now = Loaded(model=loaded, file=file, adapter=None)
            self._loaded = now
        if _path(now.adapter) != _path(adapter):
            # An adapter that is refused leaves none switched on: the record must not say otherwise.
            self._loaded = Loaded(model=now.model, file=file, adapter=None)
            now.model.use_adapter(_path(adapter))
            now = Loaded(model=now.model, file=file, adapter=adapter)
            self._loaded = now
        return now


def default_threads() -> int:
    """Threads for the language model: the physical cores that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(psutil.cpu_count(logical=False) or 1, usable or 1))


def _path(adapter: AdapterFile | None) -> Path | None:
    return None if adapter is None else adapter.path
