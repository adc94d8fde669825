"""The text of a Word paragraph as it is shown, with what was changed and what hangs on it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from lxml import etree

from rare_app.documents.docx_changes import How, Piece, day_of
from rare_app.documents.docx_facts import Facts
from rare_app.documents.docx_numbering import write_number
from rare_app.documents.docx_parts import MATH, W14, Style, Styles, W, is_on, local, number, value
from rare_app.documents.flow import raised
from rare_app.documents.math_text import write_math
from rare_app.documents.symbols import symbol

NoteKind = Literal["footnote", "endnote", "comment"]

_SKIPPED_TEXT = """
    pPr rPr sdtPr sdtEndPr tblPr trPr tcPr instrText delInstrText fldData rt smartTagPr customXmlPr
"""
_SKIPPED = frozenset(W + name for name in _SKIPPED_TEXT.split())
_TRACKED: dict[str, How] = {
    f"{W}ins": "inserted",
    f"{W}moveTo": "arrived",
    f"{W}del": "deleted",
    f"{W}moveFrom": "left",
}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
BOXES = {True: "☒", False: "☐"}


@dataclass(slots=True)
class Line:
    """A paragraph.

    Attributes
    ----------
    pieces : list of Piece
        Its text, what was deleted included.
    notes : list of (kind, id)
        Footnotes, endnotes and comments that hang on it.
    boxes : list of element
        Contents of text boxes that are anchored in it.
    """

    pieces: list[Piece] = field(default_factory=list)
    notes: list[tuple[NoteKind, str]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is shown once all changes are accepted."""
        kept = "".join(one.text for one in self.pieces if one.how not in ("deleted", "left"))
        return kept.replace("~~~~", "")


@dataclass(frozen=True, slots=True)
class _Look:
    """How the text at a place is shown."""

    how: How = ""
    author: str = ""
    day: str = ""
    hidden: bool = False
    struck: bool = False
    raised: bool = False


