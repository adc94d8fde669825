"""Colours, type and the page's head. Nothing is loaded from another host."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from rare_app.settings import PROJECT_FOLDER

ASSETS_FOLDER = PROJECT_FOLDER / "assets"

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def make_theme() -> Any:
    """Make the theme: a calm paper-and-ink look with one accent, from system fonts alone."""
    import gradio as gr

    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=list(_SANS),
        font_mono=list(_MONO),
    ).set(
        body_background_fill="#f7f8f8",
        body_background_fill_dark="#0f1416",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#151c1f",
        background_fill_secondary="#f1f4f4",
        background_fill_secondary_dark="#1a2327",
        block_background_fill="#ffffff",
        block_background_fill_dark="#151c1f",
        border_color_primary="#dde4e4",
        border_color_primary_dark="#2a363b",
        button_primary_background_fill="#0f766e",
        button_primary_background_fill_hover="#115e59",
        button_primary_background_fill_dark="#0f766e",
        button_primary_background_fill_hover_dark="#14857c",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1a2327",
        button_secondary_background_fill="#e9efee",
        button_secondary_background_fill_hover="#dde6e5",
        button_secondary_background_fill_dark="#243034",
        button_secondary_background_fill_hover_dark="#2e3d42",
        color_accent_soft="#eef4f3",
        color_accent_soft_dark="#1d282b",
        block_shadow="none",
        block_label_text_color="#475569",
        block_label_text_color_dark="#a9b8bc",
        # WCAG AA: at least 4.5 to 1 on every background above.
        body_text_color_subdued="#51625f",
        body_text_color_subdued_dark="#a6b6b4",
        block_info_text_color="#51625f",
        block_info_text_color_dark="#a6b6b4",
        input_placeholder_color="#5b6b69",
        input_placeholder_color_dark="#97a8a6",
    )


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """Read the app's own style sheet."""
    return (ASSETS_FOLDER / "style.css").read_text(encoding="utf-8")


def icon_path() -> Path:
    """Tell where the page's icon is."""
    return ASSETS_FOLDER / "icon.svg"


HEAD = """
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
"""

TOGGLE_THEME = """
() => {
  const dark = document.body.classList.toggle('dark');
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  try { localStorage.setItem('rare-theme', dark ? 'dark' : 'light'); } catch (error) {}
}
"""

ON_LOAD = """
() => {
  let wanted = null;
  try { wanted = localStorage.getItem('rare-theme'); } catch (error) {}
  if (wanted) {
    document.body.classList.toggle('dark', wanted === 'dark');
    document.documentElement.style.colorScheme = wanted;
  }
  // On a narrow screen the documents would cover the chat: start with them folded away.
  const fold = document.querySelector('.sidebar.open .toggle-button');
  if (window.innerWidth <= 768 && fold) { fold.click(); }
}
"""

SHOW_CHAT = """
() => {
  document.querySelector('.rare-shut')?.click();
  document.querySelector('#rare-tabs button[role="tab"]')?.click();
  const fold = document.querySelector('.sidebar.open .toggle-button');
  if (window.innerWidth <= 768 && fold) { fold.click(); }
  document.querySelector('#rare-question textarea')?.focus({preventScroll: true});
}
"""

_TO_TOP = """
const toTop = (asked, behavior) => {
  const scrolls = (one) => one.scrollHeight > one.clientHeight + 4
    && ['auto', 'scroll'].includes(getComputedStyle(one).overflowY);
  let frame = asked?.parentElement;
  while (frame && !scrolls(frame)) frame = frame.parentElement;
  if (!frame) return;
  const top = asked.getBoundingClientRect().top - frame.getBoundingClientRect().top;
  frame.scrollBy({top: top - 4, behavior});
};
const rows = () => [...document.querySelectorAll('#rare-chat .user-row')];
"""

SHOW_QUESTION = f"""
() => {{
  {_TO_TOP}
  // What is asked goes to the top, so that all that is found for it has room below.
  const before = rows().length;
  let moved = false;
  let left = 150;
  for (const kind of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {{
    window.addEventListener(kind, () => {{ moved = true; }}, {{once: true, passive: true}});
  }}
  const look = () => {{
    if (moved || !left--) return;
    if (rows().length > before) toTop(rows().pop(), 'instant');
    if (document.querySelector('#rare-chat .rare-found')) left = Math.min(left, 5);
    setTimeout(look, 100);
  }};
  setTimeout(look, 50);
}}
"""

SHOW_ANSWER = f"""
() => setTimeout(() => {{
  {_TO_TOP}
  // Who has read on below goes back to the last question, so that its answer is seen.
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  toTop(rows().pop(), calm ? 'instant' : 'smooth');
}}, 600)
"""

# A passage is shown in a box that scrolls: it begins where the words are that the answer rests on.
SHOW_QUOTES = """
() => {
  const boxes = '#rare-chat .rare-source blockquote, #rare-chat .rare-side blockquote';
  const place = () => {
    for (const box of document.querySelectorAll(boxes)) {
      if (box.dataset.placed || !box.clientHeight) continue;
      box.dataset.placed = 'yes';
      const mark = box.querySelector('mark');
      if (!mark) continue;
      const frame = box.getBoundingClientRect();
      const words = mark.getBoundingClientRect();
      if (words.bottom > frame.bottom) box.scrollTop = words.top - frame.top - 36;
    }
  };
  let asked = 0;
  const soon = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(place);
  };
  new MutationObserver(soon).observe(document.body, {childList: true, subtree: true});
  document.addEventListener('toggle', soon, true);
  soon();
}
"""
