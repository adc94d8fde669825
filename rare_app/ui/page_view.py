"""The page beside the chat: a cited page as a picture, its words marked, its text next to it."""

import base64
import logging
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import quote

import gradio as gr

from rare_app.documents import DRAWN, Format
from rare_app.library import Passage, StoredDocument
from rare_app.pages import PageView, find_again
from rare_app.reasoning import Answer, Citation
from rare_app.services import Services
from rare_app.ui.chat import Chat
from rare_app.ui.cited import places_of
from rare_app.ui.labels import page_label, short_name
from rare_app.ui.passage_html import is_markdown, text_html

log = logging.getLogger(__name__)

ORIGINAL_PATH = "/rare/original"

# One listener for all marks and cards of the page, whenever they come. The panel is closed by a
# class of its frame, so that opening the same place twice shows it again.
PAGE_SCRIPT = """
const frame = element.closest('#rare-page') || element;
let opener = null;
let stepped = '';
let zoom = 1;
const show = (open) => {
  frame.classList.toggle('rare-closed', !open);
  document.querySelector('.main.fillable')?.classList.toggle('rare-paged', open);
  const beside = open && window.innerWidth >= 1000;
  document.querySelector('.main.fillable')?.classList.toggle('rare-viewing', beside);
};
const close = () => {
  show(false);
  // The chat may have been written anew since: then the same mark is found by its place.
  const {turn, place} = opener?.dataset || {};
  const again = `#rare-chat [data-turn="${turn}"][data-place="${place}"]`;
  if (opener) (opener.isConnected ? opener : document.querySelector(again))?.focus();
  opener = null;
};
const settle = () => {
  const panel = frame.querySelector('.rare-view');
  if (!panel) return;
  const sheet = panel.querySelector('.rare-sheet');
  if (sheet) sheet.style.width = `${100 * zoom}%`;
  const target = panel.querySelector('.rare-box') || panel.querySelector('.rare-page-text mark');
  if (target) target.scrollIntoView({block: 'center', inline: 'center'});
  const beside = panel.querySelector('.rare-page-text mark');
  const text = panel.querySelector('.rare-page-text');
  if (beside && text && text.scrollHeight > text.clientHeight) {
    text.scrollTop += beside.getBoundingClientRect().top - text.getBoundingClientRect().top - 60;
  }
};
const open = (from) => {
  trigger('select', {turn: Number(from.dataset.turn), place: Number(from.dataset.place)});
};
show(false);
document.addEventListener('click', (event) => {
  const from = event.target.closest('[data-place]');
  if (!from || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (!frame.contains(from)) opener = from;
  stepped = frame.contains(document.activeElement) ? from.className : '';
  frame.classList.add('rare-loading');
  show(true);
  settle();
  open(from);
});
document.addEventListener('keydown', (event) => {
  if (frame.classList.contains('rare-closed')) return;
  const writing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName || '');
  if (event.key === 'Escape') close();
  else if (!writing && event.key === 'ArrowRight') frame.querySelector('.rare-next')?.click();
  else if (!writing && event.key === 'ArrowLeft') frame.querySelector('.rare-before')?.click();
});
frame.addEventListener('click', (event) => {
  if (event.target.closest('.rare-shut')) close();
  const step = event.target.closest('[data-zoom]');
  if (step) {
    zoom = Math.min(4, Math.max(1, zoom * Number(step.dataset.zoom)));
    settle();
  }
});
new MutationObserver(() => {
  const panel = frame.querySelector('.rare-view');
  if (!panel || panel.dataset.seen) return;
  panel.dataset.seen = '1';
  frame.classList.remove('rare-loading');
  settle();
  if (frame.classList.contains('rare-closed')) return;
  const again = stepped && panel.querySelector(`.${stepped}:enabled`);
  (again || panel.querySelector('.rare-shut')).focus();
  const where = panel.querySelector('nav span')?.textContent || '';
  const said = `${panel.getAttribute('aria-label')}. ${where ? `Place ${where}.` : ''}`;
  document.dispatchEvent(new CustomEvent('rare-say', {detail: said}));
}).observe(frame, {childList: true, subtree: true});
"""


