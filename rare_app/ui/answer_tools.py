"""The row under an answer: copy, rate, ask again with other settings, step through its versions."""

from collections.abc import Sequence
from html import escape

from rare_app.chats import Asked
from rare_app.plain import counted
from rare_app.types import Answer
from rare_app.ui.cited import citations_of, cited_passages
from rare_app.ui.labels import page_label

# One listener for all rows, whenever they come. What is copied is on the button itself.
TOOLS_SCRIPT = """
const say = (button, text) => {
  const label = button.querySelector('span');
  const before = label.dataset.before || label.textContent;
  label.dataset.before = before;
  label.textContent = text;
  setTimeout(() => { label.textContent = before; }, 1600);
};
const copy = async (button) => {
  const text = button.dataset.text;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    // Served to another machine without TLS, the page has no clipboard: the old way.
    const box = document.createElement('textarea');
    box.value = text;
    box.style.position = 'fixed';
    box.style.opacity = '0';
    document.body.append(box);
    box.select();
    document.execCommand('copy');
    box.remove();
    button.focus();
  }
  say(button, 'Copied');
};
const values = (form) => {
  const data = {turn: Number(form.dataset.turn)};
  for (const one of form.querySelectorAll('[name]')) {
    data[one.name] = one.type === 'checkbox' ? one.checked : one.value;
  }
  return data;
};
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-tool]');
  if (!button) return;
  event.preventDefault();
  const turn = Number(button.dataset.turn);
  const tool = button.dataset.tool;
  if (tool === 'copy') copy(button);
  else if (tool === 'rate') {
    const on = button.getAttribute('aria-pressed') !== 'true';
    for (const one of button.parentElement.querySelectorAll('[data-tool="rate"]')) {
      one.setAttribute('aria-pressed', one === button && on);
    }
    trigger('like', {turn, rating: on ? Number(button.dataset.rating) : 0});
  } else if (tool === 'version') trigger('select', {turn, place: Number(button.dataset.version)});
  else if (tool === 'edit' || tool === 'again') {
    const form = document.querySelector(`#rare-again-${turn}`);
    if (!form) return;
    const open = tool === 'edit' || form.hidden;
    form.hidden = !open;
    document.querySelector(`[data-tool="again"][data-turn="${turn}"]`)
      .setAttribute('aria-expanded', open);
    if (open) {
      const models = form.querySelector('[name="model"]');
      const known = [...models.options].map((one) => one.value);
      for (const one of element.querySelectorAll('.rare-models option')) {
        if (!known.includes(one.value)) models.add(new Option(one.text, one.value));
      }
      const box = form.querySelector('textarea');
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
      form.scrollIntoView({block: 'nearest'});
    }
  } else if (tool === 'close') {
    const form = button.closest('form');
    form.hidden = true;
    const opener = document.querySelector(`[data-tool="again"][data-turn="${turn}"]`);
    opener.setAttribute('aria-expanded', false);
    opener.focus();
  } else if (tool === 'ask') trigger('retry', values(button.closest('form')));
});
document.addEventListener('keydown', (event) => {
  const form = event.target.closest?.('.rare-again');
  if (!form) return;
  if (event.key === 'Escape') form.querySelector('[data-tool="close"]').click();
  else if (event.key === 'Enter' && !event.shiftKey && event.target.tagName === 'TEXTAREA') {
    event.preventDefault();
    form.querySelector('[data-tool="ask"]').click();
  }
}, true);
document.addEventListener('submit', (event) => {
  if (event.target.closest('.rare-again')) event.preventDefault();
}, true);
"""

_THUMB = (
    "M5 7 8 1.5c1 0 1.7.7 1.5 2L9 6h4.2c.8 0 1.4.7 1.2 1.5l-1.1 5a1.5 1.5 0 0 1-1.6 1.5H5z"
    "M2 7h3v7H2z"
)


def models_html(models: Sequence[tuple[str, str]]) -> str:
    """Write the models that can be chosen, each with its label and name, for the script."""
    names = "".join(
        f"<option value='{escape(name, quote=True)}'>{escape(label)}</option>"
        for label, name in models
    )
    return f"<div hidden><select tabindex='-1' class='rare-models'>{names}</select></div>"


def understood_html(standalone: str, *, turn: int) -> str:
    """Write the question as it was searched and answered, with a way to change it."""
    return (
        f"<p class='rare-understood'><span>Understood as:</span> <b>{escape(standalone)}</b> "
        f"<button type='button' class='rare-tool' data-tool='edit' data-turn='{turn}' "
        "aria-label='Change the question and ask again'><span>Edit</span></button></p>"
    )


