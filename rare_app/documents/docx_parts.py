"""The parts of a Word file: their XML, what they point to, and the styles."""

import posixpath
import zipfile
from dataclasses import dataclass

from lxml import etree

from rare_app.documents.container import parse_xml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# The strict form of the standard has other addresses for the same elements.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", MATH),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", RELATION),
)
_DEEPEST_STYLE = 20  # styles that are based on one another


def local(element: etree._Element) -> str:
    """Give an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(parent: etree._Element | None, name: str) -> str:
    """Give the ``w:val`` of a child; empty if there is none."""
    child = parent.find(W + name) if parent is not None else None
    return str(child.get(W + "val", "")) if child is not None else ""


def is_on(parent: etree._Element | None, name: str) -> bool | None:
    """Whether a switch is on; ``None`` where the element does not say."""
    child = parent.find(W + name) if parent is not None else None
    if child is None:
        return None
    return child.get(W + "val", "1") not in ("0", "false", "off")


def number(text: str | None, default: int) -> int:
    """Read a whole number; the default where it is none or absurdly large."""
    try:
        return int(str(text)) if abs(int(str(text))) < 1_000_000 else default
    except ValueError:
        return default


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's or a run's style says, with what it is based on.

    Attributes
    ----------
    name : str
        In lower case, e.g. ``heading 1``.
    outline : int
        Level of a heading from 1; 0 for none.
    numbering, depth : str, int
        ``numId`` and level of its list; the former may be empty.
    hidden : bool
    struck : bool
    """

    name: str = ""
    outline: int = 0
    numbering: str = ""
    depth: int = 0
    hidden: bool = False
    struck: bool = False


class Parts:
    """Parts of a Word file.

    Parameters
    ----------
    container : ZipFile
        Open for as long as parts are asked for.
    """

    def __init__(self, container: zipfile.ZipFile) -> None:
        self._container = container
        self.names = frozenset(container.namelist())
        self.main = self._find_main()
        self.targets = self._relations(self.main)

    def tree(self, name: str) -> etree._Element | None:
        """Give a part's XML; ``None`` if the file has no such part."""
        if name not in self.names:
            return None
        data = self._container.read(name)
        for strict, ours in _STRICT:
            data = data.replace(strict, ours.partition("}")[0][1:].encode())
        return parse_xml(data)

    def kind(self, kind: str) -> etree._Element | None:
        """Give the part that the document points to as its ``styles``, ``comments`` and so on."""
        for name, found in self.targets.values():
            if found == kind:
                return self.tree(name)
        return None

    def _find_main(self) -> str:
        for name, kind in self._relations("").values():
            if kind == "officeDocument" and name in self.names:
                return name
        return next(
            (n for n in sorted(self.names) if n.startswith("word/document") and n.endswith(".xml")),
            "word/document.xml",
        )

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Give what a part points to: name and kind by id; nothing outside the file."""
        folder, base = posixpath.split(part)
        tree = self.tree(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, tuple[str, str]] = {}
        for one in tree if tree is not None else ():
            if one.get("TargetMode") == "External":
                continue
            target = str(one.get("Target", ""))
            name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[str(one.get("Id"))] = (name, str(one.get("Type", "")).rpartition("/")[2])
        return found


class Styles:
    """Styles of a Word file, each with what it takes over from those that it is based on."""

    def __init__(self, tree: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._known: dict[str, Style] = {"": Style()}
        self.default = ""
        for style in tree.iter(W + "style") if tree is not None else ():
            identity = str(style.get(W + "styleId", ""))
            self._elements.setdefault(identity, style)
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
                self.default = identity

    def get(self, identity: str, *, _depth: int = 0) -> Style:
        """Give a style by its id; an empty one if the file has no such style."""
        known = self._known.get(identity)
        if known is not None:
            return known
        style = self._elements.get(identity)
        if style is None or _depth > _DEEPEST_STYLE:
            return Style()
        base = self.get(value(style, "basedOn"), _depth=_depth + 1)
        look, run = style.find(W + "pPr"), style.find(W + "rPr")
        name = value(style, "name").lower()
        listed = look.find(W + "numPr") if look is not None else None
        hidden, struck = is_on(run, "vanish"), is_on(run, "strike")
        found = Style(
            name=name,
            outline=outline_of(look, name=name, default=base.outline),
            numbering=value(listed, "numId") or base.numbering,
            depth=number(value(listed, "ilvl"), base.depth),
            hidden=base.hidden if hidden is None else hidden,
            struck=base.struck if struck is None else struck,
        )
        self._known[identity] = found
        return found


def outline_of(look: etree._Element | None, *, name: str, default: int) -> int:
    """Give the level of a heading from paragraph properties or a style's name; 0 for none."""
    stated = value(look, "outlineLvl")
    if stated:
        level = number(stated, 9) + 1
        return level if 1 <= level <= 9 else 0
    word, _, figure = name.partition(" ")
    if word == "heading" and figure.isdecimal():
        return min(9, int(figure))
    return 1 if name == "title" else default
