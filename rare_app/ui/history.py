"""The list of chats: found by their words, opened, renamed, deleted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import escape
from itertools import groupby

from rare_app.chats import ChatInfo, ChatStore
from rare_app.errors import UserError
from rare_app.plain import counted

SHOWN_CHATS = 200
"""How many chats the list shows at once; the search finds the rest."""

# Renaming turns the title into a box; deleting asks first, in the row itself. The open chat is
# remembered by the browser, so that it stands there again when the page is loaded anew.
HISTORY_SCRIPT = """
const row = (event) => event.target.closest('.rare-chat-row');
const number = (one) => Number(one.dataset.chat);
const rename = (one) => {
  const open = one.querySelector('.rare-chat-open');
  const box = document.createElement('input');
  box.className = 'rare-chat-title-box';
  box.value = one.dataset.title;
  box.maxLength = 200;
  box.setAttribute('aria-label', 'Title of the chat');
  let done = false;
  const end = (keep) => {
    if (done) return;
    done = true;
    const title = box.value.trim();
    box.replaceWith(open);
    if (keep && title && title !== one.dataset.title) {
      open.querySelector('.rare-chat-title').textContent = title;
      trigger('edit', {chat: number(one), title});
    }
    open.focus();
  };
  box.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();  // Else the same key presses the button that has the focus next.
    end(event.key === 'Enter');
  });
  box.addEventListener('blur', () => end(true));
  open.replaceWith(box);
  box.focus();
  box.select();
};
element.addEventListener('click', (event) => {
  const one = row(event);
  if (!one) return;
  if (event.target.closest('.rare-chat-open')) trigger('select', {chat: number(one)});
  else if (event.target.closest('.rare-chat-rename')) rename(one);
  else if (event.target.closest('.rare-chat-delete')) {
    one.classList.add('rare-doomed');
    one.querySelector('.rare-chat-keep').focus();
  } else if (event.target.closest('.rare-chat-keep')) {
    one.classList.remove('rare-doomed');
    one.querySelector('.rare-chat-delete').focus();
  } else if (event.target.closest('.rare-chat-yes')) {
    one.classList.add('rare-going');
    trigger('delete', {chat: number(one)});
  }
});
const remember = () => {
  const list = element.querySelector('.rare-chats');
  if (!list) return;
  try { localStorage.setItem('rare-open-chat', list.dataset.current); } catch (error) {}
};
new MutationObserver(remember).observe(
  element, {childList: true, subtree: true, attributeFilter: ['data-current']});
