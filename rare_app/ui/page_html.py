"""The panel of a cited page as HTML: its picture with the words marked, and its text."""

import base64
from dataclasses import replace
from html import escape

from rare_app.documents import DRAWN
from rare_app.library import Passage, StoredDocument
from rare_app.pages import PageView
from rare_app.types import Citation
from rare_app.ui.labels import page_label, short_name
from rare_app.ui.passage_html import is_markdown, text_html

ORIGINAL_PATH = "/rare/original"


def gone_html(
    *,
    passage: Passage,
    place: Citation,
    steps: tuple[int, int, int],
    view: PageView | None = None,
    changed: bool = False,
) -> str:
    """Write the panel of a place whose document or words are gone: the passage as it was read then.

    Parameters
    ----------
    view : PageView or None
        The page's picture: a file that is read otherwise by now looks as it did.
    changed : bool
        Whether the document is there, and its text has changed.
    """
    start, end = place.start - passage.start, place.end - passage.start
    name = passage.document
    why = (
        f"The text of “{name}” has changed since: it has been read anew or replaced."
        if changed
        else f"“{name}” is no longer in the library, or has changed."
    )
    seen = view is not None and bool(view.boxes)
    below = " They are marked on the page." if seen else ""
    return _panel(
        name,
        page_label(passage.page_kind, passage.page),
        steps=steps,
        note=f"{why} These are the words that were read for this answer.{below}",
        view=view if seen else None,
        text=_marked(passage.text, replace(place, start=start, end=end), passage),
        of="passage",
    )


def page_html(
    *,
    document: StoredDocument,
    passage: Passage,
    place: Citation,
    text: str,
    view: PageView | None,
    steps: tuple[int, int, int],
    has_original: bool,
) -> str:
    """Write the panel.

    Parameters
    ----------
    text : str
        The page's text, of which `place` gives the span.
    view : PageView or None
        The page's picture; without it the text stands alone.
    steps : (int, int, int)
        Turn of the chat, number of this place and how many there are.
    """
    note = ""
    if document.media_type in DRAWN and view is None:
        note = "The page cannot be drawn; this is its text."
    elif view is not None and not view.boxes:
        note = "The words could not be found on the picture; they are marked in the text below."
    link = (
        f"<a class='rare-original' target='_blank' rel='noopener' "
        f"href='{ORIGINAL_PATH}/{document.document_id}#page={passage.page}'>Open original</a>"
        if has_original
        else ""
    )
    return _panel(
        document.name,
        page_label(document.page_kind, passage.page),
        steps=steps,
        note=note,
        view=view,
        text=_marked(text, place, passage),
        of="page",
        link=link,
    )


def _panel(
    document: str,
    label: str,
    *,
    steps: tuple[int, int, int],
    note: str,
    view: PageView | None,
    text: str,
    of: str,
    link: str = "",
) -> str:
    """Write a panel; `text` and `link` are HTML, and `of` says what the text is of."""
    turn, number, count = steps
    name = escape(document, quote=True)
    zoom = (
        "<button type='button' data-zoom='0.8' aria-label='Smaller'>−</button>"
        "<button type='button' data-zoom='1.25' aria-label='Larger'>+</button>"
        if view is not None
        else ""
    )
    picture = _picture(view, f"{label} of {document}") if view is not None else ""
    return (
        f"<section class='rare-view' role='dialog' aria-label='{escape(label)} of {name}'>"
        f"<header><div class='rare-view-name'><b title='{name}'>"
        f"{escape(short_name(document, 46))}</b><span>{escape(label)}</span></div>"
        "<button type='button' class='rare-shut' aria-label='Close the page'>✕</button>"
        f"<nav>{_step('rare-before', '‹', 'Previous place', turn, number - 1, count)}"
        f"<span>{number + 1} of {count}</span>"
        f"{_step('rare-next', '›', 'Next place', turn, number + 1, count)}{zoom}{link}</nav>"
        f"</header>{f'<p class=rare-view-note>{escape(note)}</p>' if note else ''}{picture}"
        f"<div class='rare-page-text' tabindex='0' aria-label='Text of the {of}'>{text}"
        "</div></section>"
    )


def _picture(view: PageView, label: str) -> str:
    boxes = "".join(
        f"<span class='rare-box' style='left:{100 * box.left:.3f}%;top:{100 * box.top:.3f}%;"
        f"width:{100 * box.width:.3f}%;height:{100 * box.height:.3f}%'></span>"
        for box in view.boxes
    )
    data = base64.b64encode(view.png).decode("ascii")
    return (
        "<div class='rare-frame' tabindex='0' aria-label='Picture of the page'>"
        f"<div class='rare-sheet'><img alt='{escape(label, quote=True)}' width='{view.width}' "
        f"height='{view.height}' src='data:image/png;base64,{data}'>{boxes}</div></div>"
    )


def _marked(text: str, place: Citation, passage: Passage) -> str:
    return text_html(text, [(place.start, place.end)], markdown=is_markdown(passage))


def _step(kind: str, sign: str, label: str, turn: int, place: int, count: int) -> str:
    off = "" if 0 <= place < count else " disabled"
    return (
        f"<button type='button' class='{kind}' data-turn='{turn}' data-place='{place}' "
        f"aria-label='{label}'{off}>{sign}</button>"
    )


def trouble_html(message: str) -> str:
    """Write a panel that only says why there is no page."""
    return (
        "<section class='rare-view' role='dialog' aria-label='Page'><header>"
        "<div class='rare-view-name'></div>"
        "<button type='button' class='rare-shut' aria-label='Close the page'>✕</button></header>"
        f"<p class='rare-error'>{escape(message)}</p></section>"
    )
