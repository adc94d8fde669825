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
from rare_app.library import FileToAdd, IngestProgress, IngestReport, Library
from rare_app.plain import counted

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class FileState:
    """Where one file stands; ``done`` of ``total`` pages or chunks."""

    name: str
    stage: Literal["waiting", "reading", "embedding", "added", "skipped", "failed"] = "waiting"
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
        for job in self._jobs:
            job.stop.set()
        self._queue.put(None)

    def _work(self) -> None:
        self._resume()
        while (job := self._queue.get()) is not None:
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
