"""The parts of an Office file: XML inside a ZIP container, tied together by relationships."""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from lxml import etree

from rare_app.documents.container import parse_xml, stated_title

_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


class Package:
    """An Office file that is open for reading; use it as a context manager.

    Nothing outside the file is fetched, and no entity is resolved.
    """

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        self.names = frozenset(self._zip.namelist())
        self.title = stated_title(self._zip)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def tree(self, part: str) -> "etree._Element | None":
        """Read a part in whole; ``None`` where there is none."""
        if part not in self.names:
            return None
        return parse_xml(self._zip.read(part))

    def elements(self, part: str, *names: str) -> "Iterator[etree._Element]":
        """Read a part element by element, each let go when the next is asked for.

        Parameters
        ----------
        part : str
        *names : str
            Local names of the elements to give, in whatever namespace. One inside another of them
            is given first.
        """
        if part not in self.names:
            return
        with self._zip.open(part) as stream:
            tags = [f"{{*}}{name}" for name in names]
            for _, element in etree.iterparse(stream, events=("end",), tag=tags, **_SAFE):
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Give the parts that a part refers to, by the reference's key: kind and name.

        The kind is the last word of the relationship's type, e.g. ``comments``.
        """
        folder, file = posixpath.split(part)
        root = self.tree(f"{folder}/_rels/{file}.rels".lstrip("/"))
        found = {}
        for one in root if root is not None else ():
            if not isinstance(one.tag, str) or one.get("TargetMode") == "External":
                continue
            target = unquote(one.get("Target", ""))
            whole = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], whole)
        return found


def text_of(element: "etree._Element", *, leave: str = "") -> str:
    """Join the texts (``t``) inside an element, those inside `leave` left out."""
    return "".join(
        one.text or ""
        for one in element.iter("{*}t")
        if not leave or next(one.iterancestors(f"{{*}}{leave}"), None) is None
    )
