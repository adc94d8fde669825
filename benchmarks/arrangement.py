"""Answers from a whole collection, and what choosing and ordering the passages does to them.

``python -m benchmarks.arrangement DATA --output DIR [--sets covid_qa squad unrelated filings]
[--ways NAME…] [--limit 60] [--filings FOLDER]`` puts the held-out papers of COVID-QA and the
held-out articles of SQuAD 2.0 into libraries as a user would, asks their questions (and, of the
papers, encyclopaedic ones that they cannot answer), and answers each from what is retrieved, once
in every way:

- ``ranked``: the first six passages (``--passages``), best first, as the app does;
- ``best last``, ``ends``, ``as read``: the same in another order;
- ``two a document``, ``three a document``: a limit on one document's passages;
- ``joined``: neighbouring chunks among the six joined;
- ``no gate``: without the rule that decides between quoting and refusing.

``--chunk 100/0`` cuts the texts into other chunks; give it an output folder of its own.

The score below which nothing is asked at all (``refuse_below``) is told with and without in the
summary. Every answer is a line of a file, so that a run that was cut off goes on; a way that shows
the same as ``ranked`` is not answered again. Speed is not measured here.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.retrieval import keyed_questions
from rare_app.answer import Assistant
from rare_app.checks import interval
from rare_app.checks.score import holds
from rare_app.lab.evaluation import Case
from rare_app.lab.evaluation.evaluate import score_case
from rare_app.lab.strategies import (
    as_read,
    best_at_the_ends,
    best_last,
    join_neighbours,
    limit_document,
)
from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.readers import covid_qa, qed, squad
from rare_app.lab.tuning.text import fraction
from rare_app.library import Library, Passage
from rare_app.log import quiet_environment
from rare_app.services import services
from rare_app.settings import Settings, load_settings

RANKED = 24
"""Passages that are chosen from."""
BASE, NO_GATE = "ranked", "no gate"

Row = dict[str, Any]
Arrange = Callable[[Library, Sequence[Passage], int], list[Passage]]

WAYS: dict[str, Arrange] = {
    BASE: lambda _, found, k: list(found[:k]),
    "best last": lambda _, found, k: best_last(found[:k]),
    "ends": lambda _, found, k: best_at_the_ends(found[:k]),
    "as read": lambda _, found, k: as_read(found[:k]),
    "two a document": lambda _, found, k: limit_document(found, k=k, most=2),
    "three a document": lambda _, found, k: limit_document(found, k=k, most=3),
    "joined": lambda library, found, k: join_neighbours(found[:k], page_text=library.page_text),
    NO_GATE: lambda _, found, k: list(found[:k]),
}


@dataclass(frozen=True, slots=True)
class Collection:
    """Texts of a collection by file name, and the questions asked of it."""

    texts: Mapping[str, str]
    cases: Sequence[Case]
    files: Sequence[Path] = ()


def read_papers(data: Path, *, limit: int) -> Collection:
    """Papers of COVID-QA that no part of the app has learned from."""
    papers = [one for one in covid_qa.read_papers(data / "covid_qa") if one.split == "validation"]
    texts = {f"paper-{number:02}.txt": one.text for number, one in enumerate(papers, 1)}
    items = [one for one in covid_qa.read(data / "covid_qa") if one.split == "validation"]
    return Collection(texts, _pick(items, limit))


def read_articles(data: Path, *, limit: int) -> Collection:
    """Articles of SQuAD; as many questions that their article does not answer as others."""
    items = [one for one in squad.read(data / squad.NAME) if one.split == "validation"]
    paragraphs: dict[str, dict[str, None]] = {}
    for item in items:
        paragraphs.setdefault(item.passages[0].title, {})[item.passages[0].text] = None
    texts = {f"{title}.txt": "\n\n".join(own) for title, own in paragraphs.items()}
    answered = [one for one in items if one.answerable]
    others = [one for one in items if not one.answerable]
    return Collection(texts, [*_pick(answered, limit), *_pick(others, limit)])


def read_unrelated(data: Path, *, limit: int) -> Collection:
    """Encyclopaedic questions to the papers."""
    items = [one for one in qed.read(data / "qed") if one.split == "validation"]
    cases = [replace(one, answers=(), evidence=None) for one in _pick(items, limit)]
    return Collection(read_papers(data, limit=0).texts, cases)


def read_filings(folder: Path) -> Collection:
    """Filings of two companies; what is looked for are figures that the answer rests on."""
    cases = [
        Case(
            id=f"filings-{number}",
            question=question,
            passages=None,
            answers=tuple(keys),
            choices=None,
            evidence=tuple(keys),
        )
        for number, (question, _, keys) in enumerate(keyed_questions(folder / "questions.csv"))
    ]
    return Collection({}, cases, sorted(folder.glob("*.pdf")))


def _pick(items: Sequence[Item], limit: int) -> list[Case]:
    unique = {one.question: one for one in reversed(items)}
    chosen = sorted(unique.values(), key=lambda one: fraction(one.question))[:limit]
    return [
        Case(
            id=one.identifier,
            question=one.question,
            passages=None,
            answers=one.answers,
            choices=None,
            evidence=tuple(part.text for part in one.evidence) or None,
        )
        for one in chosen
    ]


def answer_all(
    collection: Collection, ways: Sequence[str], *, settings: Settings, name: str, output: Path
) -> dict[str, list[Row]]:
    """Answer a collection's questions in every way, or go on with what `output` holds."""
    found: dict[str, list[Row]] = {}
    with services(settings) as opened:
        library = opened.library
        folder = settings.home / "texts" / name
        folder.mkdir(parents=True, exist_ok=True)
        paths = list(collection.files)
        for file_name, text in collection.texts.items():
            paths.append(folder / file_name.replace("/", "-"))
            paths[-1].write_text(text, encoding="utf-8")
        report = library.add(paths, collection=name)
        if report.failed:
            raise SystemExit(str(report.failed))
        assistants = {
            gate: Assistant(
                settings=replace(settings, gate=gate), library=library, engine=opened.engine
            )
            for gate in ("on", "off")
        }
        for way in ways:
            path = output / f"{name}--{way.replace(' ', '-')}.jsonl"
            rows = (
                [json.loads(line) for line in path.read_text("utf-8").splitlines()]
                if path.exists()
                else []
            )
            base = {row["id"]: row for row in found.get(BASE, ())}
            for case in collection.cases[len(rows) :]:
                ranked = library.retrieve(case.question, k=RANKED, collection=name)
                shown = WAYS[way](library, ranked, settings.passages)
                texts = [one.text for one in shown]
                same = base.get(case.id)
                if same is not None and way != NO_GATE and same["texts"] == texts:
                    row = same
                else:
                    assistant = assistants["off" if way == NO_GATE else "on"]
                    row = ask(assistant, case, shown)
                rows.append(row)
                with path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                if len(rows) % 10 == 0:
                    print(f"{name}, {way}: {len(rows)}/{len(collection.cases)}", flush=True)
            found[way] = rows[: len(collection.cases)]
    return found


