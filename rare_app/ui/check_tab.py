"""The tab that checks the app on the user's own questions."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rare_app.checks import ListedQuestion, read_question_list, results_csv
from rare_app.errors import UserError
from rare_app.library import FileToAdd
from rare_app.services import Services
from rare_app.ui.check_html import INTRO, check_html, list_summary_html
from rare_app.ui.check_jobs import CheckJob, CheckJobs
from rare_app.ui.fields import make_upload
from rare_app.ui.render import error_html

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Shown = tuple[str, Any, Any, Any]
"""Result, start button, stop button, download button."""


class CheckHandlers:
    """What happens when the user gives a list, starts, stops or downloads."""

    def __init__(self, *, services: Services) -> None:
        self._settings = services.settings
        self._jobs = CheckJobs(services=services)

    def read(
        self, files: Sequence[FileToAdd] | None
    ) -> tuple[tuple[str, Sequence[ListedQuestion]], str, Any]:
        """Read a list that was uploaded: the list, what to say, and the start button."""
        if not files:
            return ("", ()), "", gr.Button(interactive=False)
        file = files[-1]
        try:
            questions = read_question_list(Path(file.path), name=file.name)
        except UserError as error:
            return ("", ()), error_html(str(error)), gr.Button(interactive=False)
        said = list_summary_html(file.name, questions)
        return (file.name, questions), said, gr.Button(interactive=True)

    def start(
        self,
        given: tuple[str, Sequence[ListedQuestion]],
        collection: str,
        model: str,
        passages: float,
        use_adapter: bool,
    ) -> Iterator[Shown]:
        """Check the list, giving what has come of it until it is done."""
        name, questions = given
        if not questions:
            said = error_html("There is no question list yet: give a CSV file first.")
            yield said, gr.Button(interactive=False), gr.Button(), gr.DownloadButton()
            return
        job = CheckJob(
            name=name,
            collection=(collection or "").strip() or self._settings.collection,
            questions=questions,
            passages=int(passages),
            model=model or "",
            adapter="" if use_adapter else "none",
        )
        try:
            self._jobs.start(job)
        except UserError as error:
            yield error_html(str(error)), gr.Button(), gr.Button(), gr.DownloadButton()
            return
        yield from self._follow(job, again=True)

    def stop(self) -> None:
        """End the list that is being checked."""
        self._jobs.stop()

    def follow_latest(self) -> Iterator[Shown]:
        """Show the last list again after the page was loaded."""
        if self._jobs.latest is None:
            yield "", gr.Button(), gr.Button(), gr.DownloadButton()
            return
        yield from self._follow(self._jobs.latest, again=False)

    def _follow(self, job: CheckJob, *, again: bool) -> Iterator[Shown]:
        """Give what has come of a list until it is done.

        Parameters
        ----------
        again : bool
            Whether it may be started again afterwards: a page that was loaded anew has no list.
        """
        for _ in self._jobs.follow(job):
            running = not job.finished.is_set()
            yield (
                check_html(job),
                gr.Button(interactive=again and not running),
                gr.Button(visible=running),
                gr.DownloadButton(visible=False),
            )
        file = self._write(job) if job.results else None
        yield (
            check_html(job),
            gr.Button(interactive=again),
            gr.Button(visible=False),
            gr.DownloadButton(value=file, visible=file is not None),
        )

    def _write(self, job: CheckJob) -> str:
        folder = Path(tempfile.mkdtemp(dir=_temporary(self._settings.home / "uploads")))
        path = folder / f"{Path(job.name).stem} results.csv"
        # With a byte order mark, without which Excel takes it for another encoding.
        path.write_text(results_csv(job.results), encoding="utf-8-sig", newline="")
        return str(path)


def _temporary(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def add_check_tab(
    *,
    services: Services,
    page: gr.Blocks,
    collection: gr.Dropdown,
    model: gr.Dropdown,
    passages: gr.Slider,
    use_adapter: gr.Checkbox,
) -> None:
    """Put the tab's components and handlers into the current ``gr.Tab``.

    Parameters
    ----------
    page : gr.Blocks
        Loads the last list again.
    collection, model, passages, use_adapter : component
        The settings that the chat uses too.
    """
    handlers = CheckHandlers(services=services)
    with gr.Column(elem_id="rare-check"):
        gr.HTML(INTRO)
        given = gr.State(("", ()))
        upload = make_upload(
            label="Question list (CSV)",
            file_types=[".csv", ".tsv", ".txt"],
            height=132,
            elem_id="rare-check-upload",
            show_label=False,
        )
        said = gr.HTML(elem_id="rare-check-list", min_height=0)
        with gr.Row(elem_id="rare-check-buttons"):
            start = gr.Button(
                "Evaluate", variant="primary", interactive=False, elem_id="rare-check-start"
            )
            stop = gr.Button("Stop", visible=False, elem_id="rare-check-stop")
            download = gr.DownloadButton(
                "Download results (CSV)", visible=False, elem_id="rare-check-download"
            )
        result = gr.HTML(elem_id="rare-check-result", min_height=0)
    shown = [result, start, stop, download]
    # The drop is emptied together with the verdict, so that the next list never meets the old one.
    upload.upload(
        lambda files: (*handlers.read(files), None),
        [upload],
        [given, said, start, upload],
        **_PRIVATE,
    )
    start.click(
        handlers.start,
        [given, collection, model, passages, use_adapter],
        shown,
        concurrency_limit=None,
        **_PRIVATE,
    )
    stop.click(handlers.stop, None, None, queue=False, **_PRIVATE)
    page.load(handlers.follow_latest, None, shown, concurrency_limit=None, **_PRIVATE)
