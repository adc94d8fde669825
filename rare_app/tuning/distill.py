"""``tune distill``: a teacher writes the reasoning; only what is right and verbatim is kept.

Every question is tried until a try is accepted or the tries are used up; a question that is never
answered right is dropped. Each question's outcome is written to ``done.jsonl`` at once, so that an
interrupted run goes on after the last one; ``examples.jsonl`` is made of that file.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from rare_app.errors import UserError
from rare_app.tuning.asked import Asked
from rare_app.tuning.example_file import write_groups
from rare_app.tuning.groups import Group, Question
from rare_app.tuning.items import Passage
from rare_app.tuning.records import Record, read_text
from rare_app.tuning.teacher import Task, TaskRefusedError, Teacher
from rare_app.tuning.traces import RIGHT_FROM, accept

DONE_FILE, EXAMPLES_FILE = "done.jsonl", "examples.jsonl"

_LINES = 500
"""About how many lines of progress a run writes."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistillOptions:
    """Options of a distillation.

    Attributes
    ----------
    tries : int
        Most tries a question.
    right_from : float
        Least token-F1 of an answer that is right.
    parallel : int
        Questions that are asked at once.
    price_in, price_out : float
        Price of a million tokens read and written; 0 when there is none.
    seed : int
        Seed of the tries.
    """

    tries: int = 8
    right_from: float = RIGHT_FROM
    parallel: int = 1
    price_in: float = 0.0
    price_out: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one question; ``trace`` is ``None`` when it was dropped."""

    identifier: str
    tries: int
    rejected: dict[str, int]
    read: int
    written: int
    trace: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Figures of a distillation, over all of its runs; ``cost`` in the price's currency."""

    questions: int
    kept: int
    dropped: int
    acceptance_rate: float
    tries: int
    rejected: dict[str, int]
    tokens_read: int
    tokens_written: int
    cost: float


def distill(
    asked: Sequence[Asked], *, teacher: Teacher, output: Path, options: DistillOptions, say: Say
) -> Report:
    """Let a teacher reason over questions, or go on with what `output` holds.

    Parameters
    ----------
    asked : sequence of Asked
        The questions; identifiers are unique.
    output : Path
        Folder; gets ``done.jsonl`` and ``examples.jsonl``.

    Raises
    ------
    UserError
        The teacher cannot be asked, or ``done.jsonl`` is of the wrong shape; what was done before
        is kept.
    """
    output.mkdir(parents=True, exist_ok=True)
    path = output / DONE_FILE
    outcomes = _read(path)
    left = [one for one in asked if one.identifier not in outcomes]
    if outcomes:
        say(f"going on: {len(asked) - len(left)} of {len(asked)} questions are done")

    lock = threading.Lock()
    often = -(-len(asked) // _LINES)
    try:
        with path.open("a", encoding="utf-8") as file:

            def work(one: Asked) -> None:
                outcome = _ask(one, teacher=teacher, options=options, first=not outcomes)
                with lock:
                    file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
                    file.flush()
                    outcomes[outcome.identifier] = outcome
                    if len(outcomes) % often == 0 or len(outcomes) == len(asked):
                        say(_line(_sum_up(outcomes.values(), options), total=len(asked)))

            _each(work, left, parallel=options.parallel)
    finally:
        write_groups(output / EXAMPLES_FILE, _groups(asked, outcomes))
    return _sum_up(outcomes.values(), options)


def _each(work: Callable[[Asked], None], asked: Sequence[Asked], *, parallel: int) -> None:
    """Work on several at once; after an error what runs is finished, and nothing more is begun."""
    failed = threading.Event()

    def guarded(one: Asked) -> None:
        if not failed.is_set():
            try:
                work(one)
            except BaseException:
                failed.set()
                raise

    executor = ThreadPoolExecutor(max_workers=parallel)
    try:
        for future in as_completed([executor.submit(guarded, one) for one in asked]):
            future.result()
    finally:
        failed.set()
        executor.shutdown(cancel_futures=True)


def _ask(one: Asked, *, teacher: Teacher, options: DistillOptions, first: bool) -> Outcome:
    task = Task(one.question, one.passages, one.choices)
    rejected: Counter[str] = Counter()
    read = written = tries = 0
    trace = None
    while trace is None and tries < options.tries:
        try:
            reply = teacher.write(task, seed=_seed(one, options.seed, tries))
        except TaskRefusedError:
            if first:  # nothing has gone well yet: it is not this question alone
                raise
            rejected["refused"] += 1
            break
        tries, read, written = tries + 1, read + reply.read, written + reply.written
        trace, reason = accept(
            reply.text,
            passages=one.passages,
            answers=one.answers,
            choices=one.choices,
            right_from=options.right_from,
        )
        if reason:
            rejected[reason] += 1
    return Outcome(
        identifier=one.identifier,
        tries=tries,
        rejected=dict(rejected),
        read=read,
        written=written,
        trace=asdict(trace) if trace else None,
    )


def _seed(one: Asked, seed: int, number: int) -> int:
    text = f"{seed}/{one.identifier}/{number}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") >> 1


