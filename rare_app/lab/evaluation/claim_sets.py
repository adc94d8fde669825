"""Claims with passages, of which it is known whether the passages say them.

What the data sets give as evidence, as a proof's step, as a fact or as an answer is supported; the
same with a number, a name or a negation changed is not. Half of the claims are changed ones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from rare_app.lab.evaluation.claim_changes import CHANGES, Change, change, names_in, restate
from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.readers import READERS, read_sets
from rare_app.lab.tuning.text import fraction
from rare_app.proof import split_claims, split_sentences

Form = Literal["copy", "restated", "stated", "short"]
"""Words of the passage; the same restated; a sentence of the data's authors, or made of question
and answer; a short answer."""

SETS = (
    "qed", "squad2_half_dev", "covid_qa", "multihop", "entailment_bank", "strategyqa",
    "qasper", "clapnq", "tatqa",
)  # fmt: skip
FIT_SHARE = 0.5
_WORDS = (5, 45)
_WHO = re.compile(r"^who\s+(?!(?:is|are|was|were|did|does|do|can|will|has|have|had)\b)(.+)$", re.I)
_WHO_IS = re.compile(r"^who (is|was|are|were) (the .+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledClaim:
    """A claim and the passages that it is checked against.

    Attributes
    ----------
    text, question : str
        The claim; the question that it answers.
    passages : tuple of str
    supported : bool
    form : Form
        What it was made of.
    change : {"number", "name", "negation", "opposite", "absent"} or None
        What was changed; ``absent`` where the passages of a true claim were taken away.
    data_set, document : str
        Where it is from.
    fits : bool
        Whether weights may be fitted on it; on the others they are reported. Split by document.
    """

    text: str
    question: str
    passages: tuple[str, ...]
    supported: bool
    form: Form
    change: str | None
    data_set: str
    document: str
    fits: bool


@dataclass(frozen=True, slots=True)
class _Base:
    """A supported claim before anything is changed."""

    text: str
    form: Form
    item: Item
    passages: tuple[str, ...]


def build_claims(
    folder: Path, *, each: int = 160, passages: int = 4, seed: int = 0
) -> list[LabelledClaim]:
    """Build the set out of the data sets.

    Parameters
    ----------
    folder : Path
        Holds a folder for each data set.
    each : int
        Most supported claims of a data set; an altered one comes with each.
    passages : int
        Passages that a claim is checked against: its own, then others of the set.
    """
    claims: list[LabelledClaim] = []
    there = [name for name in SETS if (folder / READERS[name][1]).is_dir()]
    for name, items in read_sets(folder, there).items():
        usable = [item for item in items if item.answerable and _validates(name, item)]
        Random(seed).shuffle(usable)
        pool = _names_of(usable[:300])
        others = [text for item in usable[:300] for text in _own_passages(item)[:2]]
        taken = 0
        turn = 0
        for base in _bases(name, usable, others, passages, seed):
            if taken >= each:
                break
            chance = Random(f"{seed}:{base.item.identifier}:{base.form}")
            made, turn = _pair(name, base, pool, turn, chance)
            if made:
                claims += made
                taken += 1
                if taken % 8 == 0:
                    claims.append(_absent(made[0], others, passages, chance))
    return claims


def _validates(name: str, item: Item) -> bool:
    """Keep what the reader has not learned from, where it matters: for short answers."""
    learned = name in ("multihop", "qasper", "entailment_bank", "strategyqa")
    return learned or item.split == "validation"


def _names_of(items: Sequence[Item]) -> list[str]:
    found = [name for item in items for text in _own_passages(item)[:1] for name in names_in(text)]
    return sorted(set(found))


def _own_passages(item: Item) -> list[str]:
    return [item.passages[i].text for i in item.gold]


def _bases(
    name: str, items: Sequence[Item], others: Sequence[str], count: int, seed: int
) -> Iterator[_Base]:
    """Give the supported claims of a set, one form after the other."""
    for number, item in enumerate(items):
        # Of each item's own, so that a change to one claim leaves the others as they are.
        chance = Random(f"{seed}:{item.identifier}")
        own = _own_passages(item)
        if not own or sum(map(len, own)) > 12_000:
            continue
        distractors = [p.text for i, p in enumerate(item.passages) if i not in item.gold]
        if name in ("multihop", "entailment_bank"):
            chance.shuffle(distractors)
        fill = distractors + [chance.choice(others) for _ in range(count)]
        texts = list(dict.fromkeys([*own, *fill]))[: max(count, len(own))]
        chance.shuffle(texts)
        found = list(_forms(name, item, chance))
        if found:
            told = [one for one in found if one[1] == "stated"]
            chosen = told if told and number % 3 else found
            text, form = chosen[number % len(chosen)]
            yield _Base(" ".join(text.split()), form, item, tuple(texts))


def _forms(name: str, item: Item, chance: Random) -> Iterator[tuple[str, Form]]:
    """List what can be claimed on an item's evidence."""
    quotes = [
        one.text[start:end]
        for one in item.evidence
        for start, end in split_sentences(one.text)
        if _is_sentence(one.text[start:end])
    ]
    if name == "clapnq":
        for sentence in split_claims(item.answer):
            if _is_sentence(sentence):
                yield sentence, "stated"
        return
    thens = [one.then.removeprefix("So ").strip() for one in item.evidence if one.then]
    if name in ("multihop", "entailment_bank"):
        for then in thens:
            if 4 <= len(then.split()) <= _WORDS[1]:
                yield then[0].upper() + then[1:], "stated"
    if quotes and name != "entailment_bank":
        quote = chance.choice(quotes)
        yield quote, "copy"
        restated = restate(quote, chance)
        if restated != quote:
            yield restated, "restated"
    if item.kind == "boolean" or name in ("strategyqa", "entailment_bank"):
        return
    if (told := _told(item)) and name in ("qed", "squad2_half_dev"):
        yield told, "stated"
    short = item.split == "validation" and len(item.answer.split()) <= 6 and not item.choices
    if short and any(item.answer in text for text in _own_passages(item)):
        yield item.answer, "short"


