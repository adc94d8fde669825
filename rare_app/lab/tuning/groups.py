"""RARE examples: questions that share their passages, gold at every rank, some unanswerable."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from rare_app.lab.tuning.items import Item, Kind, Passage
from rare_app.lab.tuning.leaks import Held
from rare_app.lab.tuning.neighbours import Embed, nearest
from rare_app.lab.tuning.text import holds, shingles
from rare_app.lab.tuning.wording import write_reasoning, write_refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a group, with the completion to be learned.

    Attributes
    ----------
    answers : tuple of str
        All answers that count as right; empty for `answer` alone.
    evidence : tuple of str
        What the data say that the answer rests on, verbatim; empty where they name nothing.
    likely : str
        What stands above the question as its likely words (:mod:`rare_app.lab.tuning.lead`).
    """

    identifier: str
    kind: Kind
    question: str
    reasoning: str
    answer: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    likely: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Passages in the order they are shown, and the questions that are asked over them."""

    data_set: str
    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a data set is made into groups.

    Attributes
    ----------
    sizes : sequence of float
        Weight of 1, 2, 3 … passages in a group.
    refused : float
        Unanswerable questions for each answerable one.
    most : int
        Most questions in a group.
    candidates, hardest : int
        Nearest passages that distractors are taken from: a third from the hardest, the rest
        from those whose own questions are still to be asked, so that a pass serves many.
    untitled : float
        Share of the groups whose passages are shown without their titles.
    """

    sizes: Sequence[float] = (0.10, 0.10, 0.12, 0.20, 0.22, 0.26)
    refused: float = 0.45
    most: int = 14
    candidates: int = 200
    hardest: int = 40
    untitled: float = 0.45


