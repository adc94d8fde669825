"""Sentences that say otherwise: the same but for a number, a name, a word or a negation."""

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from rare_app.proof.grounds import Grounds, Place, Said
from rare_app.proof.polarity import OPPOSITES, denials
from rare_app.proof.quantities import comparable, stands_in
from rare_app.words import STOP_WORDS, content_words

SAME_FROM = 0.7
"""Share of what two sentences say beside the point in question that both must hold."""
_LEAST_WORDS = 2
_MORE = 0.2
"""Share of the other sentence that may be about something else."""
_TOKEN = re.compile(r"\d[\d.,]*\d|[^\W_]+(?:['’-][^\W_]+)*|[%$€£]")


def conflicts(
    anchor: Said,
    grounds: Grounds,
    *,
    about: Said,
    passage: int | None,
    most: int = 2,
    apart: Collection[tuple[int, int]] = (),
) -> list[Place]:
    """Find sentences that say otherwise than a sentence, in what a claim is about.

    Parameters
    ----------
    anchor : Said
        What is compared: the sentence that a claim rests on, or the claim itself.
    about : Said
        The claim: only what it says itself can be said otherwise.
    passage : int or None
        The passage of the anchor, which is not looked through.
    apart : collection of (int, int)
        Pairs of passages that are about different things: the second is not looked through for
        the first.
    """
    found = []
    for place in grounds.places:
        if (passage, place.passage) in apart:
            continue
        if place.passage != passage and says_otherwise(anchor, place, about=about, grounds=grounds):
            found.append((-_alike(anchor, place, about, grounds), place))
    found.sort(key=lambda pair: pair[0])
    return [place for _, place in found[:most]]


def says_otherwise(anchor: Said, other: Place, *, about: Said, grounds: Grounds) -> bool:
    """Tell whether a sentence says otherwise than the anchor in what a claim is about."""
    if len(anchor.stems) < _LEAST_WORDS + 1 or anchor.text == other.text:
        return False
    if _alike(anchor, other, about, grounds) < SAME_FROM:
        return False
    return _denies(anchor, other) or _replaces(anchor, other, about)


def _alike(anchor: Said, other: Place, about: Said, grounds: Grounds) -> float:
    """Share of what two sentences say that both hold, the claim's own point left out, in [0, 1].

    The other sentence may say a little more than the anchor, but not much: a long one that happens
    to hold all the words of a short one need not be about the same.
    """
    both = anchor.stems & other.stems
    if len(both) < _LEAST_WORDS:
        return 0.0
    ours = grounds.share(both | (anchor.stems - about.stems), other.stems)
    if ours < SAME_FROM:
        return ours
    instead = {word for _, theirs in replaced(anchor.text, other.text) for word in theirs}
    return min(ours, _MORE + grounds.share(other.stems, anchor.stems | instead))


def replaced(one: str, other: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """List what stands in the place of what between two texts, as content words.

    Returns
    -------
    list of (tuple of str, tuple of str)
        Stems of the first text, and of the second, of at most six words each.
    """
    ours, theirs = _TOKEN.findall(one), _TOKEN.findall(other)
    matcher = SequenceMatcher(
        None, [word.lower() for word in ours], [word.lower() for word in theirs], autojunk=False
    )
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace" and b - a <= 6 and d - c <= 6:
            first = tuple(content_words(" ".join(ours[a:b])))
            second = tuple(content_words(" ".join(theirs[c:d])))
            if first and second:
                found.append((first, second))
    return found


def _denies(anchor: Said, other: Place) -> bool:
    if abs(anchor.polarity.cues - other.polarity.cues) % 2 == 0:
        return False
    return denials(anchor.polarity, other.polarity) > 0


def _replaces(anchor: Said, other: Place, about: Said) -> bool:
    """Tell whether something the claim says has something else of its kind in its place."""
    numbers = [one for one in about.quantities if stands_in(one, anchor.quantities)]
    gone = [one for one in numbers if not stands_in(one, other.quantities)]
    fresh = [one for one in other.quantities if not stands_in(one, anchor.quantities)]
    if any(comparable(one, two) for one in gone for two in fresh):
        return True
    for ours, theirs in replaced(anchor.text, other.text):
        point = [word for word in ours if word in about.stems and word not in other.stems]
        if not point or any(word in anchor.stems for word in theirs):
            continue
        if any(OPPOSITES.get(word, frozenset()) & set(theirs) for word in point):
            return True
        if _capital(anchor.text, point) and _capital(other.text, theirs):
            return True
    return False


def _capital(text: str, stems: Sequence[str]) -> bool:
    """Whether some of the words are written with a capital in a text, as names are."""
    wanted = set(stems)
    return any(
        word[0].isupper() and word.lower() not in STOP_WORDS and wanted & set(content_words(word))
        for word in _TOKEN.findall(text)[1:]
    ) or any(
        word[0].isupper() and wanted & set(content_words(word)) for word in _TOKEN.findall(text)[:1]
    )