def tools_html(
    answer: Answer | None,
    *,
    question: str,
    asked: Asked,
    turn: int,
    rating: int,
    shown: int,
    versions: int,
    gone: Sequence[str] = (),
) -> str:
    """Write the row.

    Parameters
    ----------
    answer : Answer or None
        ``None`` where something went wrong: there is nothing to copy or rate then.
    question : str
        As it was searched and answered.
    asked : Asked
        With what it was asked.
    turn : int
        Number of the question in the chat.
    rating : int
        1 for good, -1 for bad, 0 for neither.
    shown, versions : int
        Which of how many answers it is; from 0.
    gone : sequence of str
        Documents of it that have left the library.
    """
    parts = []
    if answer is not None:
        text = escape(plain_text(answer, question=question), quote=True)
        parts.append(
            f"<button type='button' class='rare-tool' data-tool='copy' data-text='{text}' "
            "aria-label='Copy the answer with its sources'><span>Copy</span></button>"
        )
        parts += [
            _rating(turn, 1, "Good answer", on=rating == 1),
            _rating(turn, -1, "Bad answer", on=rating == -1),
        ]
    parts.append(
        f"<button type='button' class='rare-tool' data-tool='again' data-turn='{turn}' "
        f"aria-expanded='false' aria-controls='rare-again-{turn}'><span>Ask again …</span></button>"
    )
    if versions > 1:
        parts.append(_versions(turn, shown, versions))
    with_what = _with(asked) if versions > 1 or asked.documents else ""
    notes = "".join(
        f"<p class='rare-note rare-gone'>“{escape(name)}” is no longer in the library: its words "
        "are shown as they were read for this answer.</p>"
        for name in gone
    )
    return (
        f"{notes}<div class='rare-tools' role='group' aria-label='Answer {turn}'>"
        f"{''.join(parts)}{with_what}</div>{_form(question, asked, turn)}"
    )


def _rating(turn: int, rating: int, label: str, *, on: bool) -> str:
    flip = " transform='rotate(180 8 8)'" if rating < 0 else ""
    return (
        f"<button type='button' class='rare-tool rare-thumb' data-tool='rate' data-turn='{turn}' "
        f"data-rating='{rating}' aria-pressed='{str(on).lower()}' aria-label='{label}' "
        f"title='{label}'><svg viewBox='0 0 16 16' width='15' height='15' aria-hidden='true'>"
        f"<path{flip} fill='none' stroke='currentColor' stroke-width='1.3' "
        f"stroke-linejoin='round' d='{_THUMB}'/></svg></button>"
    )


def _versions(turn: int, shown: int, versions: int) -> str:
    def step(sign: str, label: str, place: int) -> str:
        off = "" if 0 <= place < versions else " disabled"
        return (
            f"<button type='button' class='rare-tool' data-tool='version' data-turn='{turn}' "
            f"data-version='{place}' aria-label='{label}'{off}><span>{sign}</span></button>"
        )

    return (
        f"<span class='rare-versions'>{step('‹', 'Earlier answer', shown - 1)}"
        f"<span>{shown + 1} of {versions}</span>{step('›', 'Later answer', shown + 1)}</span>"
    )


def _with(asked: Asked) -> str:
    """Write with what an answer was made."""
    said = [counted(asked.passages, "passage")] if asked.passages else []
    said += [asked.model] if asked.model else []
    said += ["no adapter"] if asked.adapter == "none" else []
    said += [f"{asked.quoting} quotes"] if asked.quoting else []
    said += [] if asked.memory else ["no memory"]
    said += [f"only in {', '.join(asked.documents)}"] if asked.documents else []
    return f"<span class='rare-with'>{escape(' · '.join(said))}</span>"


def _form(question: str, asked: Asked, turn: int) -> str:
    """Write what is opened by “Ask again”; the choice of models is the page's own."""
    chosen = {one: " selected" if one == asked.quoting else "" for one in _QUOTING}
    quoting = "".join(
        f"<option value='{one}'{chosen[one]}>{label}</option>" for one, label in _QUOTING.items()
    )
    model = escape(asked.model, quote=True)
    checked = " checked" if asked.memory else ""
    return (
        f"<form class='rare-again' id='rare-again-{turn}' data-turn='{turn}' hidden "
        "aria-label='Ask again with other settings'>"
        f"<label class='rare-again-question'><span>Question</span><textarea name='question' "
        f"rows='2'>{escape(question)}</textarea></label>"
        "<label><span>Passages</span><input name='passages' type='number' min='1' max='16' "
        f"value='{asked.passages or 6}'></label>"
        f"<label><span>Model</span><select name='model'><option value='{model}'>"
        f"{model or 'Default'}</option></select></label>"
        f"<label><span>Quotes</span><select name='quoting'>{quoting}</select></label>"
        f"<label class='rare-again-check'><input name='memory' type='checkbox'{checked}>"
        "<span>Use the memory</span></label>"
        "<p class='rare-again-note'>Collection and documents are those chosen now.</p>"
        "<div class='rare-again-buttons'>"
        f"<button type='button' class='rare-tool' data-tool='close' data-turn='{turn}'>"
        "<span>Cancel</span></button>"
        f"<button type='submit' class='rare-tool rare-primary' data-tool='ask' "
        f"data-turn='{turn}'><span>Ask</span></button></div></form>"
    )


_QUOTING = {
    "": "As in the settings",
    "guided": "Guided",
    "constrained": "Constrained",
    "free": "Free",
}


def plain_text(answer: Answer, *, question: str) -> str:
    """Write question, answer and sources as plain text, to be pasted elsewhere."""
    lines = [question, "", answer.answer]
    order = cited_passages(answer)
    if order:
        lines += ["", "Sources"]
    for number, place in enumerate(order, start=1):
        passage = answer.passages[place]
        lines.append(
            f"[{number}] {passage.document}, {page_label(passage.page_kind, passage.page)}"
        )
        lines += [f"    “{' '.join(one.quote.split())}”" for one in citations_of(answer, place)]
    return "\n".join(lines)
