"""Run variants over sets of cases, a line a case, so that an interrupted run goes on."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from rare_app.answer import choice_of
from rare_app.errors import UserError
from rare_app.lab.evaluation.cases import Case, read_cases, whole_lines
from rare_app.lab.evaluation.evaluate import given_passages, score_case
from rare_app.lab.evaluation.passages import Embed, gold_places, likest_sentence
from rare_app.lab.evaluation.variants import Variant
from rare_app.library import Passage
from rare_app.types import Answer

Record = dict[str, Any]
Say = Callable[[str], None]
CASES_FOLDER, RUN_FILE = "cases", "run.json"


class Answerer(Protocol):
    """Answers a case as a variant says."""

    def __call__(
        self, case: Case, passages: Sequence[Passage] | None, *, variant: Variant
    ) -> Answer:
        """Answer over these passages; ``None`` for no passages at all."""


def find_sets(paths: Sequence[Path], *, limit: int | None = None) -> dict[str, list[Case]]:
    """Read case files; of a folder all ``.jsonl`` files. A set's name is its file's.

    Raises
    ------
    UserError
        There is no file, a line is not a case, a case has no passages, or a name comes twice.
    """
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        if not inside:
            raise UserError(f"The folder “{path}” holds no .jsonl file of cases.")
        files += inside
    sets: dict[str, list[Case]] = {}
    for path in files:
        if path.stem in sets:
            raise UserError(f"Two files are named “{path.name}”: name one otherwise.")
        sets[path.stem] = cases = list(read_cases(path, limit=limit))
        for number, case in enumerate(cases, start=1):
            if case.passages is None:
                raise UserError(
                    f"Case {number} of “{path.name}” has no passages: variants are compared over "
                    "given passages; “evaluate” also retrieves them."
                )
    return sets


def compare(
    sets: Mapping[str, Sequence[Case]],
    variants: Sequence[Variant],
    *,
    answer: Answerer,
    embed: Embed,
    output: Path,
    facts: Mapping[str, Any],
    say: Say,
) -> dict[str, dict[str, list[Record]]]:
    """Answer every case in every variant, or go on with what `output` holds.

    Parameters
    ----------
    facts : mapping
        What the figures depend on (model, adapter …); a folder of others is refused.

    Returns
    -------
    dict of str to dict of str to list
        Records by set and variant, in the order of the cases.

    Raises
    ------
    UserError
        The folder belongs to another comparison.
    """
    (output / CASES_FOLDER).mkdir(parents=True, exist_ok=True)
    _same_run(output / RUN_FILE, dict(facts))
    found: dict[str, dict[str, list[Record]]] = {}
    for name, cases in sets.items():
        found[name] = {}
        for variant in variants:
            path = output / CASES_FOLDER / f"{name}--{variant.name}.jsonl"
            found[name][variant.name] = _run(
                cases, variant, answer=answer, embed=embed, path=path, where=name, say=say
            )
    return found


def _run(
    cases: Sequence[Case],
    variant: Variant,
    *,
    answer: Answerer,
    embed: Embed,
    path: Path,
    where: str,
    say: Say,
) -> list[Record]:
    records = _read(path, cases)
    label = f"{where}, {variant.name}"
    if 0 < len(records) < len(cases):
        say(f"{label}: going on after case {len(records)} of {len(cases)}")
    with path.open("a", encoding="utf-8") as file:
        for number in range(len(records), len(cases)):
            record = _answer(cases[number], variant, answer=answer, embed=embed)
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            records.append(record)
            if (number + 1) % 10 == 0 or number + 1 == len(cases):
                say(f"{label}: {number + 1}/{len(cases)}")
    return records[: len(cases)]


def _answer(case: Case, variant: Variant, *, answer: Answerer, embed: Embed) -> Record:
    passages: list[Passage] | None = given_passages(case.passages or ())
    gold = gold_places(case, passages or [])
    if variant.shown == "gold":
        passages = [(passages or [])[place] for place in gold]
        gold = list(range(len(gold)))
        if not passages:
            return {"id": case.id, "question": case.question, "applies": False}
    elif variant.shown == "sentence":
        passages = likest_sentence(case.question, passages or [], embed=embed)
        gold = []
    elif variant.shown == "none":
        passages, gold = None, []
    given = answer(case, passages, variant=variant)
    result = score_case(case, given)
    said = given.answer if given.answered else ""
    quoted = {quote.passage for quote in given.quotes}
    return {
        "id": case.id,
        "question": case.question,
        "applies": True,
        "answerable": bool(case.answers),
        "answered": given.answered,
        "answer": given.answer,
        "reasoning": given.reasoning,
        "token_f1": result.token_f1,
        "answer_recall": result.answer_recall,
        "exact_match": result.exact_match,
        "choice_right": result.choice_right,
        "expected": case.answers[0] if case.choices and case.answers else None,
        "chosen": choice_of(given.choice or said, case.choices) if case.choices else None,
        "evidence_found": result.evidence_found if variant.wording is None else None,
        "quotes": len(given.quotes),
        "invented": len(given.invented_quotes),
        "quote_in_gold": bool(quoted & set(gold)) if gold and variant.wording is None else None,
        "first_token_s": given.timings.first_token_s,
        "total_s": given.timings.total_s,
        "generated": given.tokens.generated,
    }


def _read(path: Path, cases: Sequence[Case]) -> list[Record]:
    """Read the records so far."""
    records: list[Record] = []
    for number, line in enumerate(whole_lines(path), start=1):
        try:
            record = json.loads(line)
            same = (record["id"], record["question"])
        except (ValueError, LookupError, TypeError) as error:
            raise UserError(f"{path}, line {number} is no record: remove the file.") from error
        if number <= len(cases) and same != (cases[number - 1].id, cases[number - 1].question):
            raise UserError(
                f"{path}, line {number} belongs to other cases: name another folder for --output."
            )
        records.append(record)
    return records


def _same_run(path: Path, facts: Record) -> None:
    if path.is_file():
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise UserError(f"{path} is not valid JSON: name another folder.") from error
        for name, value in facts.items():
            if before.get(name) != value:
                raise UserError(
                    f"{path.parent} holds figures with {name} “{before.get(name)}”, not “{value}”: "
                    "name another folder for --output."
                )
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
