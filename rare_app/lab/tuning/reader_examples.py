"""Items to what the reader learns from: a question, passages, and the sentences that answer."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.leaks import Held
from rare_app.lab.tuning.near_miss import NearMisses
from rare_app.lab.tuning.neighbours import Embed, nearest
from rare_app.lab.tuning.text import holds, shingles
from rare_app.reader import Span, sentence_spans

OPEN_SETS = {
    "qed": "open",
    "nq_open_oracle": "open",
    "squad2_half_dev": "squad",
    "squad1_train": "squad1",
    "covid_qa": "covid",
    "boolq_dev": "boolq",
    "qasper": "qasper",
}
"""Sets whose distractors are retrieved from all their passages, and which pool they share."""

SHARES = {"strategyqa": 0.3, "boolq_dev": 0.5, "tatqa": 0.7}
"""How often an epoch takes each of a set's items, at random below 1; sets not named, once."""

_CANDIDATES, _HARDEST, _OTHERS = 30, 3, 9
_WITHOUT_GOLD = 0.2


@dataclass(frozen=True, slots=True)
class ReaderExample:
    """A question over some passages.

    Attributes
    ----------
    question : str
    texts : tuple of str
        The passages.
    needs : tuple of tuple of int
        For each piece of evidence, the sentences (numbered over all passages) that hold it; empty
        when the passages do not answer.
    answers : tuple of (int, int, int)
        Where the answer stands inside the evidence: passage, start and end in characters.
    """

    question: str
    texts: tuple[str, ...]
    needs: tuple[tuple[int, ...], ...]
    answers: tuple[tuple[int, int, int], ...]


class Sampler:
    """Draws the passages that items are shown with.

    Parameters
    ----------
    items : sequence of Item
        The training items; their passages are the pools that distractors are retrieved from.
    held : Held
        What validates: none of its passages is shown.
    embed : callable
        Texts to unit vectors, for the retrieval.
    distractors : int
        Distractors a question.
    near_misses : float
        Share of the answerable questions of :data:`OPEN_SETS` that are asked of something else
        than their passages tell of, so that the gold passages do not answer.
    """

    def __init__(
        self,
        items: Sequence[Item],
        *,
        held: Held,
        embed: Embed,
        distractors: int = 2,
        near_misses: float = 0.0,
    ) -> None:
        self._held = held
        self._distractors = distractors
        self._near_misses = near_misses
        self._misses: dict[str, NearMisses] = {}
        self._ranked: dict[tuple[str, str], list[str]] = {}
        for pool in dict.fromkeys(OPEN_SETS.values()):
            own = [item for item in items if OPEN_SETS.get(item.data_set) == pool]
            if near_misses:
                answerable = (item for item in own if item.answerable and item.kind == "span")
                self._misses[pool] = NearMisses(answerable, embed=embed)
            texts = dict.fromkeys(p.text for item in own for p in item.passages)
            shown = [text for text in texts if not held.copied(text)]
            questions = list(dict.fromkeys(item.question for item in own))
            if questions and shown:
                ranks = nearest(embed(questions), embed(shown), count=_CANDIDATES)
                for question, ranking in zip(questions, ranks.tolist(), strict=True):
                    self._ranked[pool, question] = [shown[i] for i in ranking]

    def draw(self, item: Item, *, random_source: random.Random) -> ReaderExample | None:
        """Show an item with its gold passages, or now and then without them, and distractors.

        Returns
        -------
        ReaderExample or None
            ``None`` where nothing can be learned: no passage, or evidence that is in none.
        """
        gold = [item.passages[i].text for i in item.gold]
        others = [p.text for i, p in enumerate(item.passages) if i not in item.gold]
        pool = OPEN_SETS.get(item.data_set)
        hidden, missed = False, ""
        if pool is None:
            rest = [text for text in others if not self._held.copied(text)]
            wanted = self._distractors + 1
        else:
            if not item.answerable:
                gold = others
            rest = self._hard(item, pool, gold, random_source)
            squad = pool == "squad"
            wanted = 1 if squad else self._distractors
            hidden = (
                item.answerable
                and pool not in ("squad", "boolq")
                and random_source.random() < _WITHOUT_GOLD
            )
            if hidden:
                gold, wanted = [], wanted + 1
            elif item.answerable and item.kind == "span":
                missed = self._missed(item, pool, random_source)
        texts = [*dict.fromkeys(gold), *random_source.sample(rest, min(wanted, len(rest)))]
        if not texts:
            return None
        if hidden or missed or not item.answerable:
            return ReaderExample(missed or item.question, tuple(texts), (), ())
        return _marked(item, texts)

    def _missed(self, item: Item, pool: str, random_source: random.Random) -> str:
        if not self._near_misses or random_source.random() >= self._near_misses:
            return ""
        return self._misses[pool].change(item, chance=random_source)

    def _hard(
        self, item: Item, pool: str, shown: Sequence[str], random_source: random.Random
    ) -> list[str]:
        """Hard negatives: retrieved for the question, no copies of the gold, without the answer."""
        runs = set().union(*(shingles(text) for text in shown))
        found = []
        for text in self._ranked.get((pool, item.question), ()):
            own = shingles(text)
            answered = item.answerable and item.kind == "span" and holds(text, item.answer)
            if text not in shown and len(own & runs) <= 0.1 * len(own) and not answered:
                found.append(text)
        later = found[_HARDEST:]
        return found[:_HARDEST] + random_source.sample(later, min(_OTHERS, len(later)))


def _marked(item: Item, texts: list[str]) -> ReaderExample | None:
    spans = [sentence_spans(text) for text in texts]
    firsts = [sum(map(len, spans[:i])) for i in range(len(texts))]
    needs: list[tuple[int, ...]] = []
    answers: list[tuple[int, int, int]] = []
    for part in item.evidence:
        text = item.passages[part.passage].text
        start = text.find(part.text)
        if text not in texts or start < 0:
            continue
        at = texts.index(text)
        touched = _touched(spans[at], start, start + len(part.text))
        if touched:
            needs.append(tuple(firsts[at] + number for number in touched))
        place = part.text.lower().find(item.answer.lower())
        if item.kind in ("span", "multihop") and place >= 0:
            answers.append((at, start + place, start + place + len(item.answer)))
    if not needs:
        return None
    return ReaderExample(item.question, tuple(texts), tuple(needs), tuple(answers))


def _touched(spans: Sequence[Span], start: int, end: int) -> list[int]:
    return [i for i, span in enumerate(spans) if span[0] < end and span[1] > start]
