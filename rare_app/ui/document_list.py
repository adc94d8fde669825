"""The list of documents, each with its size and a way to remove it."""

from collections.abc import Sequence
from html import escape

from rare_app.library import StoredDocument

SHOWN_DOCUMENTS = 200
"""How many documents the list shows at once; the filter finds the rest."""

# A first click asks, a second one removes: the row itself changes, so nothing covers the page.
LIST_SCRIPT = """
element.addEventListener('click', (event) => {
  const row = event.target.closest('.rare-row');
  if (!row) return;
  if (event.target.closest('.rare-remove')) {
    row.classList.add('rare-doomed');
    row.querySelector('.rare-keep').focus();
  } else if (event.target.closest('.rare-keep')) {
    row.classList.remove('rare-doomed');
    row.querySelector('.rare-remove').focus();
  } else if (event.target.closest('.rare-yes')) {
    row.classList.add('rare-going');
    trigger('delete', {name: row.dataset.name});
  }
});
"""


def list_html(documents: Sequence[StoredDocument], *, text: str) -> str:
    """Write the list.

    Parameters
    ----------
    text : str
        Only documents whose name holds it are shown, capitals aside.
    """
    wanted = (text or "").strip().lower()
    found = [one for one in documents if wanted in one.name.lower()]
    if not documents:
        return "<p class='rare-empty'>No documents yet.</p>"
    if not found:
        return "<p class='rare-empty'>No document has that name.</p>"
    rows = "".join(_row(one) for one in found[:SHOWN_DOCUMENTS])
    more = len(found) - SHOWN_DOCUMENTS
    rest = f"<p class='rare-empty'>{more:,} more: type a part of the name.</p>" if more > 0 else ""
    return f"<ul class='rare-list'>{rows}</ul>{rest}"


def _row(one: StoredDocument) -> str:
    name = escape(one.name, quote=True)
    notes = "".join(f"<span class='rare-row-note'>{escape(note)}</span>" for note in one.notes)
    return (
        f"<li class='rare-row' data-name='{name}'><div class='rare-row-text'>"
        f"<span class='rare-row-name' title='{name}'>{name}</span>"
        f"<span class='rare-row-detail'>{escape(_detail(one))}</span>{notes}</div>"
        f"<button type='button' class='rare-remove' aria-label='Remove {name}'>✕</button>"
        f"<span class='rare-sure'><button type='button' class='rare-yes'>Remove</button>"
        "<button type='button' class='rare-keep'>Keep</button></span></li>"
    )


def _detail(one: StoredDocument) -> str:
    pages = f"{one.pages} {one.page_kind}{'s' if one.pages != 1 else ''}"
    return f"{pages} · {_size(one.bytes)} · {one.added_at[:10]}"


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{max(1, count // 1000)} kB"
    return f"{count / 1e6:.1f} MB"
