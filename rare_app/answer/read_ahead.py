"""Read documents once, in the background: what the model makes of each chunk is stored."""

import logging
import os
import threading
import time
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any, Literal

from rare_app.answer.assemble import block_tokens, example_tokens, prefix_tokens
from rare_app.errors import UserError
from rare_app.library import Library, Passage
from rare_app.model import Cancelled, Engine, Loaded

log = logging.getLogger(__name__)

State = Literal["off", "idle", "reading", "waiting", "full"]

_PAUSE_SECONDS = 0.25
_LOOK_SECONDS = 5.0
"""How often is looked whether another model is in use."""
_STEP = 64
"""Chunks whose keys are looked up at once."""


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far the reading is.

    Attributes
    ----------
    state : str
        ``off``: no memory for this model; ``idle``: all is read; ``reading``; ``waiting``: a
        question is being answered, or its passages are read while it is typed; ``full``:
        the disk budget is used up, or the disk is full.
    done, total : int
        Chunks read, and chunks of the library.
    bytes : int
        Room that the memory takes.
    seconds_left : float or None
        At the speed so far; ``None`` while that is not known.
    crowded : bool
        Whether it is ``full`` because the pinned documents alone fill the budget.
    """

    state: State = "idle"
    done: int = 0
    total: int = 0
    bytes: int = 0
    seconds_left: float | None = None
    crowded: bool = False


class ReadAhead:
    """Reads all chunks of a library, while nobody asks, with the model that was used last.

    Parameters
    ----------
    library : Library
    engine : Engine
    model, adapter : str
        Names, as long as no question was asked; empty for the defaults.
    """

    def __init__(
        self, *, library: Library, engine: Engine, model: str = "", adapter: str = ""
    ) -> None:
        self._library = library
        self._engine = engine
        self._names = (model, adapter)
        self._progress = ReadingProgress()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> ReadingProgress:
        """Where the reading stands."""
        return self._progress

    @property
    def finished(self) -> bool:
        """Whether all of a library that is not empty was read."""
        now = self._progress
        return now.state == "idle" and now.done >= now.total > 0

    def start(self) -> None:
        """Read in a thread of low priority until :meth:`close`."""
        self._thread = threading.Thread(target=self._work, name="read-ahead", daemon=True)
        self._thread.start()

    def notify(self) -> None:
        """Look again: documents were added, pinned or let go."""
        self._wake.set()
        if self._thread is None:
            with suppress(Cancelled, UserError):
                self.keep_pins()

    def keep_pins(self) -> None:
        """Let the store know the blocks of the pinned documents, for the model that was used last.

        Raises
        ------
        Cancelled
            Somebody uses the model.
        ModelError
            The model cannot be loaded.
        """
        if self._engine.store is None:
            return
        with self._engine.use_when_idle(*(self._engine.latest or self._names)) as (loaded, wanted):
            self._keep_pins(loaded, wanted)

    def close(self) -> None:
        """Stop after what is being read; the rest is read at the next start."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def run(self, *, tell: Callable[[ReadingProgress], None] = lambda _: None) -> ReadingProgress:
        """Read all that is not read yet, then return.

        Parameters
        ----------
        tell : callable
            Told whenever a chunk was read.

        Raises
        ------
        ModelError
            The model cannot be loaded.
        """
        while not self._closed.is_set():
            names = self._engine.latest or self._names
            if self._run_with(names, tell) or (self._engine.latest or names) == names:
                break
        return self._progress

    def _run_with(self, names: tuple[str, str], tell: Callable[[ReadingProgress], None]) -> bool:
        """Read all chunks with one model; false where it was left before the end."""
        total = self._library.count_chunks()
        self._progress = ReadingProgress(state="reading", total=total)
        pace = _Pace(pinned={one.document_id for one in self._library.documents() if one.pinned})
        for passages in _in_steps(self._library.chunks(), _STEP, apart=pace.pinned):
            left = passages
            while left:
                if self._closed.is_set() or (self._engine.latest or names) != names:
                    return False
                try:
                    with self._engine.use_when_idle(*names) as (loaded, wanted):
                        left = self._read(left, loaded, wanted, pace, tell)
                except Cancelled:
                    self._set(state="waiting")
                if self._progress.state in ("off", "full"):
                    return False
                if self._progress.state == "waiting":
                    self._closed.wait(_PAUSE_SECONDS)
        self._set(state="idle", done=total, seconds_left=0.0)
        return True

    def _read(
        self,
        passages: list[Passage],
        loaded: Loaded,
        wanted: Callable[[], bool],
        pace: "_Pace",
        tell: Callable[[ReadingProgress], None],
    ) -> list[Passage]:
        """Read chunks until somebody wants the model; gives those that are left."""
        store, memory, model = self._engine.store, loaded.memory, loaded.model
        if store is None or memory is None:
            self._set(state="off")
            return passages
        prefix = prefix_tokens(model, loaded.profile)
        if not pace.looked:
            store.prefer([memory.family_of(prefix)])
            self._keep_pins(loaded, wanted)
            if loaded.profile.answers_first:
                memory.learn(prefix, example_tokens(model, loaded.profile), cancelled=wanted)
            pace.looked = True
        blocks = {id(one): block_tokens(model, one) for one in passages}
        keys = {id(one): memory.key(prefix, blocks[id(one)]) for one in passages}
        stored = store.has(list(keys.values()))
        left = [one for one in passages if keys[id(one)] not in stored]
        self._set(state="reading", done=self._progress.done + len(passages) - len(left))
        while left and not (wanted() or self._engine.hurried or self._closed.is_set()):
            begun = time.perf_counter()
            status = store.status()
            pinned = left[0].document_id in pace.pinned
            try:
                if not status.has_room(pinned=pinned) or not memory.learn(
                    prefix,
                    blocks[id(left[0])],
                    cancelled=lambda: wanted() or self._closed.is_set(),
                ):
                    self._set(state="full", bytes=status.bytes, crowded=pinned and not status.full)
                    return left
            except Cancelled:
                self._set(state="waiting")
                return left
            left = left[1:]
            pace.add(time.perf_counter() - begun)
            done = self._progress.done + 1
            self._set(
                done=done,
                bytes=status.bytes,
                seconds_left=pace.seconds_each * (self._progress.total - done),
            )
            tell(self._progress)
        return left

    def _keep_pins(self, loaded: Loaded, wanted: Callable[[], bool]) -> None:
        """Name the blocks of all pinned documents to the store."""
        store, memory, model = self._engine.store, loaded.memory, loaded.model
        if store is None or memory is None:
            return
        blocks: list[tuple[int, ...]] = []
        for document in self._library.documents():
            for passage in self._library.chunks_of(document) if document.pinned else ():
                if wanted():
                    raise Cancelled
                blocks.append(block_tokens(model, passage))
        store.set_pins(memory.pins(prefix_tokens(model, loaded.profile), blocks))

    def _set(self, **changes: Any) -> None:
        self._progress = replace(self._progress, **changes)

    def _work(self) -> None:
        lower_priority()
        while not self._closed.is_set():
            self._wake.clear()
            try:
                self.run()
            except UserError as error:
                log.warning("Documents are not read ahead: %s", error)
                self._set(state="off")
            except Exception:
                log.exception("Reading ahead failed")
                self._set(state="off")
            used = self._engine.latest
            while not self._wake.wait(_LOOK_SECONDS) and self._engine.latest == used:
                pass


def lower_priority() -> None:
    """Let this thread stand back behind others, and those that llama.cpp starts in it (Linux)."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class _Pace:
    """How long a chunk takes in this run, and what was looked up at its start."""

    def __init__(self, *, pinned: Container[int]) -> None:
        self.looked = False
        self.pinned = pinned
        self._count, self._seconds = 0, 0.0

    def add(self, seconds: float) -> None:
        self._count += 1
        self._seconds += seconds

    @property
    def seconds_each(self) -> float:
        return self._seconds / max(1, self._count)


def _in_steps(
    passages: Iterator[Passage], step: int, *, apart: Container[int]
) -> Iterator[list[Passage]]:
    """Cut into parts; the documents named come in parts of their own.

    What pinned chunks push out is then missed when the others are looked up.
    """
    for _, group in groupby(passages, key=lambda one: one.document_id in apart):
        while part := list(islice(group, step)):
            yield part
