"""The library's side of the page: upload with progress, the list, remove."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rare_app.errors import UserError
from rare_app.library import FileToAdd, StoredDocument
from rare_app.services import Services
from rare_app.ui.jobs import IngestJobs, Job
from rare_app.ui.render import error_html, progress_html
from rare_app.ui.theme import ASSETS_FOLDER

SAMPLES_FOLDER = ASSETS_FOLDER / "samples"
SAMPLE_QUESTIONS = (
    "How often must the oil in the pump be changed?",
    "What is the maximum operating temperature of the pump?",
    "Who has to repair the roof according to the lease?",
    "What is the price of the pump?",
)


class ShelfHandlers:
    """What happens when the user adds, filters or removes documents."""

    def __init__(self, *, services: Services, jobs: IngestJobs) -> None:
        self._services = services
        self._jobs = jobs

    def add(self, files: Sequence[FileToAdd] | None, collection: str) -> Iterator[str]:
        """Add uploads, giving the progress until all are done."""
        if not files:
            yield ""
            return
        job = self._jobs.submit(files, collection=self._name(collection), temporary=True)
        yield from self._follow(job)

    def add_samples(self, collection: str) -> Iterator[str]:
        """Add the sample documents."""
        files = [FileToAdd(path=path, name=path.name) for path in _samples()]
        yield from self._follow(self._jobs.submit(files, collection=self._name(collection)))

    def follow_running(self) -> Iterator[str]:
        """Take up the progress of what is being added, after the page was loaded again."""
        job = self._jobs.running()
        if job is None:
            yield ""
            return
        yield from self._follow(job)

    def _follow(self, job: Job) -> Iterator[str]:
        yield progress_html(job.states, running=True)
        for states in self._jobs.follow(job):
            yield progress_html(states, running=not job.finished.is_set())

    def remove(self, document: str, collection: str) -> str:
        """Remove a document; gives an error to show, or nothing."""
        try:
            self._services.library.remove(document, collection=self._name(collection))
        except UserError as error:
            return error_html(str(error))
        return ""

    def pin(self, document: str, collection: str, *, pinned: bool) -> str:
        """Pin a document or let it go; gives an error to show, or nothing."""
        try:
            self._services.library.pin(document, collection=self._name(collection), pinned=pinned)
        except UserError as error:
            return error_html(str(error))
        self._services.read_ahead.notify()
        return ""

    def documents(self, collection: str) -> list[StoredDocument]:
        """List the documents of a collection."""
        return self._services.library.documents(collection=self._name(collection))

    def collections(self) -> list[str]:
        """List the collections, the default one first."""
        default = self._services.settings.collection
        names = [one.name for one in self._services.library.collections()]
        return [default, *(name for name in names if name != default)]

    def _name(self, collection: str | None) -> str:
        return (collection or "").strip() or self._services.settings.collection


def sample_names() -> set[str]:
    """Names of the sample documents."""
    return {path.name for path in _samples()}


def _samples() -> list[Path]:
    if not SAMPLES_FOLDER.is_dir():
        return []
    return sorted(path for path in SAMPLES_FOLDER.iterdir() if path.is_file())
