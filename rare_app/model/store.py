"""Blocks of model state on disk: written whole, checked when read, kept within a budget.

A block is a file; an index in SQLite knows when each was used last. A block without a row is swept
at the start, a row without a block is dropped when it is met.
"""

import logging
import mmap
import os
import sqlite3
import struct
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from rare_app.model.errors import ModelError

log = logging.getLogger(__name__)

Loaded = TypeVar("Loaded")

_MAGIC = b"RAREKV3\0"
_HEAD = struct.Struct("<8sQI44x")
"""Magic, length of the state in bytes, its checksum; 64 bytes in all."""
_PAGE = 4096
_THREADS, _AHEAD = 2, 4
"""Threads that load blocks, and how many blocks they are ahead of their use."""
_DAYS = 30
"""How long blocks are kept that the model in use has no use for."""
_SPARE = 0.95
"""Share of the budget that is left filled when blocks are evicted."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS blocks (
    key TEXT PRIMARY KEY, family TEXT NOT NULL, bytes INTEGER NOT NULL, tokens INTEGER NOT NULL,
    used REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pins (key TEXT PRIMARY KEY, tokens INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What the store holds.

    Attributes
    ----------
    blocks, tokens, bytes : int
        Of all families; bytes on disk.
    budget : int
        Most bytes.
    pinned, pinned_bytes : int
        Stored blocks that are evicted last.
    pinned_need : int
        Bytes that the pinned blocks take once all of them are stored; estimated from what is.
    others : int
        Bytes of blocks that only another model, adapter or prompt can use; evicted first.
    full : bool
        Whether the disk took no more at the last try.
    """

    blocks: int
    tokens: int
    bytes: int
    budget: int
    pinned: int
    pinned_bytes: int
    pinned_need: int
    others: int
    full: bool

    def has_room(self, *, pinned: bool) -> bool:
        """Whether a block of middling size fits without one of its own rank being evicted."""
        taken = self.pinned_bytes if pinned else self.bytes - self.others
        return taken + self.bytes / max(1, self.blocks) <= self.budget

    @property
    def crowded(self) -> bool:
        """Whether the pinned blocks alone are over the budget."""
        return self.pinned_need > self.budget


