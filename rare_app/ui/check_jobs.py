"""Checking a question list in the background: it goes on when the tab is closed."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rare_app.checks import ListedQuestion, ListResult, check_list
from rare_app.errors import UserError
from rare_app.services import Services

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.3


@dataclass(slots=True, eq=False)
class CheckJob:
    """One list that is checked, and what has come of it so far."""

    name: str
    collection: str
    questions: Sequence[ListedQuestion]
    passages: int
    model: str
    adapter: str
    results: list[ListResult] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)
    error: str = ""

    @property
    def stopped(self) -> bool:
        """Whether it ended before its last question, without an error."""
        done = self.finished.is_set() and not self.error
        return done and len(self.results) < len(self.questions)


class CheckJobs:
    """Checks one list at a time; the last one stays to be looked at."""

    def __init__(self, *, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self.latest: CheckJob | None = None

    def start(self, job: CheckJob) -> None:
        """Begin with a list.

        Raises
        ------
        UserError
            Another list is being checked.
        """
        with self._lock:
            if self.latest is not None and not self.latest.finished.is_set():
                raise UserError(
                    f"“{self.latest.name}” is being checked: wait until it is done, or stop it."
                )
            self.latest = job
        threading.Thread(target=self._work, args=(job,), name="check", daemon=True).start()

    def stop(self) -> None:
        """End the list that is being checked, as it stands."""
        if self.latest is not None:
            self.latest.stop.set()

    def follow(self, job: CheckJob) -> Iterator[int]:
        """Tell how many questions are done, whenever that changes, until the list is finished."""
        told = -1
        while not job.finished.wait(_TICK_SECONDS):
            if len(job.results) != told:
                told = len(job.results)
                yield told
        yield len(job.results)

    def _work(self, job: CheckJob) -> None:
        try:
            for result in check_list(
                job.questions,
                library=self._services.library,
                assistant=self._services.assistant,
                collection=job.collection,
                passages=job.passages,
                model=job.model,
                adapter=job.adapter,
                cancelled=job.stop.is_set,
            ):
                job.results.append(result)
        except UserError as error:
            job.error = str(error)
        except Exception:
            log.exception("Checking the question list failed")
            job.error = (
                "Something went wrong that should not; the log in "
                f"{self._services.settings.logs_path} has the details."
            )
        finally:
            job.finished.set()
