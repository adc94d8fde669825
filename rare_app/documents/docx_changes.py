"""Telling what was changed in a paragraph: tracked changes, read as if accepted."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

How = Literal["", "inserted", "deleted", "arrived", "left"]
"""What became of a piece of text; ``arrived`` and ``left`` where it was moved."""

_LONGEST_OLD = 300  # characters of deleted text that are told
_LONGEST_NEW = 80  # of new text, which stands in the paragraph anyway


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a paragraph's text.

    Attributes
    ----------
    text : str
    how : How
    author, day : str
        Who changed it, and when; may be empty.
    """

    text: str
    how: How = ""
    author: str = ""
    day: str = ""


def day_of(stamp: str | None) -> str:
    """Write the day of a time stamp as in “3 May 2026”; empty where there is none."""
    try:
        day = datetime.fromisoformat(str(stamp))
    except ValueError:
        return ""
    return f"{day.day} {day:%B} {day.year}"


def changed_by(author: str, day: str) -> str:
    """Write who changed something, and when: “ by K. Sand, 3 May 2026”."""
    return (f" by {author}" if author else "") + (f", {day}" if day else "")


def tell_changes(pieces: Sequence[Piece], *, moved: Collection[str], where: str = "") -> list[str]:
    """Tell what was changed in a paragraph.

    Parameters
    ----------
    pieces : sequence of Piece
    moved : collection of str
        Texts that arrived somewhere in the document: they are told there and not where they left.
    where : str
        Said behind author and day, e.g. the row of a table.

    Returns
    -------
    list of str
        A note for each author and day.
    """
    told: dict[tuple[str, str], list[str]] = {}
    plain = any(one.text.strip() for one in pieces if one.how in ("", "arrived"))
    whole = not plain and not any(one.how in ("deleted", "left") for one in pieces)
    for who, phrase in _phrases(pieces, moved=moved, whole=whole):
        phrases = told.setdefault(who, [])
        if phrase not in phrases:
            phrases.append(phrase)
    return [
        f"[Was changed{changed_by(*who)}{where}: {'; '.join(phrases)}]"
        for who, phrases in told.items()
    ]


def _phrases(
    pieces: Sequence[Piece], *, moved: Collection[str], whole: bool
) -> Iterator[tuple[tuple[str, str], str]]:
    """Give who and what, change by change; a deletion beside an insertion is a replacement."""
    runs = [
        (key, list(group))
        for key, group in groupby(pieces, key=lambda one: (_kind(one), one.author, one.day))
    ]
    for index, ((kind, author, day), group) in enumerate(runs):
        if kind == "plain":
            continue
        text = "".join(one.text for one in group)
        if kind == "moved":
            for how, parts in groupby(group, key=lambda one: one.how):
                part = _short("".join(one.text for one in parts), _LONGEST_OLD)
                if part and how == "arrived":
                    yield (author, day), f"“{_short(part, _LONGEST_NEW)}” was moved here"
                elif part and normal(part) not in moved:
                    yield (author, day), f"“{part}” was moved away from here"
            continue
        old = "".join(one.text for one in group if one.how == "deleted")
        new = "".join(one.text for one in group if one.how == "inserted")
        if whole and new.strip() and normal(text):
            yield (author, day), "this paragraph was inserted"
            continue
        # A change within a word is told with the whole word.
        before = _last_word(runs[index - 1][1]) if index else ""
        after = _first_word(runs[index + 1][1]) if index + 1 < len(runs) else ""
        if not (old or new)[:1].isalnum():
            before = ""
        if not (old or new)[-1:].isalnum():
            after = ""
        if before or after:
            old, new = before + old + after, before + new + after
        old, new = _short(old, _LONGEST_OLD), _short(new, _LONGEST_NEW)
        if old and new:
            yield (author, day), f"“{old}” → “{new}”"
        elif old:
            yield (author, day), f"“{old}” was deleted"
        elif new:
            yield (author, day), f"“{new}” was inserted"


def normal(text: str) -> str:
    """Make texts comparable."""
    return " ".join(text.split())


def _kind(piece: Piece) -> str:
    if piece.how in ("arrived", "left"):
        return "moved"
    return "changed" if piece.how else "plain"


def _last_word(pieces: Sequence[Piece]) -> str:
    text = "".join(one.text for one in pieces) if _kind(pieces[0]) == "plain" else ""
    return text.rsplit(maxsplit=1)[-1] if text[-1:].isalnum() else ""


def _first_word(pieces: Sequence[Piece]) -> str:
    text = "".join(one.text for one in pieces) if _kind(pieces[0]) == "plain" else ""
    return text.split(maxsplit=1)[0] if text[:1].isalnum() else ""


def _short(text: str, longest: int) -> str:
    """Put a text on one line, its middle left out where it is long."""
    text = normal(text)
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half].rstrip()} … {text[-half:].lstrip()}"
