"""Download an answer, or the whole chat, as Markdown, Word or PDF."""

import logging
import re
import secrets
import shutil
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from rare_app.export import FORMATS, AnsweredTurn, ExportedFile, PagePictures, export_turns
from rare_app.present import answer_data
from rare_app.services import Services
from rare_app.ui.chat import Chat

log = logging.getLogger(__name__)

EXPORT_PATH = "/rare/export"
_KEPT = 16
"""Finished files that wait for their download; the oldest go first."""

# The button says which answer and what format; the file comes back as a link, which is followed.
EXPORT_SCRIPT = """
let asked = null;
const settle = () => {
  if (asked) { asked.removeAttribute('aria-busy'); asked.disabled = false; asked.focus(); }
  asked = null;
};
document.addEventListener('click', (event) => {
  const from = event.target.closest('[data-export]');
  if (!from || asked) return;
  asked = from;
  from.setAttribute('aria-busy', 'true');
  from.disabled = true;
  trigger('select', {turn: Number(from.dataset.turn), form: from.dataset.export,
    whole: 'whole' in from.dataset});
});
const frame = element.closest('#rare-export') || element;
new MutationObserver(() => {
  const done = frame.querySelector('[data-made]');
  if (!done || done.dataset.seen) return;
  done.dataset.seen = '1';
  frame.querySelector('a[download]')?.click();
  settle();
}).observe(frame, {childList: true, subtree: true});
"""


class ExportHandlers:
    """What happens when the user wants an answer as a file."""

    def __init__(self, *, services: Services) -> None:
        self._folder = _folder(services)
        self._pictures = PagePictures(library=services.library, pages=services.pages)
        self._log_folder = services.settings.logs_path

    def export(self, chat: Chat, event: gr.EventData) -> str:
        """Write the file: a link to it, or what went wrong, for the page's hidden part."""
        try:
            number, form = int(event._data["turn"]), str(event._data["form"])
            turns = answered_turns(chat)
            if not event._data.get("whole"):
                turns = {number: turns[number]}
            if form not in FORMATS:
                raise KeyError(form)
            file = export_turns(
                list(turns.values()),
                form=next(one for one in FORMATS if one == form),
                pictures=self._pictures,
            )
            return link_html(keep_export(file, folder=self._folder), file)
        except KeyError:
            said = "This answer is no longer in the chat: ask again."
        except Exception:
            log.exception("The export failed")
            said = f"The file could not be made; the log in {self._log_folder} has the details."
        gr.Warning(escape(said))
        return f"<p data-made='{secrets.token_hex(8)}' role='alert'>{escape(said)}</p>"


def answered_turns(chat: Chat) -> dict[int, AnsweredTurn]:
    """List what of a chat can be exported, by the number of the question."""
    return {
        number: AnsweredTurn(one.question, answer_data(one.answer))
        for number, one in enumerate(chat.exchanges, start=1)
        if one.answer is not None
    }


def keep_export(file: ExportedFile, *, folder: Path) -> str:
    """Put a file where it can be downloaded from; gives the token that it is known by."""
    folder.mkdir(parents=True, exist_ok=True)
    older = sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in older[_KEPT - 1 :]:
        shutil.rmtree(one, ignore_errors=True)
    token = secrets.token_hex(16)
    (folder / token).mkdir()
    (folder / token / file.name).write_bytes(file.data)
    return token


def link_html(token: str, file: ExportedFile) -> str:
    """Write the link that the page follows, and what a screen reader says."""
    name = escape(file.name, quote=True)
    return (
        f"<p data-made='{token}' role='status'>Exported as "
        f"<a href='{EXPORT_PATH}/{token}' download='{name}' tabindex='-1'>{name}</a></p>"
    )


def add_exports(app: Any, *, services: Services) -> None:
    """Let the app serve the finished files, each by a token that nobody can guess.

    Parameters
    ----------
    app : FastAPI
        The running app; the route comes before Gradio's own.
    """
    from starlette.requests import Request
    from starlette.responses import FileResponse, PlainTextResponse, Response
    from starlette.routing import Route

    folder = _folder(services)

    def export(request: Request) -> Response:
        token = str(request.path_params["token"])
        known = re.fullmatch(r"[0-9a-f]{32}", token) and (folder / token).is_dir()
        files = list((folder / token).iterdir()) if known else []
        if not files:
            return PlainTextResponse("This export is gone: export again.", status_code=404)
        return FileResponse(
            files[0],
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f"attachment; filename*=utf-8''{quote(files[0].name)}",
                "Cache-Control": "no-store",
            },
        )

    app.router.routes.insert(0, Route(f"{EXPORT_PATH}/{{token}}", export))


def _folder(services: Services) -> Path:
    return services.settings.home / "uploads" / "exports"
