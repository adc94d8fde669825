"""Questions that passages nearly answer: of another person, year or direction than they tell of."""

import re
from collections.abc import Iterable
from random import Random

from rare_app.lab.evaluation.claim_changes import Change, change, names_in
from rare_app.lab.tuning.items import Item, Passage
from rare_app.lab.tuning.neighbours import Embed, nearest
from rare_app.lab.tuning.text import holds

_FROM_GOLD = 0.35
"""How often the other name is taken from the gold passages, as those who write questions to deceive
do (SQuAD 2.0, arXiv 1806.03822, section 2); else it is one like it from another question."""
_LIKE = 60
_POSSESSIVE = re.compile(r"['’]s?$")


class NearMisses:
    """Changes questions so that the passages which answer them no longer do.

    Parameters
    ----------
    items : iterable of Item
        Their questions' names take each other's place.
    embed : callable
        Texts to unit vectors: a name's place is taken by one like it, a club's by a club's.
    """

    def __init__(self, items: Iterable[Item], *, embed: Embed) -> None:
        names = sorted({name for item in items for name in _asked(item)})
        self._like: dict[str, list[str]] = {}
        if names:
            vectors = embed(names)
            ranks = nearest(vectors, vectors, count=min(_LIKE, len(names)))
            for name, ranking in zip(names, ranks.tolist(), strict=True):
                self._like[name] = [names[i] for i in ranking]

    def change(self, item: Item, *, chance: Random) -> str:
        """Change a name, a number or a direction (first, last) in an item's question.

        Nothing is negated: who asks what is not covered wants the sentence that says so.

        Returns
        -------
        str
            Empty where the question has nothing that can be changed.
        """
        ways: list[Change] = ["name", "name", "number", "opposite"]
        chance.shuffle(ways)
        for way in ways:
            if way == "name":
                altered = self._other_name(item, chance)
            else:
                altered = change(item.question, way, pool=(), near="", chance=chance)
            if altered and altered != item.question:
                return altered
        return ""

    def _other_name(self, item: Item, chance: Random) -> str:
        asked = _asked(item)
        if not asked:
            return ""
        old = chance.choice(asked)
        gold = _gold(item)
        texts = (item.question, item.answer, *(one.text for one in item.evidence))

        def fits(name: str) -> bool:
            return (
                abs(len(name.split()) - len(old.split())) <= 1
                and not any(holds(text, name) for text in texts)
                and not set(name.lower().split()) & set(old.lower().split())
            )

        told = [name for name in _told(gold) if fits(name)]
        if told and chance.random() < _FROM_GOLD:
            new = chance.choice(told)
        else:
            others = [
                name
                for name in self._like.get(old, ())
                if fits(name) and not any(holds(one.text, name) for one in gold)
            ]
            if not others:
                return ""
            new = chance.choice(others[:20])
        if item.question == item.question.lower():
            new = new.lower()
        return _place(old).sub(lambda _: new, item.question, count=1)


def _asked(item: Item) -> list[str]:
    """List the names in a question; in one written small, names of the gold passages."""
    if item.question != item.question.lower():
        found = (_POSSESSIVE.sub("", name) for name in names_in(item.question))
        return list(dict.fromkeys(found))
    gold = _gold(item)
    text = " ".join(one.text for one in gold)
    return [
        name
        for name in _told(gold)
        if len(name) > 3 and name.lower() not in text and _place(name).search(item.question)
    ]


def _gold(item: Item) -> list[Passage]:
    return [item.passages[index] for index in item.gold]


def _told(passages: Iterable[Passage]) -> list[str]:
    """List the names in some passages, their documents' titles too."""
    found = (name for one in passages for name in (one.title, *names_in(one.text)))
    return list(dict.fromkeys(short for name in found if (short := _POSSESSIVE.sub("", name))))


def _place(name: str) -> re.Pattern[str]:
    return re.compile(r"\b" + r"\W+".join(map(re.escape, name.split())) + r"(?!\w)", re.IGNORECASE)
