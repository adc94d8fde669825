"""What can go wrong in the library, said so that the user can mend it."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rare_app.errors import UserError


class LibraryError(UserError):
    """The library cannot do what was asked."""


class UnknownDocumentError(LibraryError):
    """No document of that name in the collection."""


class UnknownCollectionError(LibraryError):
    """No collection of that name."""


class StorageFullError(LibraryError):
    """The disk that holds the user's folder is full."""


class LibraryBusyError(LibraryError):
    """Another process writes to the same folder."""


class IndexServerError(LibraryError):
    """The Chroma server that keeps the vectors is not there, or refuses us."""


class DamagedLibraryError(LibraryError):
    """The catalogue cannot be opened."""


@contextmanager
def storage_errors(home: Path) -> Iterator[None]:
    """Turn a full or read-only disk, or a damaged catalogue, into a sentence for the user.

    Raises
    ------
    StorageFullError
        No space is left on the disk.
    DamagedLibraryError
        The catalogue is no longer readable.
    LibraryError
        The folder cannot be written to.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError(_full(home)) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise LibraryError(
                f"{home} cannot be written to: give yourself the right to write there, or set "
                "RARE_HOME to another folder."
            ) from error
        raise
    except sqlite3.OperationalError as error:
        text = str(error).lower()
        if "full" in text or "disk i/o" in text:
            raise StorageFullError(_full(home)) from error
        if "readonly" in text or "unable to open" in text:
            raise LibraryError(
                f"The library in {home} cannot be written to: give yourself the right to write "
                "there, or set RARE_HOME to another folder."
            ) from error
        if "locked" in text:
            raise LibraryBusyError(
                f"Another program is writing to the library in {home}: wait until it is done, "
                "then try again."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        if type(error) is sqlite3.DatabaseError:  # its subclasses tell of our own mistakes
            raise DamagedLibraryError(
                f"The library in {home} is damaged or is not a library ({error}): put a backup of "
                "library.db in its place, or move it away to start with an empty library."
            ) from error
        raise


def _full(home: Path) -> str:
    return (
        f"The disk that holds {home} is full: free some space and add the file again. "
        "Nothing that was stored is lost."
    )
