"""The list of documents, each with its size and ways to pin and to remove it."""

from collections.abc import Sequence
from html import escape

from rare_app.library import StoredDocument
from rare_app.plain import counted

SHOWN_DOCUMENTS = 200
"""How many documents the list shows at once; the filter finds the rest."""

# A first click asks, a second one removes: the row itself changes, so nothing covers the page.
LIST_SCRIPT = """
element.addEventListener('click', (event) => {
  const row = event.target.closest('.rare-row');
  if (!row) return;
  const pin = event.target.closest('.rare-pin');
  if (pin) {
    const pinned = pin.getAttribute('aria-pressed') !== 'true';
    pin.setAttribute('aria-pressed', pinned);
    trigger('select', {name: row.dataset.name, pinned});
  } else if (event.target.closest('.rare-remove')) {
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


_PIN = (
    "<svg viewBox='0 0 16 16' width='14' height='14' aria-hidden='true'>"
    "<path stroke='currentColor' stroke-linejoin='round' "
    "d='M5.5 1.5h5l-.6 4.6 2.6 2.9h-9l2.6-2.9zM8 9v5.5'/></svg>"
)


def list_html(documents: Sequence[StoredDocument], *, text: str, pins: bool) -> str:
    """Write the list.

    Parameters
    ----------
    text : str
        Only documents whose name holds it are shown, capitals aside.
    pins : bool
        Whether documents can be pinned: there is a memory that they are kept in.
    """
    wanted = (text or "").strip().lower()
    found = [one for one in documents if wanted in one.name.lower()]
    if not documents:
        return "<p class='rare-empty'>No documents yet.</p>"
    if not found:
        return "<p class='rare-empty'>No document has that name.</p>"
    rows = "".join(_row(one, pins=pins) for one in found[:SHOWN_DOCUMENTS])
    more = len(found) - SHOWN_DOCUMENTS
    rest = f"<p class='rare-empty'>{more:,} more: type a part of the name.</p>" if more > 0 else ""
    return f"<ul class='rare-list'>{rows}</ul>{rest}"


def _row(one: StoredDocument, *, pins: bool) -> str:
    name = escape(one.name, quote=True)
    pin = (
        f"<button type='button' class='rare-pin' aria-label='Pin {name}' "
        f"aria-pressed='{str(one.pinned).lower()}' "
        f"title='Pinned documents stay in the memory when it is full'>{_PIN}</button>"
    )
    notes = "".join(f"<span class='rare-row-note'>{escape(note)}</span>" for note in one.notes)
    return (
        f"<li class='rare-row' data-name='{name}'><div class='rare-row-text'>"
        f"<span class='rare-row-name' title='{name}'>{name}</span>"
        f"<span class='rare-row-detail'>{escape(_detail(one))}</span>{notes}</div>"
        f"{pin if pins else ''}"
        f"<button type='button' class='rare-remove' aria-label='Remove {name}'>✕</button>"
        f"<span class='rare-sure'><button type='button' class='rare-yes'>Remove</button>"
        "<button type='button' class='rare-keep'>Keep</button></span></li>"
    )


def _detail(one: StoredDocument) -> str:
    return f"{counted(one.pages, one.page_kind)} · {_size(one.bytes)} · {one.added_at[:10]}"


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{max(1, count // 1000)} kB"
    return f"{count / 1e6:.1f} MB"
