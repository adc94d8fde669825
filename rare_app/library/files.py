"""The user's files: which to add, and a copy of each kept by its content's hash."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from rare_app.documents import SUPPORTED_SUFFIXES
from rare_app.library.types import LeftOutFile


@dataclass(frozen=True, slots=True)
class FileToAdd:
    """A file on disk and the name that it gets in the library."""

    path: Path
    name: str


def display_name(name: str) -> str:
    """Make a name fit for a line of text: no control characters, no line breaks, never empty."""
    cleaned = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(cleaned.split()) or "unnamed"


def collect_files(
    paths: Iterable[Path | FileToAdd],
) -> tuple[list[FileToAdd], list[LeftOutFile]]:
    """List the files to add; folders are walked.

    A :class:`FileToAdd` brings its own name, of which the last part counts (an upload may be called
    ``../../x.pdf``). A file in a folder is named by its path below that folder. Files of one name
    from different places get their parent's name in front, so that none replaces another.

    Returns
    -------
    files : list of FileToAdd
    left_out : list of LeftOutFile
        Paths that do not exist, and files in folders whose kind is not read.
    """
    found: list[FileToAdd] = []
    left_out: list[LeftOutFile] = []
    for one in paths:
        if isinstance(one, FileToAdd):
            found.append(FileToAdd(path=one.path, name=display_name(PurePath(one.name).name)))
            continue
        path = one
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                inside = file.relative_to(path)
                if not file.is_file() or any(part.startswith(".") for part in inside.parts):
                    continue
                if file.suffix.lower() in SUPPORTED_SUFFIXES:
                    found.append(FileToAdd(path=file, name=display_name(inside.as_posix())))
                else:
                    shown = display_name(inside.as_posix())
                    reason = f"“{shown}” is not a kind of document that can be read."
                    left_out.append(LeftOutFile(path=str(file), reason=reason))
        elif path.is_file():
            found.append(FileToAdd(path=path, name=display_name(path.name)))
        else:
            reason = f"“{display_name(path.name)}” does not exist: check the path."
            left_out.append(LeftOutFile(path=str(path), reason=reason))
    return _with_distinct_names(found), left_out


def _with_distinct_names(files: list[FileToAdd]) -> list[FileToAdd]:
    distinct: list[FileToAdd] = []
    taken: dict[str, Path] = {}
    for file in files:
        name = file.name
        parents = list(file.path.resolve().parents)
        while name in taken and taken[name] != file.path.resolve() and parents:
            name = display_name(f"{parents.pop(0).name}/{name}")
        taken[name] = file.path.resolve()
        distinct.append(FileToAdd(path=file.path, name=name))
    return distinct


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_file(path: Path, *, folder: Path, content_hash: str) -> Path:
    """Copy a file into the library's folder under its hash; whole or not at all.

    Returns
    -------
    Path
        The copy, ``<folder>/<hash><suffix>``.
    """
    suffix = path.suffix.lower()
    suffix = suffix if suffix in SUPPORTED_SUFFIXES else ""
    kept = folder / f"{content_hash}{suffix}"
    if kept.exists():
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as target, path.open("rb") as source:
            while block := source.read(1 << 20):
                target.write(block)
        Path(temporary).replace(kept)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return kept


def find_kept_file(*, folder: Path, content_hash: str) -> Path | None:
    """Find the copy of a document's file, whatever its suffix."""
    return next(iter(sorted(folder.glob(f"{content_hash}*"))), None)


def forget_file(*, folder: Path, content_hash: str) -> None:
    """Delete the copy of a document's file."""
    for kept in folder.glob(f"{content_hash}*"):
        kept.unlink(missing_ok=True)
