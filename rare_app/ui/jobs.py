"""Adding files in the background: it goes on when the tab is closed."""

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

from rare_app.errors import UserError
from rare_app.library import FileToAdd, IngestProgress, IngestReport, Library, StoredDocument
from rare_app.plain import counted

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class FileState:
    """Where one file stands; ``done`` of ``total`` pages or chunks."""

    name: str
    stage: Literal["waiting", "reading", "embedding", "added", "skipped", "failed", "renewing"] = (
        "waiting"
    )
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen with this file."""
        return self.stage in {"added", "skipped", "failed"}


@dataclass(slots=True, eq=False)
class Job:
    """One batch of files that is added to a collection."""

    collection: str
    files: list[FileToAdd]
    states: list[FileState]
    temporary: bool
    finished: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    report: IngestReport | None = None
    error: str = ""


class IngestJobs:
    """One background thread that adds batches one after the other."""

    def __init__(self, *, library: Library, on_added: Callable[[], None] = lambda: None) -> None:
        self._library = library
        self._on_added = on_added
        self._queue: queue.Queue[Job | None] = queue.Queue()
        self._jobs: list[Job] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)
        self._thread.start()

    def submit(
        self, files: Sequence[FileToAdd], *, collection: str, temporary: bool = False
    ) -> Job:
        """Queue a batch.

        Parameters
        ----------
        temporary : bool
            Whether the files are uploads that are deleted once they are taken in.
        """
        job = Job(
            collection=collection,
            files=list(files),
            states=[FileState(name=file.name) for file in files],
            temporary=temporary,
        )
        self._jobs = [one for one in self._jobs if not one.finished.is_set()] + [job]
        self._queue.put(job)
        return job

    def running(self) -> Job | None:
        """Find the newest batch that is not finished; ``None`` when all are."""
        return next((job for job in reversed(self._jobs) if not job.finished.is_set()), None)

    def follow(self, job: Job) -> Iterator[list[FileState]]:
        """Give the states of a batch's files until it is finished, whenever they change."""
        last: list[FileState] = []
        while not job.finished.wait(_TICK_SECONDS):
            if (now := list(job.states)) != last:
                last = now
                yield now
        yield list(job.states)

    def close(self) -> None:
        """Stop after the file that is being read; the rest is taken up at the next start."""
        self._closing.set()
        for job in self._jobs:
            job.stop.set()
        self._queue.put(None)

    def _work(self) -> None:
        self._resume()
        self._renew()
        while (job := self._queue.get()) is not None:
            self._run(job)

    def _run(self, job: Job) -> None:
        try:
            job.report = self._library.add(
                job.files,
                collection=job.collection,
                on_progress=partial(_note, job),
                cancelled=job.stop.is_set,
            )
            _finish(job)
        except UserError as error:
            job.error = str(error)
            _fail(job, str(error))
        except Exception:
            log.exception("Adding files failed")
            job.error = "Something went wrong that should not; the log has the details."
            _fail(job, job.error)
        finally:
            if job.temporary:
                for file in job.files:
                    Path(file.path).unlink(missing_ok=True)
            job.finished.set()
            self._on_added()

    def _resume(self) -> None:
        try:
            report = self._library.resume()
        except UserError as error:
            log.warning("Files of the last time could not be taken up: %s", error)
            return
        if report.added:
            log.info("%d files of the last time were taken up again.", len(report.added))
            self._on_added()

    def _renew(self) -> None:
        """Read the documents of an older reader anew, one by one; what is added goes first."""
        try:
            older = self._library.outdated()
        except UserError as error:
            log.warning("Which documents are to be read anew is not known: %s", error)
            return
        if not older:
            return
        job = Job(collection="", files=[], states=[], temporary=False, stop=self._closing)
        self._jobs.append(job)
        done = 0
        while done < len(older) and not self._closing.is_set():
            if not self._queue.empty():
                if (added := self._queue.get()) is not None:
                    self._run(added)
                continue
            one = older[done]
            say = partial(_say_renewing, job, one.name, f"{done + 1:,} of {len(older):,}")
            say(0, 0)
            self._renew_one(one, say)
            # What was broken off for a file that is added is begun again behind it.
            done += self._queue.empty()
        job.states = []
        job.finished.set()

    def _renew_one(self, one: StoredDocument, say: Callable[[int, int], None]) -> None:
        try:
            if self._library.renew(
                one,
                on_page=say,
                cancelled=lambda: self._closing.is_set() or not self._queue.empty(),
            ):
                self._on_added()
        except UserError as error:
            log.warning("%s was not read anew: %s", one.name, error)
        except Exception:
            log.exception("Reading %s anew failed", one.name)


def _say_renewing(job: Job, name: str, place: str, done: int, total: int) -> None:
    """Say which document is read anew, and how far that is."""
    page = f", page {done:,} of {total:,}" if total else ""
    job.states = [
        FileState(name, stage="renewing", done=done, total=total, message=f"{place}{page}")
    ]


def _note(job: Job, step: IngestProgress) -> None:
    while len(job.states) < step.file:  # a file that another one holds
        job.states.append(FileState(name=step.name))
    state = replace(job.states[step.file - 1], name=step.name)
    message = step.message
    if step.stage == "added":
        message = f"Added, {counted(step.total, 'chunk')}"
    job.states[step.file - 1] = replace(
        state, stage=step.stage, done=step.done, total=step.total, message=message
    )


def _finish(job: Job) -> None:
    """Say more of what was added: pages, replacement, notes."""
    if job.report is None:
        return
    added = {one.document: one for one in job.report.added}
    for i, state in enumerate(job.states):
        one = added.get(state.name)
        if state.stage == "added" and one is not None:
            verb = "Replaced the older one" if one.replaced else "Added"
            pages, chunks = counted(one.pages, one.page_kind), counted(one.chunks, "chunk")
            notes = "".join(f"\n{note}" for note in one.notes)
            message = f"{verb}: {pages}, {chunks}.{notes}"
            job.states[i] = replace(state, message=message)


def _fail(job: Job, reason: str) -> None:
    for i, state in enumerate(job.states):
        if not state.finished:
            job.states[i] = replace(state, stage="failed", message=reason)
