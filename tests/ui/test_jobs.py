"""Documents of an older reader are read anew while nothing is added."""

import sqlite3
import threading

from rare_app.library import FileToAdd
from rare_app.ui.jobs import IngestJobs
from rare_app.ui.render import progress_html


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
