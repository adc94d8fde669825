"""The text inside a paragraph of an OpenDocument file, and the notes that belong to it."""

from typing import Any

from lxml import etree

from rare_app.documents.clean import clean_characters
from rare_app.documents.types import BlockKind

_LONGEST_BLANK = 1000
_PARTS = frozenset({"p", "h", "list-item", "table-cell", "table-row"})
"""Elements that end a line."""


def local(one: Any) -> str:
    """Give an element's name without its namespace; empty for comments and the like."""
    return etree.QName(one).localname if isinstance(one.tag, str) else ""


def attribute(one: Any, name: str, default: str = "") -> str:
    """Give an attribute by its name without the namespace."""
    found = (value for key, value in one.attrib.items() if etree.QName(key).localname == name)
    return next(found, default)


def clean(text: str) -> str:
    """Make characters uniform and take blanks out that say nothing."""
    lines = clean_characters(text).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


class Inline:
    """Reads paragraphs; what stands beside their text is kept until it is taken.

    Parameters
    ----------
    roots : list of element
        Content and styles.

    Attributes
    ----------
    unread : dict of str to int
        How many pictures and embedded objects were met.
    hid : bool
        Whether hidden text was passed over.
    """

    def __init__(self, roots: list[Any]) -> None:
        self.unread = {"picture": 0, "embedded object": 0}
        self.hid = False
        self._notes: list[tuple[BlockKind, str]] = []
        self._changes: dict[str, Any] = {}
        self._inserted: dict[str, list[str]] = {}
        self._hidden: set[str] = set()
        for root in roots:
            for region in root.xpath("//*[local-name()='changed-region']"):
                names = [value for key, value in region.attrib.items() if key.endswith("}id")]
                self._changes.update(dict.fromkeys(names, region))
            for style in root.xpath(
                "//*[local-name()='style'][*[@*[local-name()='display']='none']]"
            ):
                self._hidden |= {v for k, v in style.attrib.items() if k.endswith("}name")}

    def is_hidden(self, one: Any) -> bool:
        """Tell whether an element is not shown, and note so."""
        hidden = attribute(one, "display") == "none" or (
            attribute(one, "style-name") in self._hidden and local(one) in ("p", "h", "span")
        )
        self.hid = self.hid or hidden
        return hidden

    def text_of(self, one: Any) -> str:
        """Give an element's text; its notes wait for :meth:`take_notes`."""
        parts: list[str] = []
        self._read(one, parts)
        return "".join(parts)

    def take_notes(self) -> list[tuple[BlockKind, str]]:
        """Give the notes that were met since the last call."""
        found, self._notes = self._notes, []
        return found

    def _read(self, one: Any, parts: list[str]) -> None:
        """Add an element's text to the parts."""
        tag = local(one)
        if not tag or self.is_hidden(one) or self._read_mark(one, tag):
            return
        if tag == "s":
            count = attribute(one, "c", "1")
            self._say(" " * min(int(count) if count.isdecimal() else 1, _LONGEST_BLANK), parts)
        elif tag == "tab":
            self._say("\t", parts)
        elif tag == "line-break":
            self._say("\n", parts)
        if one.text:
            self._say(one.text, parts)
        for child in one:
            self._read(child, parts)
            if child.tail:
                self._say(child.tail, parts)
        if tag in _PARTS and parts:
            parts.append("\n")

    def _say(self, text: str, parts: list[str]) -> None:
        # Line ends and rows of blanks in the XML are one blank, those that count are elements.
        plain = text if text in ("\t", "\n") else " ".join(text.split("\n"))
        parts.append(plain)
        for kept in self._inserted.values():
            kept.append(plain)

    def _read_mark(self, one: Any, tag: str) -> bool:
        """Read what is no text of the line; tells whether it was that."""
        if tag == "note":
            kind = "Endnote" if "endnote" in one.attrib.values() else "Footnote"
            body = [self._aside(part) for part in one if local(part) == "note-body"]
            self._note(f"[{kind}]", " ".join(body))
        elif tag == "annotation":
            self._note(f"[Comment{self._by(one)}]", self._comment(one))
        elif tag in ("change", "change-start", "change-end"):
            self._change(one, tag)
        elif tag in ("hidden-text", "hidden-paragraph"):
            self.hid = True
        elif tag == "image":
            self.unread["picture"] += 1
        elif tag in ("object", "object-ole"):
            self.unread["embedded object"] += 1
        elif tag == "text-box":
            if text := clean("\n".join(self._aside(part) for part in one)):
                self._notes.append(("paragraph", text))
        elif tag in ("ruby-text", "tracked-changes", "bookmark", "note-citation", "desc", "title"):
            return tag not in ("title", "desc") or local(one.getparent()) == "frame"
        else:
            return False
        return True

    def _aside(self, one: Any) -> str:
        """Give the text of what stands beside the line; notes inside it come before it."""
        kept, self._inserted = self._inserted, {}
        text = clean(self.text_of(one))
        self._inserted = kept
        return text

    def _comment(self, one: Any) -> str:
        said = [self._aside(part) for part in one if local(part) in ("p", "list")]
        return "\n".join(part for part in said if part)

    def _change(self, one: Any, tag: str) -> None:
        name = attribute(one, "change-id")
        region = self._changes.get(name)
        if region is None:
            return
        info = next((part for part in region.iter() if local(part) == "change-info"), None)
        by = "" if info is None else self._by(info)
        if tag == "change-start":
            self._inserted[name] = []
        elif tag == "change-end":
            text = clean("".join(self._inserted.pop(name, [])))
            self._note(f"[Tracked change{by}: inserted]", text)
        else:
            gone = [
                self._aside(part)
                for change in region
                if local(change) == "deletion"
                for part in change
                if local(part) != "change-info"
            ]
            self._note(f"[Tracked change{by}: deleted]", " ".join(gone))

    def _note(self, mark: str, text: str) -> None:
        if text := clean(text):
            self._notes.append(("note", f"{mark} {text}"))

    @staticmethod
    def _by(one: Any) -> str:
        """Say whose it is and of which day: “ by Ilse Brandauer, 2026-05-03”."""
        told = {local(part): (part.text or "").strip() for part in one}
        who = f" by {told['creator']}" if told.get("creator") else ""
        return f"{who}, {told['date'][:10]}" if told.get("date") else who
