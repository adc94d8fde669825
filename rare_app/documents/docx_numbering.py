"""The numbers and bullets that Word draws before paragraphs."""

from dataclasses import dataclass, field

from lxml import etree

from rare_app.documents.docx_parts import Styles, W, is_on, local, number, value

_LEVELS = 9
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST_LETTER = 780  # “zz…z” of thirty letters; Word repeats the letter
_LARGEST_ROMAN = 4000
_BULLET = "-"


@dataclass(slots=True)
class _Level:
    """How one level of a list is drawn."""

    style: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int = -1  # level whose numbers restart this one; -1: any above, 0: never
    legal: bool = False
    paragraph_style: str = ""


@dataclass(slots=True)
class _List:
    """Levels of a list and how far it has counted."""

    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


class Numbering:
    """Counts a document's lists.

    Parameters
    ----------
    tree : element or None
        The numbering part.
    styles : Styles
        For lists that are defined by a style.
    """

    def __init__(self, tree: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, etree._Element] = {}
        self._numbers: dict[str, etree._Element] = {}
        self._lists: dict[str, _List] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._started: set[tuple[str, int]] = set()
        for one in tree if tree is not None else ():
            if local(one) == "abstractNum":
                self._abstract.setdefault(str(one.get(W + "abstractNumId")), one)
            elif local(one) == "num":
                self._numbers.setdefault(str(one.get(W + "numId")), one)

    def next(self, look: etree._Element | None, style: str) -> tuple[str, int] | None:
        """Count a paragraph.

        Parameters
        ----------
        look : element or None
            Its ``w:pPr``.
        style : str
            Its style's id.

        Returns
        -------
        tuple of str and int, or None
            What is drawn before it (may be empty) and its level from 0; None outside lists.
        """
        listed = look.find(W + "numPr") if look is not None else None
        base = self._styles.get(style)
        identity = value(listed, "numId") or base.numbering
        if identity not in self._numbers:
            return None
        levels = self._levels_of(identity)
        if listed is not None and value(listed, "ilvl"):
            depth = number(value(listed, "ilvl"), 0)
        else:
            linked = [d for d, one in levels.items() if one.paragraph_style == style]
            depth = linked[0] if linked else base.depth
        depth = min(_LEVELS - 1, max(0, depth))
        return self._count(identity, levels, depth), depth

    def _count(self, identity: str, levels: dict[int, _Level], depth: int) -> str:
        """Count on at a level and give what is drawn."""
        abstract = value(self._numbers[identity], "abstractNumId")
        kept = self._lists.setdefault(abstract, _List(levels))
        counts = kept.counts
        override = self._override(identity, depth)
        if override is not None and (identity, depth) not in self._started:
            counts[depth] = override - 1
        self._started.add((identity, depth))
        level = levels.get(depth, _Level())
        current = counts[depth]
        counts[depth] = level.start if current is None else current + 1
        for above in range(depth):
            if counts[above] is None:
                counts[above] = levels.get(above, _Level()).start
        for below in range(depth + 1, _LEVELS):
            restart = levels.get(below, _Level()).restart
            if restart < 0 or depth < restart:
                counts[below] = None
        return _draw(levels, counts, depth)

    def _override(self, identity: str, depth: int) -> int | None:
        for one in self._numbers[identity].findall(W + "lvlOverride"):
            if one.get(W + "ilvl") == str(depth) and value(one, "startOverride"):
                return number(value(one, "startOverride"), 1)
        return None

    def _levels_of(self, identity: str) -> dict[int, _Level]:
        if identity not in self._levels:
            found = self._abstract_levels(value(self._numbers[identity], "abstractNumId"))
            for one in self._numbers[identity].findall(W + "lvlOverride"):
                own = one.find(W + "lvl")
                if own is not None:
                    found[number(one.get(W + "ilvl"), 0)] = _read_level(own)
            self._levels[identity] = found
        return self._levels[identity]

    def _abstract_levels(self, identity: str, *, follow: bool = True) -> dict[int, _Level]:
        element = self._abstract.get(identity)
        if element is None:
            return {}
        link = value(element, "numStyleLink")
        if link and follow:
            other = self._numbers.get(self._styles.get(link).numbering)
            return self._abstract_levels(value(other, "abstractNumId"), follow=False)
        return {
            number(one.get(W + "ilvl"), 0): _read_level(one) for one in element.findall(W + "lvl")
        }


def _read_level(element: etree._Element) -> _Level:
    return _Level(
        style=value(element, "numFmt") or "decimal",
        pattern=value(element, "lvlText"),
        start=number(value(element, "start"), 0 if element.find(W + "start") is None else 1),
        restart=number(value(element, "lvlRestart"), -1),
        legal=bool(is_on(element, "isLgl")),
        paragraph_style=value(element, "pStyle"),
    )


def _draw(levels: dict[int, _Level], counts: list[int | None], depth: int) -> str:
    level = levels.get(depth, _Level())
    if level.style == "bullet":
        return _BULLET
    text = level.pattern
    for one in range(depth + 1):
        if f"%{one + 1}" in text:
            style = levels.get(one, _Level()).style
            if level.legal:
                style = "decimal"
            text = text.replace(f"%{one + 1}", write_number(counts[one] or 0, style))
    return text.strip()


def write_number(count: int, style: str) -> str:
    """Write a number as a list or a footnote shows it.

    Parameters
    ----------
    count : int
    style : str
        Word's ``numFmt``; one that is not known is written in Arabic figures.
    """
    if style == "none":
        return ""
    if style in ("lowerLetter", "upperLetter") and 0 < count <= _LARGEST_LETTER:
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return text if style == "lowerLetter" else text.upper()
    if style in ("lowerRoman", "upperRoman") and 0 < count < _LARGEST_ROMAN:
        text = ""
        for worth, letters in _ROMAN:
            text += letters * (count // worth)
            count %= worth
        return text if style == "lowerRoman" else text.upper()
    if style == "decimalZero":
        return f"{count:02d}"
    if style == "ordinal":
        ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10 if count // 10 % 10 != 1 else 0, "th")
        return f"{count}{ending}"
    return str(count)
