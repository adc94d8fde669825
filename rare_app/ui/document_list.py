"""Draw the list of documents, each with its size and a way to remove it."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import gradio as gr

from rare_app.library import StoredDocument

SHOWN_DOCUMENTS = 40
"""How many documents the list shows at once; the filter finds the rest."""

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def draw_documents(
    documents: Sequence[StoredDocument],
    *,
    text: str,
    doomed: str,
    remove: Callable[[str], tuple[str, str, int]],
    outputs: tuple[gr.HTML, gr.State, gr.State],
) -> None:
    """Draw the list inside a render block.

    Parameters
    ----------
    text : str
        Only names that hold it are shown, capitals aside.
    doomed : str
        The document that the user is asked about before it is removed; empty for none.
    remove : callable
        Removes a document; gives an error to show, the new ``doomed`` and the list's new version.
    outputs : tuple of (trouble, doomed, version)
        Components that take what ``remove`` gives.
    """
    found = [one for one in documents if (text or "").strip().lower() in one.name.lower()]
    if not documents:
        gr.HTML("<p class='rare-empty'>No documents yet.</p>")
    elif not found:
        gr.HTML("<p class='rare-empty'>No document has that name.</p>")
    for one in found[:SHOWN_DOCUMENTS]:
        _draw_row(one, doomed=doomed == one.name, remove=remove, outputs=outputs)
    if (more := len(found) - SHOWN_DOCUMENTS) > 0:
        gr.HTML(f"<p class='rare-empty'>{more} more: type a part of the name to find them.</p>")


def _draw_row(
    one: StoredDocument,
    *,
    doomed: bool,
    remove: Callable[[str], tuple[str, str, int]],
    outputs: tuple[gr.HTML, gr.State, gr.State],
) -> None:
    name = escape(one.name, quote=True)
    notes = "".join(f"<span class='rare-row-note'>{escape(note)}</span>" for note in one.notes)
    with gr.Row(elem_classes=["rare-row"], equal_height=True):
        gr.HTML(
            f"<div class='rare-row-text'><span class='rare-row-name' title='{name}'>{name}</span>"
            f"<span class='rare-row-detail'>{escape(_detail(one))}</span>{notes}</div>"
        )
        if doomed:
            yes = gr.Button("Remove", size="sm", variant="stop", scale=0, min_width=72)
            no = gr.Button("Keep", size="sm", scale=0, min_width=56)
            yes.click(lambda: remove(one.name), None, list(outputs), **_PRIVATE)
            no.click(lambda: "", None, [outputs[1]], queue=False, **_PRIVATE)
        else:
            # The whole name is in the label, for people who hear the page.
            ask = gr.Button(
                "✕",
                size="sm",
                scale=0,
                min_width=36,
                elem_classes=["rare-remove"],
            )
            ask.click(lambda: one.name, None, [outputs[1]], queue=False, **_PRIVATE)


def _detail(one: StoredDocument) -> str:
    pages = f"{one.pages} {one.page_kind}{'s' if one.pages != 1 else ''}"
    return f"{pages} · {_size(one.bytes)} · {one.added_at[:10]}"


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{max(1, count // 1000)} kB"
    return f"{count / 1e6:.1f} MB"
