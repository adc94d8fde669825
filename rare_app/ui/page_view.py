"""The page beside the chat: a cited page as a picture, its words marked, its text next to it."""

import logging
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import gradio as gr

from rare_app.documents import DRAWN, Format, Page
from rare_app.library import Passage, StoredDocument
from rare_app.pages import PageView, find_again
from rare_app.services import Services
from rare_app.types import Answer, Citation
from rare_app.ui.chat import Chat
from rare_app.ui.cited import places_of
from rare_app.ui.page_html import ORIGINAL_PATH, gone_html, page_html, trouble_html

log = logging.getLogger(__name__)

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
                return trouble_html("This answer is no longer in the chat: ask again.")
            return self._page(answer, number, int(event._data["turn"]), chat.collection)
        except (IndexError, KeyError, ValueError):
            return trouble_html("This answer is no longer in the chat: ask again.")
        except Exception:
            log.exception("A page cannot be shown")
            return trouble_html(
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
        page = library.page(document.document_id, now.page) if document and now else None
        steps = (turn, number, len(places))
        if now is None or page is None or document is None:
            view = self._drawn(document, _as_read_then(passage), place)
            return gone_html(
                passage=passage, place=place, steps=steps, view=view, changed=document is not None
            )
        return page_html(
            document=document,
            passage=replace(passage, page=now.page),
            place=now,
            text=page.text,
            view=self._drawn(document, page, now),
            steps=steps,
            has_original=library.original(document) is not None,
        )

    def _drawn(
        self, document: StoredDocument | None, page: Page, place: Citation
    ) -> PageView | None:
        """Draw the page of a place; ``None`` for a format without pages, or a file that is gone."""
        path = self._services.library.original(document) if document is not None else None
        if document is None or document.media_type not in DRAWN or path is None:
            return None
        return self._services.pages.view(path, page=page, start=place.start, end=place.end)

    def _now(self, document: StoredDocument, place: Citation) -> Citation | None:
        """Give a place as it is now; ``None`` where the words are gone."""
        library = self._services.library

        def text_of(number: int) -> str | None:
            return library.page_text(document.document_id, number)

        found = find_again(
            place.quote, page=place.page, start=place.start, pages=document.pages, page_text=text_of
        )
        if found is None:
            return None
        page, start, end = found
        return replace(place, page=page, start=start, end=end)

    def _same(self, passage: Passage, collection: str) -> StoredDocument | None:
        """Find the document of an older answer that was removed and added again since."""
        library = self._services.library
        for one in library.documents(collection=collection or None):
            if one.name == passage.document:
                text = library.page_text(one.document_id, passage.page) or ""
                if text[passage.start : passage.end] == passage.text:
                    return one
        return None


def _as_read_then(passage: Passage) -> Page:
    """Give a page of which no more is known than the passage that was read for an answer."""
    return Page(passage.page, " " * passage.start + passage.text)


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