class LineReader:
    """Reads paragraphs one after the other; fields and the counts of notes go on between them.

    Parameters
    ----------
    styles : Styles
    facts : Facts
        Counted on.
    note_styles : dict of str to tuple of int and str
        For ``footnote`` and ``endnote``: the first number and how it is written.
    """

    def __init__(
        self, styles: Styles, facts: Facts, *, note_styles: dict[NoteKind, tuple[int, str]]
    ) -> None:
        self._styles = styles
        self._facts = facts
        self._note_styles = note_styles
        self._marks: dict[tuple[NoteKind, str], str] = {}
        self._counts: dict[NoteKind, int] = {
            kind: first for kind, (first, _) in note_styles.items()
        }
        self._fields: list[tuple[str, etree._Element | None]] = []
        self._line = Line()
        self._hid = False
        self._handlers: dict[str, Callable[[etree._Element, _Look], None]] = {
            f"{W}t": self._text,
            f"{W}delText": self._text,
            f"{W}sym": self._symbol,
            f"{W}r": self._run,
            f"{W}sdt": self._control,
            f"{W}fldChar": self._field,
            f"{W}footnoteReference": self._note,
            f"{W}endnoteReference": self._note,
            f"{W}commentReference": self._note,
            f"{W}commentRangeEnd": self._note,
            f"{W}drawing": self._drawing,
            f"{W}pict": self._drawing,
            f"{W}object": self._drawing,
            f"{W}txbxContent": lambda element, _: self._line.boxes.append(element),
            f"{MATH}oMath": lambda element, look: self._put(write_math(element), look),
        }

    def read(self, paragraph: etree._Element, style: Style) -> Line:
        """Read a paragraph.

        Parameters
        ----------
        paragraph : element
            A ``w:p``.
        style : Style
            Its style.
        """
        self._line, self._hid = Line(), False
        self._walk(paragraph, _Look(hidden=style.hidden, struck=style.struck))
        # The code of a field does not go on in the next paragraph; a damaged file may say so.
        self._fields = [("result", form) for _, form in self._fields]
        self._facts.hidden += self._hid
        return self._line

    def mark(self, kind: NoteKind, identity: str) -> str:
        """Give the number that a footnote or endnote is shown with; counted when first asked."""
        key = (kind, identity)
        if key not in self._marks:
            self._marks[key] = write_number(self._counts[kind], self._note_styles[kind][1])
            self._counts[kind] += 1
        return self._marks[key]

    def _walk(self, element: etree._Element, look: _Look) -> None:
        for child in element:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str):
                continue
            handler = self._handlers.get(tag)
            if handler is not None:
                handler(child, look)
            elif tag in _TRACKED:
                how = look.how if look.how == "deleted" else _TRACKED[tag]
                author = str(child.get(W + "author", ""))
                self._walk(
                    child, replace(look, how=how, author=author, day=day_of(child.get(W + "date")))
                )
            elif tag in _SIGNS:
                self._put(_SIGNS[tag], look)
            elif local(child) == "AlternateContent":
                self._alternate(child, look)
            elif not tag.startswith(W):
                self._foreign(child, look)
            else:
                self._walk(child, look)

    def _put(self, text: str, look: _Look) -> None:
        if not text or any(phase == "code" for phase, _ in self._fields):
            return
        if look.hidden:
            self._hid = self._hid or bool(text.strip())
            return
        if look.raised:
            text = raised(text)
        if look.struck and text.strip():
            text = f"~~{text}~~"
        self._line.pieces.append(Piece(text, look.how, look.author, look.day))

    def _text(self, element: etree._Element, look: _Look) -> None:
        self._put((element.text or "") + "".join(child.tail or "" for child in element), look)

    def _symbol(self, element: etree._Element, look: _Look) -> None:
        self._put(symbol(str(element.get(W + "char", "")), str(element.get(W + "font", ""))), look)

    def _run(self, element: etree._Element, look: _Look) -> None:
        own = element.find(W + "rPr")
        if own is not None:
            style = self._styles.get(value(own, "rStyle"))
            hidden, struck = is_on(own, "vanish"), is_on(own, "strike")
            look = replace(
                look,
                hidden=(look.hidden or style.hidden) if hidden is None else hidden,
                struck=(look.struck or style.struck) if struck is None else struck,
                raised=value(own, "vertAlign") == "superscript",
            )
        self._walk(element, look)

    def _control(self, element: etree._Element, look: _Look) -> None:
        own, content = element.find(W + "sdtPr"), element.find(W + "sdtContent")
        box = own.find(W14 + "checkbox") if own is not None else None
        if box is not None:
            checked = box.find(W14 + "checked")
            on = checked is not None and checked.get(W14 + "val", "1") in ("1", "true", "on")
            self._put(BOXES[on], look)
        elif is_on(own, "showingPlcHdr"):
            self._put(not_filled_in(own), look)
        elif content is not None:
            self._walk(content, look)

    def _field(self, element: etree._Element, look: _Look) -> None:
        phase = element.get(W + "fldCharType")
        if phase == "begin":
            self._fields.append(("code", element.find(W + "ffData")))
        elif phase == "separate" and self._fields:
            self._fields[-1] = ("result", self._fields[-1][1])
        elif phase == "end" and self._fields:
            _, form = self._fields.pop()
            if form is not None:
                self._put(_form_value(form), look)

    def _note(self, element: etree._Element, look: _Look) -> None:
        identity = str(element.get(W + "id", ""))
        name = local(element)
        if name.startswith("comment"):
            if ("comment", identity) not in self._line.notes:
                self._line.notes.append(("comment", identity))
            return
        kind: NoteKind = "footnote" if name.startswith("footnote") else "endnote"
        if look.how in ("deleted", "left") or look.hidden:
            return
        if not element.get(W + "customMarkFollows"):
            before = self._line.text[-1:]
            # A mark right behind a figure would be read as its last digit.
            gap = " " if before.isdigit() else ""
            mark = self.mark(kind, identity)
            self._put(gap + (raised(mark) if raised(mark) != mark else f"[{mark}]"), look)
        self._line.notes.append((kind, identity))

    def _drawing(self, element: etree._Element, look: _Look) -> None:
        if look.how in ("deleted", "left") or look.hidden:
            return
        described = next(
            (
                text
                for one in element.iter()
                if local(one) in ("docPr", "shape")
                and (text := str(one.get("descr") or one.get("alt") or one.get("title") or ""))
            ),
            "",
        )
        if described.strip() and next(element.iter(W + "txbxContent"), None) is None:
            self._put(f"[Picture: {' '.join(described.split())}]", look)
        self._walk(element, look)

    def _alternate(self, element: etree._Element, look: _Look) -> None:
        """Read the first form of something that says something, and no other."""
        for form in element:
            before = (len(self._line.pieces), len(self._line.boxes), replace(self._facts))
            self._walk(form, look)
            if before != (len(self._line.pieces), len(self._line.boxes), self._facts):
                return

    def _foreign(self, element: etree._Element, look: _Look) -> None:
        """Count what is drawn, and go inside: text boxes are in there."""
        name = local(element)
        self._facts.pictures += name in ("pic", "imagedata")
        self._facts.charts += name == "chart"
        self._facts.diagrams += name == "relIds"
        self._facts.embedded += name == "OLEObject"
        if name == "textpath":
            self._put(str(element.get("string", "")), look)
        self._walk(element, look)


def not_filled_in(own: etree._Element | None) -> str:
    """Tell that a content control shows its prompt alone."""
    name = " ".join(value(own, "alias").split())
    return f"[{name}: not filled in]" if name else "[not filled in]"


def _form_value(form: etree._Element) -> str:
    """Give the value of a form field that has no text as its result."""
    box, chosen = form.find(W + "checkBox"), form.find(W + "ddList")
    if box is not None:
        on = is_on(box, "checked")
        return BOXES[bool(is_on(box, "default") if on is None else on)]
    if chosen is not None:
        entries = [str(one.get(W + "val", "")) for one in chosen.findall(W + "listEntry")]
        index = number(value(chosen, "result") or value(chosen, "default"), 0)
        return entries[index] if 0 <= index < len(entries) else ""
    return ""
