"""Records of a data file, each with the place it stands at; wrong shapes are named."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rare_app.errors import UserError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object of a data file and where it stands ("train.jsonl, line 3")."""

    value: dict[str, Any]
    where: str

    def need(self, name: str, kind: type[T]) -> T:
        """Give the field `name`, which must be of type `kind`.

        Raises
        ------
        UserError
            The field is missing or of another type; the sentence names file and line.
        """
        found = self.value.get(name)
        if not isinstance(found, kind):
            raise UserError(
                f"{self.where}: the field “{name}” should be of type {kind.__name__}, "
                f"but {'is missing' if found is None else f'is {type(found).__name__}'}."
            )
        return found

    def inner(self, value: Any, name: str) -> "Record":
        """Wrap an object found inside this record."""
        if not isinstance(value, dict):
            raise UserError(f"{self.where}: each of “{name}” should be an object.")
        return Record(value, f"{self.where}, {name}")

    def objects(self, name: str) -> list["Record"]:
        """Give the field `name`, which must be a list of objects."""
        return [self.inner(value, name) for value in self.need(name, list)]

    @contextmanager
    def shaped(self) -> Iterator[None]:
        """Let whatever goes wrong with this record's inner parts name the record.

        Raises
        ------
        UserError
            A part is of another type, or missing, where the code inside counts on it.
        """
        try:
            yield
        except (TypeError, ValueError, AttributeError, LookupError) as error:
            raise self.wrong(f"a part of it is not of the expected shape ({error}).") from error

    def wrong(self, what: str) -> UserError:
        """Make the error that says what is wrong with this record."""
        return UserError(f"{self.where}: {what}")


def read_text(path: Path) -> str:
    """Read a text file, packed with gzip or not.

    Raises
    ------
    UserError
        There is no such file, or it is not UTF-8 text.
    """
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}).") from error
    except (EOFError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not UTF-8 text ({error}).") from error


def read_lines(path: Path) -> Iterator[Record]:
    """Read a JSON Lines file, one object a line; empty lines are passed over.

    Raises
    ------
    UserError
        A line is no JSON object; the sentence names file and line.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                value = json.loads(line)
            except json.JSONDecodeError as error:
                raise UserError(f"{where} is not valid JSON ({error.msg}).") from error
            if not isinstance(value, dict):
                raise UserError(f"{where} should hold a JSON object.")
            yield Record(value, where)


def read_document(path: Path) -> Any:
    """Read a file that is one JSON document.

    Raises
    ------
    UserError
        The file is no valid JSON; the sentence names file and line.
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}, line {error.lineno} is not valid JSON ({error.msg}).") from error


def read_list(path: Path) -> Iterator[Record]:
    """Read a file that holds a list of objects, or one object a line.

    Raises
    ------
    UserError
        The file is neither; the sentence names the place.
    """
    if not read_text(path).lstrip().startswith("["):
        yield from read_lines(path)
        return
    for number, value in enumerate(read_document(path), start=1):
        if not isinstance(value, dict):
            raise UserError(f"{path}, entry {number} should be an object.")
        yield Record(value, f"{path}, entry {number}")


def read_object(path: Path) -> Record:
    """Read a file that is one JSON object."""
    value = read_document(path)
    if not isinstance(value, dict):
        raise UserError(f"{path}, line 1 should open a JSON object.")
    return Record(value, str(path))