def _is_sentence(text: str) -> bool:
    return _WORDS[0] <= len(text.split()) <= _WORDS[1]


def _told(item: Item) -> str:
    """Make a statement of a question with *who* and its answer; empty where that is not plain."""
    question = item.question.strip().rstrip("?").strip()
    if len(item.answer.split()) > 6:
        return ""
    if match := _WHO.match(question):
        return f"{item.answer} {match[1]}."
    if match := _WHO_IS.match(question):
        return f"{match[2][0].upper()}{match[2][1:]} {match[1]} {item.answer}."
    return ""


def _pair(
    name: str, base: _Base, pool: Sequence[str], turn: int, chance: Random
) -> tuple[list[LabelledClaim], int]:
    """Make a claim and its altered twin; kinds of change take turns."""
    near = " ".join(base.passages)
    for step in range(len(CHANGES)):
        kind: Change = CHANGES[(turn + step) % len(CHANGES)]
        if base.form == "short" and kind in ("negation", "opposite"):
            continue
        if base.form == "short" and kind == "name":
            altered = _other_answer(base, pool, near, chance)
        else:
            altered = change(base.text, kind, pool=pool, near=near, chance=chance)
        if altered and altered != base.text and altered.lower() not in near.lower():
            break
        if altered and base.form == "short" and altered.lower() != base.text.lower():
            break
    else:
        return [], turn
    document = next(iter(sorted(base.item.documents)), base.item.identifier)
    made = [
        LabelledClaim(
            text=text,
            question=base.item.question,
            passages=base.passages,
            supported=what is None,
            form=base.form,
            change=what,
            data_set=name,
            document=document,
            fits=fraction(f"claims:{document}") < FIT_SHARE,
        )
        for text, what in ((base.text, None), (altered, kind))
    ]
    return made, turn + step + 1


def _other_answer(base: _Base, pool: Sequence[str], near: str, chance: Random) -> str:
    """Put another name in the place of a short answer that is one; no accepted answer."""
    if not base.text[:1].isupper() or any(sign.isdigit() for sign in base.text):
        return ""
    known = {word for answer in (base.text, *base.item.answers) for word in answer.lower().split()}
    asked = set(base.item.question.lower().split())
    nearby = [one for one in names_in(near) if not (known | asked) & set(one.lower().split())]
    options = nearby if nearby and chance.random() < 0.5 else list(pool)
    options = [one for one in options if not known & set(one.lower().split())]
    return chance.choice(options) if options else ""


def _absent(
    claim: LabelledClaim, others: Sequence[str], count: int, chance: Random
) -> LabelledClaim:
    """Take away the passages that say a claim."""
    left = [chance.choice(others) for _ in range(count)]
    return LabelledClaim(
        text=claim.text,
        question=claim.question,
        passages=tuple(text for text in dict.fromkeys(left) if text not in claim.passages),
        supported=False,
        form=claim.form,
        change="absent",
        data_set=claim.data_set,
        document=claim.document,
        fits=claim.fits,
    )
