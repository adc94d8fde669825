"""The progress of adding files: those inside others join the list, notes stand a line each."""

from pathlib import Path

from rare_app.library import FileToAdd, IngestProgress, IngestReport
from rare_app.library.types import AddedFile
from rare_app.ui.jobs import IngestJobs
from rare_app.ui.render import progress_html


class Shelf:
    """Adds a mail that holds a table."""

    def resume(self, **_):
        return IngestReport()

    def add(self, files, *, on_progress, **_):
        on_progress(IngestProgress("added", "m.eml", 1, 2, 1, 1))
        on_progress(IngestProgress("reading", "m.eml › t.csv", 2, 2, 0, 1))
        on_progress(IngestProgress("failed", "m.eml › t.csv", 2, 2, message="“t.csv” is empty."))
        notes = ("1 picture was not read.", "Macros were not read.")
        return IngestReport(added=[AddedFile("m.eml", 1, 1, notes=notes, page_kind="message")])


def test_files_inside_others_join_the_list_and_notes_stand_a_line_each():
    jobs = IngestJobs(library=Shelf())
    job = jobs.submit([FileToAdd(Path("m.eml"), "m.eml")], collection="default")
    states = list(jobs.follow(job))[-1]
    jobs.close()
    assert [(one.name, one.stage) for one in states] == [
        ("m.eml", "added"),
        ("m.eml › t.csv", "failed"),
    ]
    assert states[0].message == (
        "Added: 1 message, 1 chunk.\n1 picture was not read.\nMacros were not read."
    )
    assert "1 added, 1 failed" in progress_html(states, running=False)
