"""Footnotes of web pages and e-books: which link leads to which note."""

from lxml import etree

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
NOTE_ROLES = frozenset({"footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"})
_REFERENCE_ROLES = frozenset({"noteref", "doc-noteref"})
_BACK_ROLES = frozenset({"backlink", "doc-backlink", "referrer"})
_BACK_SIGNS = frozenset("↩↑↵⏎⤴^")
_LONGEST_MARK = 5
_LONGEST_NOTE = 5000  # characters; a longer target is a chapter of its own


def roles(element: etree._Element) -> frozenset[str]:
    """Give what an element says it is for."""
    said = (element.get(EPUB_TYPE), element.get("epub:type"), element.get("role"))
    return frozenset(word for text in said if text for word in str(text).split())


def is_back_link(element: etree._Element) -> bool:
    """Whether a link leads from a note back to the text."""
    text = "".join(element.itertext()).strip().strip("\ufe0e\ufe0f[]()")
    return bool(roles(element) & _BACK_ROLES) or text in _BACK_SIGNS


class Notes:
    """Finds the notes of a page.

    Parameters
    ----------
    root : element
        The page.
    """

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._targets: dict[str, etree._Element] = {}
        self._searched = False

    def target(self, link: etree._Element) -> etree._Element | None:
        """Give the note that a link leads to; ``None`` for a link that is no mark of one."""
        href = str(link.get("href") or "")
        text = "".join(link.itertext()).strip()
        called = bool(roles(link) & _REFERENCE_ROLES)
        parent = link.getparent()
        above = "sup" in (child.tag for child in link) or (
            parent is not None and parent.tag == "sup"
        )
        if not (called or above) or not 0 < len(text) <= _LONGEST_MARK or is_back_link(link):
            return None
        if not self._searched:
            self._searched = True
            for one in self._root.iter():
                if isinstance(one.tag, str) and one.get("id"):
                    self._targets.setdefault(str(one.get("id")), one)
        target = (
            self._targets.get(href.partition("#")[2]) if href.startswith("#") or called else None
        )
        if target is not None and target.tag in ("a", "sup", "span", "dt"):
            target = next((o for o in target.iterancestors("p", "li", "div", "aside", "dd")), None)
        if target is None or target in link.iterancestors():
            return None
        return target if len("".join(target.itertext())) <= _LONGEST_NOTE else None