def _read(path: Path) -> dict[str, Outcome]:
    """Read the outcomes so far; a last line that a kill cut short is taken out of the file."""
    if not path.is_file():
        return {}
    text = read_text(path)
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    outcomes = {}
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            record = Record(dict(json.loads(line)), f"{path}, line {number}")
        except (ValueError, TypeError) as error:
            raise UserError(f"{path}, line {number} is no outcome: remove that line.") from error
        trace = record.value.get("trace")
        outcome = Outcome(
            identifier=record.need("identifier", str),
            tries=record.need("tries", int),
            rejected=record.need("rejected", dict),
            read=record.need("read", int),
            written=record.need("written", int),
            trace=None if trace is None else _trace(record),
        )
        outcomes[outcome.identifier] = outcome
    return outcomes


def _trace(record: Record) -> dict[str, str]:
    inner = record.inner(record.value["trace"], "trace")
    return {name: inner.need(name, str) for name in ("reasoning", "answer")}


def _groups(asked: Sequence[Asked], outcomes: dict[str, Outcome]) -> list[Group]:
    """Put accepted questions over the same passages into one group."""
    groups: dict[tuple[str, tuple[Passage, ...]], list[Question]] = {}
    for one in asked:
        outcome = outcomes.get(one.identifier)
        if outcome is not None and outcome.trace is not None:
            groups.setdefault((one.data_set, one.passages), []).append(
                Question(
                    identifier=one.identifier,
                    kind=one.kind,
                    question=one.question,
                    reasoning=outcome.trace["reasoning"],
                    answer=outcome.trace["answer"],
                    answerable=bool(one.answers),
                )
            )
    return [Group(name, passages, tuple(own)) for (name, passages), own in groups.items()]


def _sum_up(outcomes: Iterable[Outcome], options: DistillOptions) -> Report:
    found = list(outcomes)
    kept = sum(one.trace is not None for one in found)
    rejected: Counter[str] = Counter()
    for one in found:
        rejected.update(one.rejected)
    read, written = sum(one.read for one in found), sum(one.written for one in found)
    return Report(
        questions=len(found),
        kept=kept,
        dropped=len(found) - kept,
        acceptance_rate=round(kept / len(found), 4) if found else 0.0,
        tries=sum(one.tries for one in found),
        rejected=dict(rejected),
        tokens_read=read,
        tokens_written=written,
        cost=round((read * options.price_in + written * options.price_out) / 1e6, 4),
    )


def _line(report: Report, *, total: int) -> str:
    cost = f", cost {report.cost:.2f}" if report.cost else ""
    return (
        f"{report.questions}/{total}: {report.kept} kept, {report.dropped} dropped "
        f"({report.acceptance_rate:.0%} accepted), {report.tries} tries, "
        f"{report.tokens_read + report.tokens_written} tokens{cost}"
    )