class PageHandlers:
    """What happens when the user opens a citation."""

    def __init__(self, *, services: Services) -> None:
        self._services = services

    def open(self, chat: Chat, event: gr.EventData) -> str:
        """Write the panel of a place: the answer's turn and the place come with the event."""
        try:
            one = chat.exchanges[int(event._data["turn"]) - 1]
            answer = one.answer or one.found
            number = int(event._data["place"])
            if answer is None or not 0 <= number < len(places_of(answer)):
                return _trouble("This answer is no longer in the chat: ask again.")
            return self._page(answer, number, int(event._data["turn"]), chat.collection)
        except (IndexError, KeyError, ValueError):
            return _trouble("This answer is no longer in the chat: ask again.")
        except Exception:
            log.exception("A page cannot be shown")
            return _trouble(
                "The page cannot be shown; the log in "
                f"{self._services.settings.logs_path} has the details."
            )

    def _page(self, answer: Answer, number: int, turn: int, collection: str) -> str:
        places = places_of(answer)
        place = places[number]
        passage = answer.passages[place.passage]
        library = self._services.library
        document = library.document(passage.document_id) or self._same(passage, collection)
        now = self._now(document, place) if document else None
        page = library.page(document.document_id, now[0].page) if document and now else None
        if now is None or page is None or document is None:
            steps = (turn, number, len(places))
            return gone_html(
                passage=passage, place=place, steps=steps, changed=document is not None
            )
        place, _ = now
        passage = replace(passage, page=place.page)
        view = None
        path = library.original(document)
        if document.media_type in DRAWN and path is not None:
            view = self._services.pages.view(path, page=page, start=place.start, end=place.end)
        return page_html(
            document=document,
            passage=passage,
            place=place,
            text=page.text,
            view=view,
            steps=(turn, number, len(places)),
            has_original=path is not None,
        )

    def _now(self, document: StoredDocument, place: Citation) -> tuple[Citation, str] | None:
        """Give a place and its page's text as they are now; ``None`` where the words are gone."""
        library = self._services.library

        def text_of(number: int) -> str | None:
            return library.page_text(document.document_id, number)

        found = find_again(
            place.quote, page=place.page, start=place.start, pages=document.pages, page_text=text_of
        )
        if found is None:
            return None
        page, start, end = found
        return replace(place, page=page, start=start, end=end), text_of(page) or ""

    def _same(self, passage: Passage, collection: str) -> StoredDocument | None:
        """Find the document of an older answer that was removed and added again since."""
        library = self._services.library
        for one in library.documents(collection=collection or None):
            if one.name == passage.document:
                text = library.page_text(one.document_id, passage.page) or ""
                if text[passage.start : passage.end] == passage.text:
                    return one
        return None


