"""``tune examples``: question-answering data → RARE examples and validation cases."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rare_app.lab.tuning.cases import closed_case, open_cases, write_cases
from rare_app.lab.tuning.example_file import write_groups
from rare_app.lab.tuning.groups import Group, Plan, document_groups, own_groups, shared_groups
from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.leaks import Held, drop_leaks, hold
from rare_app.lab.tuning.neighbours import Embed
from rare_app.lab.tuning.readers import read_sets

Say = Callable[[str], None]

LONGEST_ANSWER = 25
"""Answers of more words are left out of training, except where long ones are the set's point."""

CASES_A_SET = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What to make of the data.

    Attributes
    ----------
    names : tuple of str
        Data sets; empty for all that are there.
    limits : dict of str to int
        Most training items of a set; sets not named are taken whole.
    repeats : dict of str to int
        Times that the items of a set are asked (in other company each time).
    seed : int
        Seed of every choice.
    validation : int or None
        Most validation items of a set that cases are made of; ``None`` for all. (Training items
        are held against all of them in any case.)
    """

    names: tuple[str, ...] = ()
    limits: dict[str, int]
    repeats: dict[str, int]
    seed: int = 0
    validation: int | None = None


DEFAULT_LIMITS = {
    "squad1_train": 8000,
    "quac": 6000,
    "boolq_dev": 1600,
    "strategyqa": 500,
    "entailment_bank": 400,
    "tatqa": 500,
    "multihop": 600,
    "musique": 120,
}
DEFAULT_REPEATS = {"pubmedqa": 2}


def make_examples(
    *, data: Path, output: Path, recipe: Recipe, embed: Embed, say: Say
) -> list[Group]:
    """Read the sets, drop leaks, build groups, and write groups and cases under `output`.

    Raises
    ------
    UserError
        A data file is missing or has the wrong shape.
    """
    sets = read_sets(data, recipe.names)
    items = [item for chosen in sets.values() for item in chosen]
    validation = [item for item in items if item.split == "validation"]
    held = hold(validation)
    training, report = drop_leaks((item for item in items if item.split == "train"), held)
    for line in report.lines():
        say(line)
    by_set: dict[str, list[Item]] = {}
    random_source = random.Random(recipe.seed)
    for item in training:
        if item.kind != "span" or len(item.answer.split()) <= _longest(item):
            by_set.setdefault(item.data_set, []).append(item)
    for name, limit in recipe.limits.items():
        if len(by_set.get(name, ())) > limit:
            by_set[name] = random_source.sample(by_set[name], limit)
    groups = _build(by_set, recipe=recipe, embed=embed, held=held, random_source=random_source)
    write_groups(output / "examples.jsonl", groups)
    for line in describe(groups):
        say(line)
    write_all_cases(
        validation,
        output=output / "cases",
        embed=embed,
        seed=recipe.seed,
        most=recipe.validation,
        say=say,
    )
    return groups


def describe(groups: Sequence[Group]) -> list[str]:
    """Count groups, passages and questions of each set."""
    lines = []
    for name in dict.fromkeys(group.data_set for group in groups):
        own = [group for group in groups if group.data_set == name]
        questions = [question for group in own for question in group.questions]
        refused = sum(not question.answerable for question in questions)
        sizes = Counter(len(group.passages) for group in own)
        lines.append(
            f"{name}: {len(questions)} questions ({refused} unanswerable) in {len(own)} groups; "
            f"passages a group: {dict(sorted(sizes.items()))}"
        )
    return lines


def _longest(item: Item) -> int:
    return 60 if item.data_set == "covid_qa" else LONGEST_ANSWER


def _build(
    sets: dict[str, list[Item]],
    *,
    recipe: Recipe,
    embed: Embed,
    held: Held,
    random_source: random.Random,
) -> list[Group]:
    def chosen(*names: str) -> list[Item]:
        return [item for name in names for item in sets.get(name, ())]

    def shared(items: list[Item], plan: Plan) -> list[Group]:
        return shared_groups(items, plan=plan, embed=embed, held=held, random_source=random_source)

    groups: list[Group] = []
    for name, repeats in ((n, recipe.repeats.get(n, 1)) for n in (*sets, "")):
        for turn in range(repeats):
            if name == "qed":
                groups += shared(chosen("qed", "nq_open_oracle"), Plan())
            elif name == "squad1_train":
                groups += shared(chosen(name), Plan())
            elif name == "quac":
                groups += document_groups(
                    [item for item in chosen(name) if item.kind == "span"],
                    plan=Plan(refused=0.1),
                    held=held,
                    random_source=random_source,
                )
            elif name in ("squad2_half_dev", "covid_qa"):
                groups += shared(chosen(name), Plan(refused=0.6 if name[0] == "s" else 0.4))
            elif name == "nq_open_oracle" and "qed" not in sets:
                groups += shared(chosen(name), Plan())
            elif name in ("boolq_dev", "qasper"):
                groups += shared(chosen(name), Plan(sizes=(0.4, 0.35, 0.25), refused=0.12))
            elif name == "multihop":
                groups += own_groups(
                    chosen("multihop", "musique"),
                    plan=Plan(sizes=(0, 0, 0, 0.3, 0.35, 0.35), refused=0.3),
                    held=held,
                    random_source=random_source,
                    together=2,
                )
            elif name == "strategyqa":
                groups += own_groups(
                    chosen(name),
                    plan=Plan(sizes=(0, 0, 0, 0, 0.5, 0.5), refused=0.0),
                    held=held,
                    random_source=random_source,
                    together=2,
                )
            elif name in ("entailment_bank", "tatqa", "finqa", "pubmedqa"):
                groups += document_groups(
                    chosen(name),
                    plan=Plan(refused=0.2 if name in ("tatqa", "finqa") else 0.0, most=10),
                    held=held,
                    random_source=random_source,
                    shuffle=name != "pubmedqa" or turn % 2 == 1,
                )
    return groups


def write_all_cases(
    validation: Sequence[Item],
    *,
    output: Path,
    embed: Embed,
    say: Say,
    seed: int = 0,
    most: int | None = None,
) -> None:
    """Write a file of cases for each set, and one for its questions without an answer.

    Parameters
    ----------
    output : Path
        Folder of the files.
    seed : int
        Seed of every choice.
    most : int, optional
        Items of a set that cases are made of, the first ones; default all.
    """
    for name in dict.fromkeys(item.data_set for item in validation):
        own = [item for item in validation if item.data_set == name][:most]
        for answerable in (True, False):
            items = [item for item in own if item.answerable == answerable]
            if not items:
                continue
            if name in ("qed", "covid_qa", "squad2_half_dev", "clapnq"):
                ids = {item.identifier for item in items}
                cases = [
                    case for case in open_cases(own, embed=embed, seed=seed) if case["id"] in ids
                ][:CASES_A_SET]
            else:
                cases = [closed_case(item) for item in items[:CASES_A_SET]]
            path = output / f"{name}{'' if answerable else '_unanswerable'}.jsonl"
            write_cases(path, cases)
            say(f"{len(cases)} cases in {path.name}")