def ask(assistant: Assistant, case: Case, shown: Sequence[Passage]) -> Row:
    """Answer from these passages; the score of the best is kept for the summary."""
    answer = assistant.answer(case.question, passages=shown)
    scores = score_case(case, answer)
    known = [any(holds(one.text, part) for one in shown) for part in case.evidence or ()]
    return {
        "id": case.id,
        "question": case.question,
        "answerable": bool(case.answers),
        "answers": list(case.answers),
        "answer": answer.answer,
        "answered": answer.answered,
        "withheld": answer.withheld,
        "statuses": [one.status for one in answer.claims],
        "confidence": answer.confidence,
        "doubtful": answer.doubtful,
        "decision": asdict(answer.decision) if answer.decision else None,
        "token_f1": scores.token_f1,
        "evidence_shown": any(known) if known else None,
        "evidence_quoted": bool(scores.evidence_found)
        if scores.evidence_found is not None
        else None,
        "best": max((one.score for one in shown), default=0.0),
        "texts": [one.text for one in shown],
    }


def table(found: Mapping[str, Sequence[Row]], *, refuse_below: float) -> str:
    """Write a collection's figures as Markdown; the gain in F1 is paired with ``ranked``."""
    lines = [
        "| way | token-F1 | against ranked | evidence shown | quoted | refused, answerable "
        "| refused, not answerable |",
        "|---|---|---|---|---|---|---|",
    ]
    gated = {way: [_gate(row, refuse_below) for row in rows] for way, rows in found.items()}
    if BASE in found:
        gated["no least score"] = list(found[BASE])
    base = {row["id"]: row["token_f1"] for row in gated.get(BASE, ())}
    for way, rows in gated.items():
        answerable = [row for row in rows if row["answerable"]]
        others = [row for row in rows if not row["answerable"]]
        gains = [
            row["token_f1"] - base[row["id"]]
            for row in answerable
            if base.get(row["id"]) is not None
        ]
        cells = [
            _mean([row["token_f1"] for row in answerable]),
            _mean(gains, sign="+") if way != BASE else "",
            _mean([row["evidence_shown"] for row in answerable]),
            _mean([row["evidence_quoted"] for row in answerable]),
            _mean([not row["answered"] for row in answerable]),
            _mean([not row["answered"] for row in others]),
        ]
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _gate(row: Row, refuse_below: float) -> Row:
    if row["best"] >= refuse_below:
        return row
    known = None if row["token_f1"] is None else 0.0
    quoted = None if row["evidence_quoted"] is None else False
    return {**row, "answered": False, "token_f1": known, "evidence_quoted": quoted}


def _mean(values: Sequence[float | bool | None], *, sign: str = "") -> str:
    known = [float(one) for one in values if one is not None]
    if not known:
        return "–"
    low, high = interval(known) or (float("nan"), float("nan"))
    return f"{sum(known) / len(known):{sign}.3f} ({low:{sign}.2f} to {high:{sign}.2f})"


def main() -> int:
    """Answer, keep, print a table for each collection."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--filings", type=Path, help="folder with PDF files and questions.csv")
    parser.add_argument("--sets", nargs="*", default=["covid_qa", "squad", "unrelated"])
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--passages", type=int, help="how many are shown")
    parser.add_argument("--chunk", help="length/overlap of the chunks in tokens, e.g. 100/0")
    options = parser.parse_args()
    quiet_environment()
    readers: dict[str, Callable[[], Collection]] = {
        "covid_qa": lambda: read_papers(options.data, limit=options.limit),
        "squad": lambda: read_articles(options.data, limit=options.limit),
        "unrelated": lambda: read_unrelated(options.data, limit=options.limit),
        "filings": lambda: read_filings(options.filings),
    }
    options.output.mkdir(parents=True, exist_ok=True)
    for name in options.sets:
        collection = readers[name]()
        length, _, overlap = (options.chunk or "").partition("/")
        settings = load_settings(
            home=options.output / "home" / name,
            read_ahead="off",
            passages=options.passages,
            chunk_tokens=length or None,
            chunk_overlap_tokens=overlap or None,
        )
        found = answer_all(
            collection, options.ways, settings=settings, name=name, output=options.output
        )
        print(f"\n{name}: {len(collection.cases)} questions\n")
        print(table(found, refuse_below=settings.refuse_below), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
