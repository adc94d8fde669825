"""Text that is not ours, made fit for a terminal, a file's name and every kind of file; counts."""

import re

# Controls of a terminal (C0 without tab and line break, DEL, C1), of the direction of writing,
# invisible tags, and what no file of XML may hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def plain_text(text: str) -> str:
    r"""Take out all characters that act instead of being read.

    Control characters (a terminal's escape sequences begin with one), marks and overrides of the
    writing direction, zero-width spaces, invisible tags and halves of characters go. Line breaks
    and tabs stay, and so do the joiners U+200C and U+200D, which Persian words and emoji need.
    ``\r\n`` and a lone ``\r`` become ``\n``.
    """
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain_line(text: str) -> str:
    """Put :func:`plain_text` on one line, runs of white space closed."""
    return " ".join(plain_text(text).split())


def counted(number: int, what: str) -> str:
    """Say how many: "1 passage", "2 passages", "1,000 passages"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