class BlockStore:
    """Blocks by key. Safe to share between threads and processes.

    Parameters
    ----------
    folder : Path
        Gets the blocks and their index.
    budget : int
        Most bytes on disk. The blocks of other models are evicted first, then those used longest
        ago, pinned ones only where they alone are over the budget.
    """

    def __init__(self, *, folder: Path, budget: int) -> None:
        self._folder = folder
        self._budget = budget
        self._lock = threading.Lock()
        self._full = False
        self._families: set[str] = set()
        self._used: dict[str, float] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._index = self._open_index()
        self._sweep()
        self._evict()  # the budget may be smaller than it was

    def _open_index(self) -> sqlite3.Connection:
        path = self._folder / "index.db"
        try:
            return _connect(path)
        except sqlite3.DatabaseError:
            log.warning("The index of the memory is damaged: it is begun anew.", exc_info=True)
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    path.with_name(path.name + suffix).unlink()
            return _connect(path)

    def close(self) -> None:
        """Write down what was used, and let go of the index."""
        with self._lock:
            self._note_use()
            self._index.close()

    # --- reading ---

    def has(self, keys: Sequence[str]) -> set[str]:
        """Tell which of these blocks are stored."""
        found: set[str] = set()
        with self._lock:
            for begin in range(0, len(keys), 500):
                part = keys[begin : begin + 500]
                marks = ",".join("?" * len(part))
                rows = self._index.execute(
                    f"SELECT key FROM blocks WHERE key IN ({marks})",
                    part,
                )
                found.update(key for (key,) in rows)
        return found

    @contextmanager
    def open(self, key: str) -> Iterator[memoryview | None]:
        """Map a block's bytes, checked; ``None`` when there is no sound block of that key."""
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            # A private mapping can be written to, which ctypes asks for; nothing reaches the file.
            size = os.fstat(file.fileno()).st_size
            if size <= _HEAD.size:
                self._drop(key, "it is cut short")
                yield None
                return
            with closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)) as mapped:
                view = memoryview(mapped)
                state = view[_HEAD.size :]
                try:
                    wrong = _fault(view[: _HEAD.size], state)
                    if wrong:
                        self._drop(key, wrong)
                        yield None
                    else:
                        self._used[key] = time.time()
                        yield state
                finally:
                    state.release()
                    view.release()

    def load_in_turn(
        self, keys: Sequence[str], use: Callable[[int, memoryview], Loaded]
    ) -> Iterator[Loaded | None]:
        """Give what a function makes of blocks, one after the other; ``None`` as :meth:`open` does.

        Threads read, check and use the next ones while one is handed out.

        Parameters
        ----------
        use : callable
            Takes a block's place in `keys` and its bytes, which are gone afterwards; raises
            ModelError where they are no block, which is then dropped.
        """
        with ThreadPoolExecutor(_THREADS, "rare-blocks") as pool:
            coming: deque[Future[Loaded | None]] = deque()
            for number, key in enumerate(keys):
                coming.append(pool.submit(self._load, key, partial(use, number)))
                if len(coming) > _AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()

    def _load(self, key: str, use: Callable[[memoryview], Loaded]) -> Loaded | None:
        with self.open(key) as state:
            try:
                return None if state is None else use(state)
            except ModelError as error:
                self._drop(key, str(error))
                return None

    # --- writing ---

    def put(self, key: str, data: bytes | bytearray, *, family: str, tokens: int) -> bool:
        """Store a block; false where there is no room for it (answering goes on without).

        Parameters
        ----------
        family : str
            Hash of all that the block depends on besides its text.
        tokens : int
            Tokens of the block.
        """
        size = len(data) + _HEAD.size
        if size > self._budget:
            return False
        path = self._path(key)
        part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(_HEAD.pack(_MAGIC, len(data), _checksum(memoryview(data))))
                file.write(data)
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            if not self._full:
                log.warning("Memory is not stored: %s.", error.strerror or error)
            self._full = True
            return False
        self._full = False
        with self._lock, self._index:
            self._index.execute(
                "INSERT INTO blocks (key, family, bytes, tokens, used) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, used = excluded.used",
                (key, family, size, tokens, time.time()),
            )
        return key not in self._evict()

    def set_pins(self, pins: Mapping[str, int]) -> None:
        """Say which blocks are to be evicted last, whether they are stored yet or not.

        Parameters
        ----------
        pins : mapping of str to int
            Keys with the tokens of their blocks; what was pinned before and is not named is let go.
        """
        with self._lock, self._index:
            self._index.execute("DELETE FROM pins")
            self._index.executemany("INSERT INTO pins VALUES (?, ?)", pins.items())

    def remove(self, keys: Iterable[str]) -> None:
        """Remove blocks."""
        for key in keys:
            self._forget(key)

    def prefer(self, families: Iterable[str]) -> int:
        """Say which families are in use: the blocks of all others are evicted first.

        They are kept as long as there is room, so that going back to another model finds what it
        has read; those not used for a month go.

        Returns
        -------
        int
            How many went.
        """
        with self._lock:
            self._families = set(families)
            self._note_use()
            rows = self._index.execute(
                "SELECT key, family FROM blocks WHERE used < ?", (time.time() - _DAYS * 86400,)
            ).fetchall()
        stale = [key for key, family in rows if family not in self._families]
        self.remove(stale)
        if stale:
            log.info("%d blocks of a model not used for a month were removed.", len(stale))
        return len(stale)

    def clear(self) -> int:
        """Remove all blocks and say how many there were."""
        with self._lock:
            keys = [key for (key,) in self._index.execute("SELECT key FROM blocks")]
        self.remove(keys)
        return len(keys)

    def status(self) -> StoreStatus:
        """Sum up what is stored."""
        with self._lock:
            blocks, tokens, size = self._index.execute(
                "SELECT count(*), total(tokens), total(bytes) FROM blocks"
            ).fetchone()
            pinned, pinned_bytes, absent = self._index.execute(
                "SELECT count(b.key), total(b.bytes), total(iif(b.key IS NULL, p.tokens, 0))"
                " FROM pins p LEFT JOIN blocks b ON b.key = p.key"
            ).fetchone()
            sizes = self._index.execute(
                "SELECT family, total(bytes) FROM blocks GROUP BY family"
            ).fetchall()
        return StoreStatus(
            blocks=blocks,
            tokens=int(tokens),
            bytes=int(size),
            budget=self._budget,
            pinned=pinned,
            pinned_bytes=int(pinned_bytes),
            pinned_need=int(pinned_bytes + absent * size / max(1.0, tokens)),
            others=int(sum(own for family, own in sizes if self._is_other(family))),
            full=self._full,
        )

    # --- inside ---

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.kv"

    def _drop(self, key: str, why: str) -> None:
        log.warning("A block of the memory is computed again: %s.", why)
        self._forget(key)

    def _is_other(self, family: str) -> bool:
        return bool(self._families) and family not in self._families

    def _forget(self, key: str) -> None:
        with suppress(OSError):
            self._path(key).unlink()
        with self._lock, self._index:
            self._index.execute("DELETE FROM blocks WHERE key = ?", (key,))

    def _note_use(self) -> None:
        used, self._used = self._used, {}
        with self._index:
            self._index.executemany(
                "UPDATE blocks SET used = ? WHERE key = ?", [(at, key) for key, at in used.items()]
            )

    def _evict(self) -> set[str]:
        """Make room; gives the keys of what went."""
        gone: set[str] = set()
        with self._lock:
            (size,) = self._index.execute("SELECT total(bytes) FROM blocks").fetchone()
            if size <= self._budget:
                return gone
            self._note_use()
            rows = self._index.execute(
                "SELECT b.key, b.bytes, p.key IS NOT NULL AS pinned, b.family FROM blocks b"
                " LEFT JOIN pins p ON p.key = b.key ORDER BY pinned, b.used"
            ).fetchall()
        rows.sort(key=lambda row: (row[2], not self._is_other(row[3])))
        for key, own, pinned, _ in rows:
            if size <= self._budget * (1.0 if pinned else _SPARE):
                break
            self._forget(key)
            gone.add(key)
            size -= own
        return gone

    def _sweep(self) -> None:
        """Remove files that no row knows, and rows whose file is gone."""
        with self._lock:
            known = {key for (key,) in self._index.execute("SELECT key FROM blocks")}
        there: set[str] = set()
        now = time.time()
        for path in self._folder.glob("??/*"):
            if path.suffix == ".kv" and path.stem in known:
                there.add(path.stem)
                continue
            with suppress(OSError):
                if now - path.stat().st_mtime > 60:  # younger ones may be another process's
                    path.unlink()
        for key in known - there:
            self._forget(key)


def _connect(path: Path) -> sqlite3.Connection:
    index = sqlite3.connect(path, timeout=30, check_same_thread=False)
    index.execute("PRAGMA journal_mode = WAL")
    index.execute("PRAGMA synchronous = NORMAL")
    index.executescript(_SCHEMA)
    return index


def _fault(head: memoryview, state: memoryview) -> str:
    magic, length, checksum = _HEAD.unpack(head)
    if magic != _MAGIC:
        return "it is of another kind"
    if length != len(state):
        return "it is cut short"
    return "" if _checksum(state) == checksum else "its checksum is wrong"


def _checksum(state: memoryview) -> int:
    """Sum the 64-bit words of each page; give the CRC-32 of the sums and of what is left over.

    A CRC of all bytes took half of a recall's time; this reads as fast as the memory does.
    """
    whole = len(state) // _PAGE * _PAGE
    words = np.frombuffer(state[:whole], dtype="<u8").reshape(-1, _PAGE // 8)
    sums = words.sum(axis=1, dtype=np.uint64)
    return zlib.crc32(state[whole:], zlib.crc32(sums.tobytes()))