def gone_html(
    *, passage: Passage, place: Citation, steps: tuple[int, int, int], changed: bool = False
) -> str:
    """Write the panel of a place whose document or words are gone: the passage as it was read then.

    Parameters
    ----------
    changed : bool
        Whether the document is there, and its text has changed.
    """
    turn, number, count = steps
    label = page_label(passage.page_kind, passage.page)
    name = escape(passage.document, quote=True)
    start, end = place.start - passage.start, place.end - passage.start
    shown = replace(place, start=start, end=end)
    why = (
        f"The text of “{name}” has changed since: it has been read anew or replaced."
        if changed
        else f"“{name}” is no longer in the library, or has changed."
    )
    return (
        f"<section class='rare-view' role='dialog' aria-label='{escape(label)} of {name}'>"
        f"<header><div class='rare-view-name'><b title='{name}'>"
        f"{escape(short_name(passage.document, 46))}</b><span>{escape(label)}</span></div>"
        "<button type='button' class='rare-shut' aria-label='Close the page'>✕</button>"
        f"<nav>{_step('rare-before', '‹', 'Previous place', turn, number - 1, count)}"
        f"<span>{number + 1} of {count}</span>"
        f"{_step('rare-next', '›', 'Next place', turn, number + 1, count)}</nav></header>"
        f"<p class='rare-view-note'>{why} These are the words that were read for this answer.</p>"
        f"<div class='rare-page-text' tabindex='0' aria-label='Text of the passage'>"
        f"{_marked(passage.text, shown, passage)}</div></section>"
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
    turn, number, count = steps
    label = page_label(document.page_kind, passage.page)
    name = escape(document.name, quote=True)
    note = ""
    if document.media_type in DRAWN and view is None:
        note = "The page cannot be drawn; this is its text."
    elif view is not None and not view.boxes:
        note = "The words could not be found on the picture; they are marked in the text below."
    picture = _picture(view, f"{label} of {document.name}") if view is not None else ""
    link = (
        f"<a class='rare-original' target='_blank' rel='noopener' "
        f"href='{ORIGINAL_PATH}/{document.document_id}#page={passage.page}'>Open original</a>"
        if has_original
        else ""
    )
    zoom = (
        "<button type='button' data-zoom='0.8' aria-label='Smaller'>−</button>"
        "<button type='button' data-zoom='1.25' aria-label='Larger'>+</button>"
        if view is not None
        else ""
    )
    return (
        f"<section class='rare-view' role='dialog' aria-label='{escape(label)} of {name}'>"
        f"<header><div class='rare-view-name'><b title='{name}'>"
        f"{escape(short_name(document.name, 46))}</b><span>{escape(label)}</span></div>"
        "<button type='button' class='rare-shut' aria-label='Close the page'>✕</button>"
        f"<nav>{_step('rare-before', '‹', 'Previous place', turn, number - 1, count)}"
        f"<span>{number + 1} of {count}</span>"
        f"{_step('rare-next', '›', 'Next place', turn, number + 1, count)}{zoom}{link}</nav>"
        f"</header>{f'<p class=rare-view-note>{escape(note)}</p>' if note else ''}{picture}"
        f"<div class='rare-page-text' tabindex='0' aria-label='Text of the page'>"
        f"{_marked(text, place, passage)}</div></section>"
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


def _trouble(message: str) -> str:
    return (
        "<section class='rare-view' role='dialog' aria-label='Page'><header>"
        "<div class='rare-view-name'></div>"
        "<button type='button' class='rare-shut' aria-label='Close the page'>✕</button></header>"
        f"<p class='rare-error'>{escape(message)}</p></section>"
    )


def add_originals(app: Any, *, services: Services) -> None:
    """Let the app serve the kept files: PDF to be seen in the browser, all others to be saved.

    Parameters
    ----------
    app : FastAPI
        The running app; the route comes before Gradio's own.
    """
    from starlette.requests import Request
    from starlette.responses import FileResponse, PlainTextResponse, Response
    from starlette.routing import Route

    def original(request: Request) -> Response:
        document = services.library.document(int(request.path_params["document"]))
        path = services.library.original(document) if document is not None else None
        if document is None or path is None:
            return PlainTextResponse("This document is no longer in the library.", status_code=404)
        shown = document.media_type == Format.PDF
        kind = "inline" if shown else "attachment"
        return FileResponse(
            path,
            # A page of HTML must not run in the app's place: it is saved, not shown.
            media_type=str(Format.PDF) if shown else "application/octet-stream",
            headers={
                "Content-Disposition": f"{kind}; filename*=utf-8''{quote(document.name, safe='')}"
            },
        )

    app.router.routes.insert(0, Route(f"{ORIGINAL_PATH}/{{document:int}}", original))
