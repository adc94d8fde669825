"""Cases whose answers need a step: a calculation, or a search for what the passages do not hold.

Each has, beside what :func:`rare_app.lab.evaluation.read_cases` reads:

- ``held``: passages that were not given and that a search may find, those that are needed among
  others;
- ``needed``: kinds of the steps without which the answer is not to be had;
- ``must`` (the own questions): figures and words of a right answer.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from benchmarks.arithmetic import MOST_PARAGRAPHS, written
from rare_app.lab.tuning.cases import closed_case
from rare_app.lab.tuning.readers import finqa, multihop
from rare_app.lab.tuning.records import read_list, read_object
from rare_app.lab.tuning.text import holds
from rare_app.library import Library, Passage
from rare_app.numbers import figures_in
from rare_app.settings import load_settings

Row = dict[str, Any]
T = TypeVar("T")

QUESTIONS = Path(__file__).with_name("steps_questions.jsonl")
DOCUMENTS = Path(__file__).with_name("steps_documents")
MOST = 60
"""Cases of a data set."""
GIVEN, HELD = 5, 8
"""Most passages of a case that are given, and that a search may find."""
_SEED = 35


def read_questions() -> list[Row]:
    """Read the own questions (``steps_documents.md`` says what each holds)."""
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def all_cases(data: Path) -> Iterator[tuple[str, list[Row]]]:
    """Give name and cases of each set."""
    yield "steps_finqa", list(islice(finqa_cases(data / "uda_bench"), MOST))
    for name, file in (("steps_hotpot", "hotpot200.json"), ("steps_2wiki", "2wiki200.json")):
        yield name, list(islice(search_cases(data / "multihop", file), MOST))
    yield "steps_own", own_cases(read_questions(), library_passages(DOCUMENTS))


def finqa_cases(folder: Path) -> Iterator[Row]:
    """Give FinQA's sums over the reports that are held back, in an order drawn once.

    Left out is what asks for yes or no, and what was answered otherwise than its own program says.
    """
    whole = read_object(folder / "bench_fin_qa.json")
    entries = {
        f"{finqa.NAME}-{entry.need('q_uid', str)}": (report, entry.value)
        for report in whole.value
        for entry in whole.objects(report)
    }
    items = [
        item for item in finqa.read(folder) if item.split == "validation" and follows(item.answers)
    ]
    Random(_SEED).shuffle(items)
    for item in items:
        order = dict.fromkeys([0, *item.gold, *range(len(item.passages))])
        texts = [one.text for one in item.passages]
        texts[0] = written(entries[item.identifier][1]["context"]["table"])
        shown = [texts[at] for at in sorted(list(order)[: 1 + MOST_PARAGRAPHS])]
        program = item.evidence[-1].then.rpartition(" = ")[0]
        yield {
            **closed_case(item),
            "passages": shown,
            "evidence": None,
            "needed": ["calculation"],
            "program": program,
        }


def follows(answers: Sequence[str]) -> bool:
    """Whether a written answer is what its program gives, rounded, or as a share of a hundred."""
    said, exact = answers
    figures = figures_in(said)
    try:
        worked_out = abs(Decimal(exact))
    except ArithmeticError:
        return False
    return any(
        abs(value - one) <= Decimal(1).scaleb(min(0, _exponent(value)))
        for value in (figures[0] if figures else ())
        for one in (worked_out, worked_out * 100)
    )


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def search_cases(folder: Path, file: str) -> Iterator[Row]:
    """Give a file's questions, in an order drawn once, with one of the articles that they need.

    Given is the one from which the reasoning sets out; the others are held back. Left out is what
    can be answered from the given ones: their words hold the answer, and it is no choice that the
    question itself names.
    """
    wanted = {f"{multihop.NAME}-{record.need('_id', str)}" for record in read_list(folder / file)}
    items = {item.identifier: item for item in multihop.read(folder) if item.identifier in wanted}
    chosen = [one for one in items.values() if len(one.gold) > 1 and len(one.passages) > GIVEN]
    Random(_SEED).shuffle(chosen)
    for item in chosen:
        others = [at for at in range(len(item.passages)) if at not in item.gold]
        given, held = _share_out([item.gold[0]], list(item.gold[1:]), others, item.identifier)
        kept = replace(item, passages=tuple(item.passages[at] for at in given))
        chosen_from = item.choices or holds(item.question, item.answer)
        if not chosen_from and any(holds(one.text, item.answer) for one in kept.passages):
            continue
        yield {
            **closed_case(kept),
            "held": [item.passages[at].text for at in held],
            "needed": ["search"],
        }


def _share_out(
    given: Sequence[T], held: Sequence[T], others: Sequence[T], name: str
) -> tuple[list[T], list[T]]:
    """Fill what is given, then what may be found, with others, and shuffle both."""
    free = max(0, GIVEN - len(given))
    lists = [*given, *others[:free]], [*held, *others[free : free + max(0, HELD - len(held))]]
    for one in lists:
        Random(f"{_SEED}:{name}").shuffle(one)
    return lists


def library_passages(folder: Path) -> list[Passage]:
    """Cut the documents of a folder as the app does."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home))
        with closing(Library(settings=settings)) as library:
            library.add(sorted(folder.iterdir()))
            return list(library.chunks())


def own_cases(questions: Iterable[Row], passages: Sequence[Passage]) -> list[Row]:
    """Write the own questions as cases: what the first document holds is given, the rest held back.

    A passage begins with its document's name, since a case's passages have none.
    """
    cases = []
    for asked in questions:
        places = asked["places"]
        gold = [one for one in passages if any(_holds(one, place) for place in places)]
        first = [one for one in gold if one.document == places[0]["document"]]
        names = {place["document"] for place in places}
        others = [one for one in passages if one not in gold]
        Random(f"{_SEED}:{asked['id']}").shuffle(others)
        others.sort(key=lambda one: one.document not in names)
        rest = [one for one in gold if one not in first]
        given, held = _share_out(first, rest, others, asked["id"])
        needed = ["calculation"] if asked["kind"] == "calculation" else []
        cases.append(
            {
                "id": asked["id"],
                "question": asked["question"],
                "passages": [_named(one) for one in given],
                "answers": [asked["right"]],
                "held": [_named(one) for one in held],
                "needed": [*needed, *(["search"] if rest else [])],
                "must": asked["must"],
            }
        )
    return cases


def _named(passage: Passage) -> str:
    return "\n".join(filter(None, (passage.document, passage.head, passage.text)))


def _holds(passage: Passage, place: Row) -> bool:
    return (
        passage.document == place["document"]
        and place["page"] in (None, passage.page)
        and one_line(place["words"]) in one_line(passage.text)
    )


def one_line(text: str) -> str:
    """Write a text without line ends and marks of emphasis and tables."""
    return " ".join(re.sub(r"[*\\|]", "", text).split())