def shared_groups(
    items: Sequence[Item], *, plan: Plan, embed: Embed, held: Held, random_source: random.Random
) -> list[Group]:
    """Let the gold passages of similar questions be each other's distractors.

    Each answerable item is asked once. Unanswerable are: questions that the data mark so, over
    their own passage among others; and questions near the group's passages whose gold passage is
    not there, provided that no passage of the group holds the answer.
    """
    if not items:
        return []
    texts = list(
        dict.fromkeys(p.text for item in items for p in _own(item) if not held.copied(p.text))
    )
    place = {text: index for index, text in enumerate(texts)}
    passages = {p.text: p for item in items for p in _own(item)}
    items = [item for item in items if all(p.text in place for p in _own(item))]
    question_vectors = embed([item.question for item in items])
    passage_vectors = embed(texts)
    ranked = nearest(question_vectors, passage_vectors, count=plan.candidates)
    asking = nearest(passage_vectors, question_vectors, count=plan.candidates)
    askers: dict[int, list[int]] = {}
    for number, item in enumerate(items):
        for passage in _own(item):
            askers.setdefault(place[passage.text], []).append(number)
    used, refused = [False] * len(items), [False] * len(items)
    groups: list[Group] = []
    order = [number for number, item in enumerate(items) if item.answerable]
    random_source.shuffle(order)
    for seed in order:
        if used[seed]:
            continue
        size = _draw_size(plan, random_source)
        blocks = [place[p.text] for p in _own(items[seed])]
        fresh = [
            index
            for index in ranked[seed].tolist()
            if any(items[n].answerable and not used[n] for n in askers.get(index, ()))
        ]
        hard = ranked[seed, : plan.hardest].tolist()
        for candidates, count in ((hard, (size - 1) // 3), (fresh, size - 1), (hard, size - 1)):
            lacking_blocks = min(count, size - len(blocks))
            blocks += _distractors(candidates, blocks, texts, lacking_blocks, random_source)
        chosen = [seed]
        for number in _shuffled((n for b in blocks for n in askers.get(b, ())), random_source):
            fits = items[number].answerable and not used[number] and number not in chosen
            if fits and len(chosen) < plan.most * 2 // 3:
                chosen.append(number)
        for number in chosen:
            used[number] = True
        quota = plan.refused * len(chosen)
        wanted = int(quota) + (random_source.random() < quota % 1)
        lacking = _lacking(blocks, items, askers, asking, texts, refused, wanted, random_source)
        for number in lacking:
            refused[number] = True
        groups.append(
            _group(
                [passages[texts[b]] for b in blocks],
                [(items[n], True) for n in chosen] + [(items[n], False) for n in lacking],
                plan,
                random_source,
            )
        )
    return groups


def own_groups(
    items: Sequence[Item], *, plan: Plan, held: Held, random_source: random.Random, together: int
) -> list[Group]:
    """Let each item keep its own distractors, `together` items a group.

    Used where the data bring hard distractors (several hops). An item is refused when the last
    gold passage, which holds the answer, is left out.
    """
    groups = []
    order = _shuffled(range(len(items)), random_source)
    for start in range(0, len(order), together):
        batch = [items[number] for number in order[start : start + together]]
        blocks: list[Passage] = []
        asked: list[tuple[Item, bool]] = []
        for item in batch:
            share = plan.refused / (1 + plan.refused)
            gold = [item.passages[index] for index in item.gold]
            lacking = len(gold) > 1 and not item.choices and random_source.random() < share
            if lacking:
                gold = [p for p in gold if not holds(p.text, item.answer)]
            blocks += [passage for passage in gold if passage not in blocks]
            asked.append((item, not lacking))
        size = _draw_size(plan, random_source)
        answers = [item.answer for item, complete in asked if not complete]
        for passage in _shuffled((p for item in batch for p in item.passages), random_source):
            safe = not any(holds(passage.text, answer) for answer in answers)
            if (
                len(blocks) < size
                and passage not in blocks
                and safe
                and not held.copied(passage.text)
            ):
                blocks.append(passage)
        asked = [
            (item, full)
            for item, full in asked
            if full or not any(holds(passage.text, item.answer) for passage in blocks)
        ]
        if asked and blocks:
            groups.append(_group(blocks, asked, plan, random_source))
    return groups


def document_groups(
    items: Sequence[Item],
    *,
    plan: Plan,
    held: Held,
    random_source: random.Random,
    shuffle: bool = True,
) -> list[Group]:
    """Ask the questions of one source over all its passages, with some of another source."""
    sources: dict[tuple[Passage, ...], list[Item]] = {}
    for item in items:
        sources.setdefault(item.passages, []).append(item)
    groups = []
    for passages, own in sources.items():
        for start in range(0, len(own), plan.most):
            asked = [(item, True) for item in own[start : start + plan.most]]
            quota = plan.refused * len(asked)
            for _ in range(int(quota) + (random_source.random() < quota % 1)):
                other = random_source.choice(items)
                if other.passages != passages and not any(
                    holds(p.text, other.answer) for p in passages
                ):
                    asked.append((other, False))
            gold = {passages[index] for item, full in asked if full for index in item.gold}
            shown = [p for p in passages if p in gold or not held.copied(p.text)]
            groups.append(_group(shown, asked, plan, random_source, shuffle=shuffle))
    return groups


def _own(item: Item) -> list[Passage]:
    return [item.passages[index] for index in item.gold] or list(item.passages)


def _draw_size(plan: Plan, random_source: random.Random) -> int:
    return random_source.choices(range(1, len(plan.sizes) + 1), weights=plan.sizes)[0]


def _shuffled(values: Iterable[T], random_source: random.Random) -> list[T]:
    chosen = list(values)
    random_source.shuffle(chosen)
    return chosen


def _distractors(
    ranked: Sequence[int],
    blocks: list[int],
    texts: list[str],
    count: int,
    random_source: random.Random,
) -> list[int]:
    """Take hard negatives from the ranking, now and then passing one over; no near-copies."""
    found: list[int] = []
    runs = set().union(*(shingles(texts[block]) for block in blocks))
    for index in ranked:
        if len(found) >= count:
            break
        own = shingles(texts[index])
        if (
            index not in blocks
            and random_source.random() < 0.5
            and len(own & runs) <= 0.1 * len(own)
        ):
            found.append(index)
            runs |= own
    return found


def _lacking(
    blocks: list[int],
    items: Sequence[Item],
    askers: dict[int, list[int]],
    asking: np.ndarray,
    texts: list[str],
    refused: list[bool],
    wanted: int,
    random_source: random.Random,
) -> list[int]:
    """Choose items that the group's passages do not answer, those marked so by the data first."""
    marked = [n for block in blocks for n in askers.get(block, ()) if not items[n].answerable]
    near = [n for block in blocks for n in asking[block, :20].tolist() if items[n].answerable]
    found: list[int] = []
    for number in _shuffled(marked, random_source) + _shuffled(near, random_source):
        if len(found) >= wanted:
            break
        item = items[number]
        shown = item.answerable and any(holds(texts[block], item.answer) for block in blocks)
        there = item.answerable and any(number in askers.get(block, ()) for block in blocks)
        if not (refused[number] or number in found or shown or there):
            found.append(number)
    return found


def _group(
    passages: list[Passage],
    asked: list[tuple[Item, bool]],
    plan: Plan,
    random_source: random.Random,
    *,
    shuffle: bool = True,
) -> Group:
    if shuffle:
        random_source.shuffle(passages)
    if random_source.random() < plan.untitled:
        passages = [replace(passage, title="") for passage in passages]
    random_source.shuffle(asked)
    questions = [_question(item, full, random_source) for item, full in asked]
    return Group(asked[0][0].data_set, tuple(passages), tuple(questions))


def _question(item: Item, full: bool, random_source: random.Random) -> Question:
    if full and item.answerable:
        reasoning, answer = write_reasoning(item, random_source), item.answer
    else:
        reasoning, answer = write_refusal(random_source)
    answerable = full and item.answerable
    return Question(
        item.identifier,
        item.kind,
        item.question,
        reasoning,
        answer,
        answerable,
        answers=item.answers if answerable else (),
        evidence=tuple(one.text for one in item.evidence)
        if answerable and item.names_evidence
        else (),
    )
