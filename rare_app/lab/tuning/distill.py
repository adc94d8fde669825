"""``tune distill``: a teacher writes the reasoning; only what is right and proved is kept.

Every question is sampled until enough tries are right or they are used up; then the teacher is told
answer and evidence, and samples again. The shortest right try is kept; a question without one is
dropped. Each question's outcome is written to ``done.jsonl`` at once, so that a run that was
interrupted goes on after the last one; ``examples.jsonl`` is made of that file.
"""

import hashlib
import json
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from rare_app.errors import UserError
from rare_app.lab.tuning.asked import Asked
from rare_app.lab.tuning.example_file import write_groups
from rare_app.lab.tuning.groups import Group, Question
from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.records import Record, read_text
from rare_app.lab.tuning.stopping import Stopping
from rare_app.lab.tuning.teacher import Reply, Task, TaskRefusedError, Teacher
from rare_app.lab.tuning.traces import Trace
from rare_app.model import Cancelled
from rare_app.prompt import with_choices

DONE_FILE, EXAMPLES_FILE = "done.jsonl", "examples.jsonl"
TURN = 8
"""Questions of a set that are asked before it is another set's turn."""

_LINES = 500
"""About how many lines of progress a run writes."""

Say = Callable[[str], None]


class Judge(Protocol):
    """Says which tries may be learned from."""

    def examine(self, reply: Reply, asked: Asked) -> tuple[Trace | None, str]:
        """Give what is to be learned, or why nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistillOptions:
    """Options of a distillation.

    Attributes
    ----------
    tries : int
        Most tries a question, as a user would ask it.
    enough : int
        Right tries after which no more are made; the shortest is kept.
    told : int
        Most further tries of a teacher that is told answer and evidence, where none was right.
    hours : float or None
        Time after which no more questions are begun; ``None`` for no end.
    parallel : int
        Questions that are asked at once.
    price_in, price_out : float
        Price of a million tokens read and written; 0 when there is none.
    seed : int
        Seed of the tries.
    """

    tries: int = 4
    enough: int = 2
    told: int = 2
    hours: float | None = None
    parallel: int = 1
    price_in: float = 0.0
    price_out: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one question; ``trace`` is ``None`` when it was dropped.

    Attributes
    ----------
    told : bool
        Whether the teacher was told answer and evidence.
    """

    identifier: str
    tries: int
    rejected: dict[str, int]
    read: int
    written: int
    trace: dict[str, str] | None
    told: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Figures of a distillation, over all of its runs; ``cost`` in the price's currency.

    Attributes
    ----------
    told : int
        How many of those kept were found only when answer and evidence were told.
    rejected : dict of str to int
        Tries, by why they were rejected.
    sets : dict of str to (int, int)
        Kept and asked, by data set.
    seconds : float
        A question, on average.
    """

    questions: int
    kept: int
    told: int
    dropped: int
    acceptance_rate: float
    tries: int
    rejected: dict[str, int]
    sets: dict[str, tuple[int, int]]
    tokens_read: int
    tokens_written: int
    cost: float
    seconds: float


def distill(
    asked: Sequence[Asked],
    *,
    teacher: Teacher,
    judge: Judge,
    output: Path,
    options: DistillOptions,
    say: Say,
    stopping: Stopping | None = None,
) -> Report:
    """Let a teacher reason over questions, or go on with what `output` holds.

    Parameters
    ----------
    asked : sequence of Asked
        The questions; identifiers are unique.
    output : Path
        Folder; gets ``done.jsonl`` and ``examples.jsonl``.
    stopping : Stopping, optional
        Once it is asked for, no more questions are begun.

    Raises
    ------
    UserError
        The teacher cannot be asked, or ``done.jsonl`` is of the wrong shape; what was done before
        is kept.
    """
    output.mkdir(parents=True, exist_ok=True)
    path = output / DONE_FILE
    outcomes = _read(path)
    left = list(in_turns(asked, done=outcomes.keys()))
    if outcomes:
        say(f"going on: {len(asked) - len(left)} of {len(asked)} questions are done")

    lock = threading.Lock()
    often = -(-len(asked) // _LINES)
    end = time.monotonic() + options.hours * 3600 if options.hours else float("inf")
    stopped = stopping or Stopping()
    try:
        with path.open("a", encoding="utf-8") as file:

            def work(one: Asked) -> None:
                if stopped.asked or time.monotonic() >= end:
                    return
                try:
                    outcome = _ask(
                        one, teacher=teacher, judge=judge, options=options, first=not outcomes
                    )
                except Cancelled:
                    return
                with lock:
                    file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
                    file.flush()
                    outcomes[outcome.identifier] = outcome
                    if len(outcomes) % often == 0 or len(outcomes) == len(asked):
                        say(_line(_sum_up(asked, outcomes, options), total=len(asked)))

            _each(work, left, parallel=options.parallel)
    finally:
        write_groups(output / EXAMPLES_FILE, _groups(asked, outcomes))
    return _sum_up(asked, outcomes, options)


def in_turns(asked: Sequence[Asked], *, done: Iterable[str]) -> Iterator[Asked]:
    """Order what is left so that all sets have had about as many questions at any stop.

    Questions over the same passages follow one another, also over several turns.
    """
    done = set(done)
    had = Counter({one.data_set: 0 for one in asked})
    had.update(one.data_set for one in asked if one.identifier in done)
    groups: dict[tuple[str, tuple[Passage, ...]], list[Asked]] = defaultdict(list)
    for one in asked:
        if one.identifier not in done:
            groups[one.data_set, one.passages].append(one)
    queues: dict[str, deque[Asked]] = defaultdict(deque)
    for (name, _), own in groups.items():
        queues[name].extend(own)
    while queues:
        name = min(queues, key=lambda one: (had[one], one))
        turn = [queues[name].popleft() for _ in range(min(TURN, len(queues[name])))]
        had[name] += len(turn)
        if not queues[name]:
            del queues[name]
        yield from turn


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


def _ask(
    one: Asked, *, teacher: Teacher, judge: Judge, options: DistillOptions, first: bool
) -> Outcome:
    begun = time.monotonic()
    rejected: Counter[str] = Counter()
    read = written = tries = 0
    found: list[Trace] = []
    told = False
    for told, most in ((False, options.tries), (True, options.told)):
        task = Task(
            question=one.question,
            passages=one.passages,
            choices=one.told,
            answers=one.answers,
            evidence=one.evidence,
            verdict=one.is_verdict,
            told=told,
        )
        end, wrong = tries + most, rejected["answer"]
        while not found[options.enough - 1 :] and tries < end:
            try:
                reply = teacher.write(task, seed=_seed(one, options.seed, tries))
            except TaskRefusedError:
                if first:  # nothing has gone well yet: it is not this question alone
                    raise
                rejected["request"] += 1
                break
            tries, read, written = tries + 1, read + reply.read, written + reply.written
            trace, reason = judge.examine(reply, one)
            if trace is not None:
                found.append(trace)
            rejected.update([reason] if reason else [])
        if rejected["answer"] - wrong >= len(found) and one.choices:
            # One of a few choices is also hit by chance: most tries have to be right.
            rejected.update(["chance"] * len(found))
            found = []
        if found or rejected["request"]:
            break
    return Outcome(
        identifier=one.identifier,
        tries=tries,
        rejected=dict(rejected),
        read=read,
        written=written,
        trace=asdict(min(found, key=lambda trace: trace.words)) if found else None,
        told=told,
        seconds=round(time.monotonic() - begun, 1),
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
            told=bool(record.value.get("told")),
            seconds=float(record.value.get("seconds", 0.0)),
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
                    question=with_choices(one.question, one.told),
                    reasoning=outcome.trace["reasoning"],
                    answer=outcome.trace["answer"],
                    answerable=bool(one.answers),
                )
            )
    return [Group(name, passages, tuple(own)) for (name, passages), own in groups.items()]


def _sum_up(
    asked: Sequence[Asked], outcomes: dict[str, Outcome], options: DistillOptions
) -> Report:
    found = list(outcomes.values())
    kept = [one for one in found if one.trace is not None]
    rejected: Counter[str] = Counter()
    for one in found:
        rejected.update(one.rejected)
    sets: dict[str, tuple[int, int]] = {}
    for question in asked:
        if (outcome := outcomes.get(question.identifier)) is not None:
            good, all_of_it = sets.get(question.data_set, (0, 0))
            sets[question.data_set] = (good + (outcome.trace is not None), all_of_it + 1)
    read, written = sum(one.read for one in found), sum(one.written for one in found)
    return Report(
        questions=len(found),
        kept=len(kept),
        told=sum(one.told for one in kept),
        dropped=len(found) - len(kept),
        acceptance_rate=round(len(kept) / len(found), 4) if found else 0.0,
        tries=sum(one.tries for one in found),
        rejected=dict(rejected.most_common()),
        sets=sets,
        tokens_read=read,
        tokens_written=written,
        cost=round((read * options.price_in + written * options.price_out) / 1e6, 4),
        seconds=round(sum(one.seconds for one in found) / len(found), 1) if found else 0.0,
    )


def _line(report: Report, *, total: int) -> str:
    cost = f", cost {report.cost:.2f}" if report.cost else ""
    return (
        f"{report.questions}/{total}: {report.kept} kept ({report.told} of them told), "
        f"{report.dropped} dropped ({report.acceptance_rate:.0%} accepted), {report.tries} tries, "
        f"{report.tokens_read + report.tokens_written} tokens, {report.seconds:.0f} s a "
        f"question{cost}; rejected: {report.rejected}"
    )
