"""Which parts of a web page are not shown."""

import re
from collections.abc import Iterator

from cssselect import HTMLTranslator, SelectorError
from cssselect import parse as parse_selector
from cssselect.xpath import ExpressionError, XPathExpr
from lxml import etree

_NEVER_SHOWN_TEXT = """
    script style template noscript head meta link base title iframe object embed canvas video audio
    svg param source track datalist map area rp rt annotation annotation-xml colgroup col
"""
NEVER_SHOWN = frozenset(_NEVER_SHOWN_TEXT.split())
"""Elements whose content is not the page's text."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SHOWING = re.compile(r"(?<![\w-])(display|visibility)\s*:\s*([\w-]+)\s*(!\s*important)?", re.I)
_UNSEEN = frozenset({"none", "hidden", "collapse"})
_MOST_SELECTORS = 300
_MOST_VISITS = 30_000_000  # of elements, by all selectors together
_LONGEST_SELECTOR = 120
_MOST_STEPS = 4  # compound selectors one after the other; more would take long on a large page
_INLINE = (1, 0, 0, 0)  # weight of a style attribute
_IMPORTANT = (2, 0, 0, 0)

Weight = tuple[int, ...]


class _Translator(HTMLTranslator):  # type: ignore[misc]
    """Asks each element for what stands above it, so that no element is visited twice."""

    def xpath_descendant_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"ancestor::{left.element}{_bracketed(left)}")

    def xpath_child_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"parent::{left.element}{_bracketed(left)}")

    def xpath_direct_adjacent_combinator(self, *_: XPathExpr) -> XPathExpr:
        raise ExpressionError("neighbours are not looked at")

    def xpath_indirect_adjacent_combinator(self, *_: XPathExpr) -> XPathExpr:
        raise ExpressionError("neighbours are not looked at")


def _bracketed(one: XPathExpr) -> str:
    return f"[{one.condition}]" if one.condition else ""


class Hidden:
    """Tells which elements of a page are not shown.

    Style sheets in the page count as far as they speak of ``display`` and ``visibility``, the
    stronger selector winning; sheets elsewhere are never fetched.

    Parameters
    ----------
    root : element
        The page.

    Attributes
    ----------
    too_many : bool
        Whether not all rules were looked at.
    """

    def __init__(self, root: etree._Element) -> None:
        self._decided: dict[etree._Element, dict[str, tuple[Weight, str]]] = {}
        sheets = [one.text or "" for one in root.iter("style")]
        rules = list(_rules("\n".join(sheets))) if any(sheets) else []
        size, depth = _measure(root) if rules else (0, 0)
        done = visits = 0
        self.too_many = False
        for selector, declarations in rules:
            if done >= _MOST_SELECTORS or visits > _MOST_VISITS:
                self.too_many = True
                break
            done += self._apply(root, selector, declarations)
            visits += size * (depth if re.search(r"[\s>+~]", selector) else 1)

    def __contains__(self, element: etree._Element) -> bool:
        if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
            return True
        if element.tag == "dialog" and element.get("open") is None:
            return True
        if element.tag == "input" and element.get("type", "").lower() == "hidden":
            return True
        own = element.get("style")
        decided = self._decided.get(element)
        if own is None and decided is None:
            return False
        shown = dict(decided or {})
        for name, value, important in _SHOWING.findall(own or ""):
            weight = _IMPORTANT if important else _INLINE
            if weight >= shown.get(name.lower(), ((), ""))[0]:
                shown[name.lower()] = (weight, value.lower())
        return any(value in _UNSEEN for _, value in shown.values())

    def _apply(
        self, root: etree._Element, selector: str, declarations: list[tuple[str, str, str]]
    ) -> int:
        """Note what a rule says of the elements that it is for; give how many selectors it has."""
        try:
            parsed = parse_selector(selector)
        except SelectorError:
            return 0
        for one in parsed:
            if one.pseudo_element is not None:
                continue
            try:
                found = root.xpath(_Translator().selector_to_xpath(one))
            except (SelectorError, etree.XPathError):
                continue
            for element in found if isinstance(found, list) else ():
                decided = self._decided.setdefault(element, {})
                for name, value, important in declarations:
                    weight = (1 if important else 0, *one.specificity())
                    if weight >= decided.get(name, ((), ""))[0]:
                        decided[name] = (weight, value)
        return len(parsed)


def _rules(sheet: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Give the selectors of a sheet that say whether something is shown on a screen."""
    sheet = _COMMENT.sub(" ", sheet)
    position, skipped_to = 0, 0
    for match in re.finditer(r"([^{}]*)\{", sheet):
        if match.start() < skipped_to:
            continue
        selector = match.group(1).rpartition(";")[2].strip()
        if selector.startswith("@"):
            media = selector.lower()
            if not media.startswith(("@media screen", "@media all", "@layer", "@supports")):
                skipped_to = _end_of_block(sheet, match.end())
            continue
        position = sheet.find("}", match.end())
        body = sheet[match.end() : position if position >= 0 else len(sheet)]
        said = [(n.lower(), v.lower(), i) for n, v, i in _SHOWING.findall(body)]
        steps = len(re.findall(r"[^\s>+~,]+", selector.split(",")[0]))
        if said and len(selector) <= _LONGEST_SELECTOR and steps <= _MOST_STEPS:
            yield selector, said


def _measure(root: etree._Element) -> tuple[int, int]:
    """Give how many elements there are and how deep they are nested."""
    size = depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        size += event == "start"
        deepest = max(deepest, depth)
    return size, deepest


def _end_of_block(sheet: str, start: int) -> int:
    depth = 1
    for match in re.compile(r"[{}]").finditer(sheet, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(sheet)