"""

LAST_CHAT = """
() => {
  let last = '';
  try { last = localStorage.getItem('rare-open-chat') || ''; } catch (error) {}
  return [last];
}
"""

# The sidebar shows either the documents or the chats: a class of it says which.
SWITCH_SCRIPT = """
const shelf = element.closest('#rare-shelf') || document.querySelector('#rare-shelf');
element.addEventListener('click', (event) => {
  const one = event.target.closest('[data-shows]');
  if (!one) return;
  shelf.classList.toggle('rare-shows-chats', one.dataset.shows === 'chats');
  for (const other of element.querySelectorAll('[data-shows]')) {
    other.setAttribute('aria-pressed', other === one);
  }
});
"""

SWITCH = (
    "<h2 class='rare-unseen'>Documents and chats</h2>"
    "<div class='rare-switch' role='group' aria-label='What is shown here'>"
    "<button type='button' data-shows='documents' aria-pressed='true'>Documents</button>"
    "<button type='button' data-shows='chats' aria-pressed='false'>Chats</button></div>"
)


def chats_html(
    chats: Sequence[ChatInfo],
    *,
    current: int | None,
    search: str,
    now: datetime,
    trouble: str = "",
) -> str:
    """Write the list, the latest first, under the time when each was last changed.

    Parameters
    ----------
    current : int or None
        Key of the chat that is open.
    search : str
        What was searched for.
    now : datetime
        With its time zone: the days are those of the user's clock.
    trouble : str
        A sentence to show above it.
    """
    named = len({one.collection for one in chats}) > 1
    groups = "".join(
        f"<h3 class='rare-chat-when'>{escape(when)}</h3><ul class='rare-list'>"
        f"{''.join(_row(one, current, now, named=named) for one in group)}</ul>"
        for when, group in groupby(chats, key=lambda one: when_of(_local(one, now).date(), now))
    )
    if not chats:
        says = "No chat holds these words." if search.strip() else "No chats yet."
        groups = f"<p class='rare-none'>{says}</p>"
    elif len(chats) >= SHOWN_CHATS:
        groups += "<p class='rare-none'>Older ones are found by their words.</p>"
    wrong = f"<p class='rare-error' role='alert'>{escape(trouble)}</p>" if trouble else ""
    return f"<div class='rare-chats' data-current='{current or ''}'>{wrong}{groups}</div>"


def when_of(day: date, now: datetime) -> str:
    """Name the time of a day as one looks back on it."""
    back = (now.date() - day).days
    if back <= 0:
        return "Today"
    if back == 1:
        return "Yesterday"
    if back < 7:
        return "Last 7 days"
    if back < 30:
        return "Last 30 days"
    return f"{day:%B %Y}"


def _local(one: ChatInfo, now: datetime) -> datetime:
    return datetime.fromisoformat(one.changed_at).astimezone(now.tzinfo)


def _row(one: ChatInfo, current: int | None, now: datetime, *, named: bool) -> str:
    title = escape(one.title, quote=True)
    at = _local(one, now)
    shown = f"{at:%H:%M}" if now - at < timedelta(days=2) else f"{at.day} {at:%b}"
    count = counted(one.turns, "question")
    detail = f"{shown} · {count}{f' · {one.collection}' if named else ''}"
    found = f"<span class='rare-chat-found'>{escape(one.found)}</span>" if one.found else ""
    here = " aria-current='true'" if one.chat_id == current else ""
    return (
        f"<li class='rare-chat-row' data-chat='{one.chat_id}' data-title='{title}'>"
        f"<button type='button' class='rare-chat-open'{here}>"
        f"<span class='rare-chat-title'>{title}</span>{found}"
        f"<span class='rare-chat-detail'>{escape(detail)}</span></button>"
        f"<button type='button' class='rare-chat-rename' aria-label='Rename {title}' "
        f"title='Rename'>{_PENCIL}</button>"
        f"<button type='button' class='rare-chat-delete' aria-label='Delete {title}' "
        "title='Delete'>✕</button>"
        "<span class='rare-chat-sure'><button type='button' class='rare-chat-yes'>Delete</button>"
        "<button type='button' class='rare-chat-keep'>Keep</button></span></li>"
    )


_PENCIL = (
    "<svg viewBox='0 0 16 16' width='14' height='14' aria-hidden='true'><path fill='none' "
    "stroke='currentColor' stroke-linejoin='round' "
    "d='m2.5 13.5.7-3 7.3-7.3 2.3 2.3-7.3 7.3z'/></svg>"
)


class HistoryHandlers:
    """What happens in the list of chats."""

    def __init__(self, *, chats: ChatStore) -> None:
        self._chats = chats

    def list(self, search: str, current: int | None, trouble: str = "") -> str:
        """Write the list."""
        now = datetime.now().astimezone()
        try:
            found = self._chats.chats(search=search or "", most=SHOWN_CHATS)
        except UserError as error:
            found, trouble = [], str(error)
        return chats_html(found, current=current, search=search or "", now=now, trouble=trouble)

    def rename(self, chat_id: int, title: str) -> str:
        """Rename a chat; gives an error to show, or nothing."""
        try:
            self._chats.rename(chat_id, title)
        except UserError as error:
            return str(error)
        return ""

    def delete(self, chat_id: int) -> str:
        """Delete a chat; gives an error to show, or nothing."""
        try:
            self._chats.delete(chat_id)
        except UserError as error:
            return str(error)
        return ""
