"""The background work on files: adding, with a line for each; reading anew what is outdated."""

import sqlite3
import threading
from pathlib import Path

from rare_app.library import FileToAdd, IngestProgress, IngestReport
from rare_app.library.types import AddedFile
from rare_app.ui.jobs import IngestJobs
from rare_app.ui.render import progress_html


class Shelf:
    """Adds a mail that holds a table."""

    def resume(self, **_):
        return IngestReport()

    def outdated(self):
        return []

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


def make_older(library, settings):
    library.close()
    with sqlite3.connect(settings.database_path) as db:
        db.execute("UPDATE documents SET reader = 0")


def test_all_are_read_anew_and_what_is_added_meanwhile_goes_first(open_library, settings, write):
    library = open_library()
    library.add([write("a.md", "Bees fly."), write("b.md", "Wasps sting.")])
    make_older(library, settings)
    library = open_library()
    seen, entered, go_on = [], threading.Event(), threading.Event()
    renew, add = library.renew, library.add

    def renew_slowly(one, **named):
        seen.append(one.name)
        entered.set()
        go_on.wait(30)
        return renew(one, **named)

    def add_noted(files, **named):
        seen.append("added")
        return add(files, **named)

    library.renew, library.add = renew_slowly, add_noted
    jobs = IngestJobs(library=library)
    assert entered.wait(30)
    running = jobs.running()
    html = progress_html(running.states, running=True)
    assert "read anew" in html
    assert "b.md" in html
    assert "1 of 2" in html
    job = jobs.submit(
        [FileToAdd(path=write("c.md", "Ants walk."), name="c.md")], collection="default"
    )
    go_on.set()
    assert job.finished.wait(60)
    assert running.finished.wait(60)
    assert seen == ["b.md", "added", "b.md", "a.md"]
    assert library.outdated() == []
    assert [one.name for one in library.documents()] == ["a.md", "b.md", "c.md"]
    jobs.close()


def test_closing_leaves_the_rest_for_the_next_start(open_library, settings, write):
    library = open_library()
    library.add([write("a.md", "Bees fly."), write("b.md", "Wasps sting.")])
    make_older(library, settings)
    library = open_library()
    jobs = None
    entered = threading.Event()

    def renew(_, *, cancelled, **__):
        entered.set()
        while not cancelled():
            entered.wait(0.01)
        return False

    library.renew = renew
    jobs = IngestJobs(library=library)
    assert entered.wait(30)
    jobs.close()
    jobs._thread.join(30)
    assert not jobs._thread.is_alive()
    assert len(library.outdated()) == 2
