"""Files that a file holds: taken out and handed on as files of their own."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from rare_app.documents import Attachment, Document
from rare_app.library.files import FileToAdd, display_name
from rare_app.library.types import StoredDocument

DEEPEST = 10
"""How deep files may be nested in one another."""
MOST = 200
"""Files that are taken out of one file in all, those inside of them included."""
JOINT = " › "
"""Stands between the name of a file and that of a file that it holds."""


@dataclass(slots=True)
class Origin:
    """The file at a path that was added, from which others are taken out; `taken` counts them."""

    path: Path
    taken: int = 0


@dataclass(slots=True)
class Incoming:
    """A file that is being added, as the side that reads hands it to the side that stores."""

    number: int
    file: FileToAdd
    size: int = 0
    content_hash: str = ""
    kept: Path | None = None
    job: int | None = None
    document: Document | None = None
    skipped: str = ""
    failed: str = ""
    depth: int = 0
    origin: Origin | None = None

    @property
    def source(self) -> Origin:
        """The file that was added; this one, unless it was inside another."""
        self.origin = self.origin or Origin(self.file.path)
        return self.origin


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that was inside another one.

    Attributes
    ----------
    file : FileToAdd
        Where it lies for now, and its name: “mail name › attachment name”.
    depth : int
        1 for what a file that was added holds, 2 for what that holds, and so on.
    failed : str
        Why it cannot be taken out, in one sentence; then there is no file at the path.
    """

    file: FileToAdd
    depth: int
    failed: str = ""


def take_out(
    document: Document, *, name: str, folder: Path, depth: int, origin: Origin
) -> list[HeldFile]:
    """Write the files that a document holds into a folder.

    Parameters
    ----------
    name : str
        What the document is called.
    folder : Path
        Exists, and is deleted by the caller.
    depth : int
        How deep the document itself is nested; 0 for a file that was added.
    origin : Origin
        That of the file that was added; counts what was taken out of it.
    """
    held = []
    for one in document.attachments:
        called = f"{name}{JOINT}{display_name(one.name)}"
        failed = ""
        path = folder
        if depth >= DEEPEST:
            failed = (
                f"“{called}” is nested more than {DEEPEST} files deep: save it by itself and add "
                "that."
            )
        elif origin.taken >= MOST:
            failed = (
                f"“{called}” is beyond the first {MOST} files inside one file: save it by itself "
                "and add that."
            )
        elif not one.data:
            failed = f"“{called}” is empty (0 bytes): get a complete copy and add that."
        else:
            origin.taken += 1
            path = _write(one, folder)
        held.append(HeldFile(FileToAdd(path=path, name=called), depth + 1, failed))
    return held


def replaced_by(document: Document, stored: Sequence[StoredDocument]) -> list[StoredDocument]:
    """List what goes as a document comes: the older one of its name, and what that one held."""
    old = [one for one in stored if one.name == document.name]
    if old:
        still = {hashlib.sha256(one.data).hexdigest() for one in document.attachments}
        inside = [one for one in stored if one.name.startswith(document.name + JOINT)]
        old += [one for one in inside if one.content_hash not in still]
    return old


def _write(one: Attachment, folder: Path) -> Path:
    suffix = PurePath(one.name).suffix
    suffix = suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) < 12 else ""
    with tempfile.NamedTemporaryFile(dir=folder, suffix=suffix, delete=False) as file:
        file.write(one.data)
    return Path(file.name)
