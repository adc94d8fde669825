"""The blocks of a web page: headings, paragraphs, lists, tables."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from rare_app.documents.docx_numbering import write_number
from rare_app.documents.flow import FlowWriter, Recorder, Sink, raised, write_grid
from rare_app.documents.html_found import Found
from rare_app.documents.html_hidden import NEVER_SHOWN, Hidden
from rare_app.documents.html_notes import NOTE_ROLES, Notes, is_back_link, roles
from rare_app.documents.html_tables import lay_out
from rare_app.documents.table_heads import make_table, serves_layout
from rare_app.documents.types import BlockKind

_BLOCKS_TEXT = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol
    optgroup p pre search section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_DEEPEST = 100  # nested elements; what is deeper is read as running text
_PICTURES = frozenset(["img", "picture", "svg", "canvas"])
_MEDIA = frozenset(["iframe", "object", "embed", "video", "audio"])
_LIST_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(slots=True)
class _Run:
    """A block while its text is gathered."""

    kind: BlockKind = "paragraph"
    level: int = 0
    before: str = ""  # number, bullet or label: written once


@dataclass(slots=True)
class _Terms:
    """Terms of a list of definitions, and whether a definition has followed."""

    names: list[str] = field(default_factory=list)
    used: bool = False


class BlockReader:
    """Reads the elements of a page into a sink.

    Parameters
    ----------
    sink : FlowWriter
    root : element
        The page, for its style sheets.
    found : Found
        Counted on.
    marks_quotes : bool
        Whether lines of block quotes begin with ``>``, as in mails.
    """

    def __init__(
        self, sink: FlowWriter, root: etree._Element, found: Found, *, marks_quotes: bool = False
    ) -> None:
        self._sink: Sink = sink
        self._flow = sink
        self._hidden = Hidden(root)
        self._found = found
        found.too_many_rules = found.too_many_rules or self._hidden.too_many
        self._text: list[str] = []
        self._run = _Run()
        self._depth = 0
        self._quoted = 0
        self._lists = 0
        self._terms = _Terms()
        self._wrapping = False
        self._marks: dict[etree._Element, str] = {}
        self._notes = Notes(root)
        self._pending: list[tuple[str, etree._Element]] = []
        self._told: set[etree._Element] = set()
        self._handlers: dict[str, Callable[[etree._Element], None]] = {
            **{f"h{level}": self._heading for level in range(1, 7)},
            **dict.fromkeys(("ul", "ol", "menu", "dir"), self._list),
            "li": self._item,
            "dl": self._definitions,
            "dt": self._term,
            "dd": self._definition,
            "pre": self._verbatim,
            **({"blockquote": self._block_quote} if marks_quotes else {}),
            "table": self._table,
            "figcaption": lambda element: self._as("caption", element),
            "br": lambda _: self._text.append("\n"),
            "img": self._picture,
            "input": self._input,
            "select": self._select,
            "sup": self._raised,
            "a": self._link,
            "q": lambda element: self._wrapped(element, "“", "”"),
            **dict.fromkeys(
                ("del", "s", "strike"), lambda element: self._wrapped(element, "~~", "~~")
            ),
        }

    def read(self, element: etree._Element) -> None:
        """Read an element with all that it holds."""
        self._inside(element)
        self._flush()

    def _inside(self, element: etree._Element) -> None:
        """Read an element's own text and its children."""
        if self._depth >= _DEEPEST:
            self._text += map(_collapse, self._pieces(element))
            return
        self._depth += 1
        self._text.append(_collapse(element.text))
        for child in element:
            if isinstance(child.tag, str):
                self._child(child)
            self._text.append(_collapse(child.tail))
        self._depth -= 1

    def _child(self, element: etree._Element) -> None:
        name = str(element.tag).lower()
        if element in self._hidden:
            self._found.hidden += bool("".join(element.itertext()).strip())
            return
        if name == "a" and is_back_link(element):
            return
        if name in NEVER_SHOWN:
            self._found.pictures += name in _PICTURES
            self._found.media += name in _MEDIA
            return
        handler = self._handlers.get(name)
        if handler is None and element.get("role") == "heading":
            handler = self._heading
        if element in self._told:
            self._flush()
            return
        if name in _BLOCKS and roles(element) & NOTE_ROLES:
            handler = self._footnote
        if name in _BLOCKS:
            self._flush()
        if handler is not None:
            handler(element)
        else:
            self._inside(element)
        if name in _BLOCKS:
            self._flush()

    def _flush(self) -> None:
        """Write the text gathered so far as a block."""
        lines = [" ".join(line.split()) for line in "".join(self._text).split("\n")]
        self._text.clear()
        text = "\n".join("> " * self._quoted + line for line in lines if line)
        if not text:
            return
        self._sink.add(self._run.kind, self._run.before + text, level=self._run.level)
        self._run.before = ""
        pending, self._pending = self._pending, []
        for mark, note in pending:
            told = self._apart(note).text
            # Brackets that its number stood in are empty now.
            self._sink.add("note", f"[Footnote {mark}] {told.removeprefix('[]').lstrip()}")
        if self._run.kind in ("item", "note"):
            self._run = _Run()  # what follows in the same item is an ordinary paragraph

    def _as(
        self, kind: BlockKind, element: etree._Element, *, level: int = 0, before: str = ""
    ) -> None:
        """Read an element as one block of a kind."""
        self._flush()
        kept, self._run = self._run, _Run(kind, level, before)
        self._inside(element)
        self._flush()
        self._run = kept

    def _heading(self, element: etree._Element) -> None:
        name = str(element.tag)
        stated = (
            name[1] if name[0] == "h" and name[1:].isdigit() else element.get("aria-level", "2")
        )
        level = int(stated) if stated.isdecimal() else 2
        self._as("heading", element, level=min(6, max(1, level)))

    def _block_quote(self, element: etree._Element) -> None:
        self._quoted += 1
        self._inside(element)
        self._flush()
        self._quoted -= 1

    def _footnote(self, element: etree._Element) -> None:
        self._as("note", element, before="[Footnote] ")

    def _list(self, element: etree._Element) -> None:
        self._flush()
        items = [one for one in element if one.tag == "li"]
        step = -1 if element.get("reversed") is not None else 1
        number = _whole(element.get("start"), len(items) if step < 0 else 1)
        style = _LIST_STYLES.get(element.get("type", ""), "decimal")
        for child in items:
            if child not in self._hidden:
                number = _whole(child.get("value"), number)
                ordered = element.tag == "ol"
                self._marks[child] = f"{write_number(number, style)}." if ordered else "-"
                number += step
        self._lists += 1
        self._inside(element)
        self._lists -= 1

    def _item(self, element: etree._Element) -> None:
        mark = self._marks.get(element, "-")
        self._as("item", element, level=max(0, self._lists - 1), before=f"{mark} ")

    def _definitions(self, element: etree._Element) -> None:
        """Read a list of definitions: every definition stands behind its terms."""
        _close_terms(element)
        kept, self._terms = self._terms, _Terms()
        self._inside(element)
        self._flush()
        self._put_terms()
        self._terms = kept

    def _term(self, element: etree._Element) -> None:
        if self._terms.used:
            self._terms = _Terms()
        self._terms.names.append(self._apart(element).text)

    def _definition(self, element: etree._Element) -> None:
        names = ", ".join(name.removesuffix(":") for name in self._terms.names if name)
        self._terms.used = True
        self._as("item", element, level=self._lists, before=f"{names}: " if names else "")

    def _put_terms(self) -> None:
        """Write terms that no definition follows."""
        if self._terms.names and not self._terms.used:
            self._sink.add("item", ", ".join(self._terms.names), level=self._lists)

    def _verbatim(self, element: etree._Element) -> None:
        text = "".join(self._pieces(element))
        if self._sink is self._flow:
            self._flow.add_verbatim(text)
        else:
            self._sink.add("paragraph", text)

    def _apart(self, element: etree._Element) -> Recorder:
        """Read an element by itself."""
        kept = self._sink, self._text, self._run, self._lists
        recorder = Recorder()
        self._sink, self._text, self._run, self._lists = recorder, [], _Run(), 0
        self._inside(element)
        self._flush()
        self._sink, self._text, self._run, self._lists = kept
        return recorder

    def _table(self, element: etree._Element) -> None:
        laid = lay_out(element, self._hidden, self._apart)
        self._found.hidden += laid.hidden
        layout = element.get("role") in ("presentation", "none")
        if laid.heads < 1 and (layout or serves_layout(laid.kept)):
            for row in laid.kept:
                for cell in row:
                    cell.replay(self._sink)
            for stray in laid.stray:
                self._child(stray)
            return
        table = make_table(laid.cells, marked=laid.heads, styled=laid.heads > 0, title=laid.caption)
        write_grid(self._sink, table, inner=laid.inner, notes=laid.notes)
        for stray in laid.stray:
            self._child(stray)

    def _picture(self, element: etree._Element) -> None:
        self._found.pictures += 1
        text = " ".join(str(element.get("alt") or "").split())
        if text:
            self._text.append(f" [Picture: {text}] ")

    def _input(self, element: etree._Element) -> None:
        kind = element.get("type", "text").lower()
        if kind in ("checkbox", "radio"):
            self._text.append("☒ " if element.get("checked") is not None else "☐ ")
        elif kind not in ("password", "image", "file", "reset"):
            self._text.append(f" {_collapse(element.get('value'))} ")

    def _select(self, element: etree._Element) -> None:
        options = list(element.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        if element.get("multiple") is None:
            chosen = chosen[-1:] or options[:1]
        # An option without an end tag holds those that follow.
        names = (_collapse(one.text).strip() for one in chosen)
        self._text.append(f" {', '.join(names)} ")

    def _raised(self, element: etree._Element) -> None:
        text = "".join(element.itertext()).strip()
        if next(element.iter("a"), None) is None and raised(text) != text:
            self._text.append(raised(text))
        else:
            self._inside(element)

    def _link(self, element: etree._Element) -> None:
        """Read a link; the note that it leads to stands behind the block that it is in."""
        note = self._notes.target(element)
        if note is None or note in self._hidden:
            self._inside(element)
            return
        mark = "".join(element.itertext()).strip().strip("[]()")
        before = "".join(self._text[-3:])[-1:]
        # A mark right behind a figure would be read as its last digit.
        shown = raised(mark) if raised(mark) != mark else f"[{mark}]"
        self._text.append((" " if before.isdigit() else "") + shown)
        if note not in self._told:
            self._told.add(note)
            self._pending.append((mark, note))

    def _wrapped(self, element: etree._Element, before: str, after: str) -> None:
        holds = self._wrapping or any(one.tag in _BLOCKS for one in element.iter())
        if holds or not "".join(element.itertext()).strip():
            self._inside(element)
            return
        self._wrapping = True
        self._text.append(before)
        self._inside(element)
        self._text.append(after)
        self._wrapping = False

    def _pieces(self, element: etree._Element) -> Iterator[str]:
        """Give the shown text of an element piece by piece, however deep it is nested."""
        stack: list[etree._Element | str] = [element]
        while stack:
            one = stack.pop()
            if isinstance(one, str):
                yield one
            elif one.tag == "br":
                yield "\n"
            elif (
                isinstance(one.tag, str) and one.tag not in NEVER_SHOWN and one not in self._hidden
            ):
                for child in reversed(one):
                    stack += [child.tail or "", child]
                yield one.text or ""


def _close_terms(element: etree._Element) -> None:
    """Close terms and definitions whose end tags were left out: the parser nests them."""
    for one in list(element.iter("dt", "dd")):
        for child in reversed([inner for inner in one if inner.tag in ("dt", "dd")]):
            one.addnext(child)


def _collapse(text: str | None) -> str:
    """Turn line ends into spaces, as a browser does."""
    return (text or "").replace("\n", " ").replace("\r", " ").replace("\t", " ")


def _whole(text: str | None, default: int) -> int:
    try:
        return int(str(text)) if len(str(text)) < 7 else default
    except ValueError:
        return default
