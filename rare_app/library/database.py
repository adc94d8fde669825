"""The library's SQLite file: the connection that everything kept in it shares."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from rare_app.library.errors import DamagedLibraryError, storage_errors
from rare_app.library.schema import SCHEMA_VERSION, prepare

_CACHE_KB = 65_536
"""Pages of the file that are kept in memory, in KiB; SQLite's default is 2 MiB."""

_Found = TypeVar("_Found")


class Database:
    """The library's SQLite file: one connection and its lock, shared by threads.

    Raises
    ------
    DamagedLibraryError
        The file is not a catalogue, or of a newer version of the app.
    """

    def __init__(self, *, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._kept: dict[str, Any] = {}
        self._aside = 0
        self._kept_of: tuple[int, int] | None = None
        with storage_errors(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30.0)
        try:
            with storage_errors(path.parent):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
                version = prepare(self._db)
        except sqlite3.DatabaseError as error:
            raise DamagedLibraryError(
                f"{path} is not a library of this app ({error}): put a backup in its place, or "
                "move it away to start with an empty library."
            ) from error
        if version > SCHEMA_VERSION:
            raise DamagedLibraryError(
                f"{path} was written by a newer version of this app: update the app."
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and commit all or nothing."""
        with self._lock, storage_errors(self._path.parent), self._db:
            yield self._db

    @contextmanager
    def transaction_aside(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and commit all or nothing of what is no part of the library.

        What was found before is kept: a chat that grows changes no document.
        """
        with self._lock:
            before = self._db.total_changes
            try:
                with self.transaction() as db:
                    yield db
            finally:
                self._aside += self._db.total_changes - before

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock."""
        with self._lock, storage_errors(self._path.parent):
            yield self._db

    @property
    def version(self) -> tuple[int, int]:
        """Another one after every write to the library, by this program or by another one."""
        with self.reading() as db:
            return (
                int(db.execute("PRAGMA data_version").fetchone()[0]),
                db.total_changes - self._aside,
            )

    def kept_while_unchanged(self, key: str, find: Callable[[], _Found]) -> _Found:
        """Give what was found before, as long as nobody has written since.

        Every question asks for names and counts, which take the longer the larger the library is.
        """
        with self.reading() as db:
            if db.in_transaction:  # it may still be undone
                return find()
            if self._kept_of != (now := self.version):
                self._kept, self._kept_of = {}, now
            if key not in self._kept:
                self._kept[key] = find()
            found: _Found = self._kept[key]
            return found

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self.reading() as db:
            return db.execute(query, values).fetchall()

    def meta(self, key: str) -> str | None:
        """Read one fact about the library."""
        with self.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Write one fact about the library."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
