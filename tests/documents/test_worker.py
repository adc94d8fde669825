import os
import signal
import sys
import threading
import time
from dataclasses import replace

import pytest

from rare_app.documents import (
    CorruptFileError,
    EmptyFileError,
    ReadCancelledError,
    ReaderWorker,
    ReadTimeoutError,
    TooLargeFileError,
)
from rare_app.documents import worker as worker_module

from . import make


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "good.txt"
    path.write_text("All is well.")
    return path


def test_one_process_reads_several_files_and_reports_pages(tmp_path, settings, text_file, capfd):
    pdf = make.make_pdf(tmp_path / "a.pdf", ["One é.", "Two."])
    told = []
    with ReaderWorker(settings=settings) as worker:
        document = worker.read(pdf, name="a \udcff.pdf", on_page=lambda *p: told.append(p))
        first = worker.process_id
        assert document.pages[0].text == "One é."
        assert worker.read(text_file, name="good.txt").pages[0].text == "All is well."
        assert worker.process_id == first
    assert told == [(1, 2), (2, 2)]
    assert worker.process_id is None
    assert capfd.readouterr().out == ""


def test_errors_of_the_reader_come_through_and_keep_the_process(tmp_path, settings, text_file):
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    with ReaderWorker(settings=settings) as worker:
        with pytest.raises(EmptyFileError, match=r"“empty\.pdf” is empty"):
            worker.read(empty, name="empty.pdf")
        first = worker.process_id
        assert first is not None
        assert worker.read(text_file, name="good.txt").title == "good"
        assert worker.process_id == first


def test_slow_file_is_killed_and_the_next_one_is_read(tmp_path, settings, text_file):
    slow = make.make_slow_pdf(tmp_path / "slow.pdf")
    with ReaderWorker(settings=replace(settings, read_seconds=2.0)) as worker:
        worker.read(text_file, name="good.txt")
        first = worker.process_id
        start = time.monotonic()
        with pytest.raises(ReadTimeoutError, match="longer to read than the 2 seconds allowed"):
            worker.read(slow, name="slow.pdf")
        assert time.monotonic() - start < 6
        assert worker.process_id is None
        assert worker.read(text_file, name="good.txt").title == "good"
        assert worker.process_id not in (None, first)


def test_cancelling_kills_at_once(tmp_path, settings, text_file):
    slow = make.make_slow_pdf(tmp_path / "slow.pdf")
    with ReaderWorker(settings=settings) as worker:
        worker.read(text_file, name="good.txt")
        start = time.monotonic()
        with pytest.raises(ReadCancelledError, match="cancelled"):
            worker.read(slow, name="slow.pdf", cancelled=lambda: time.monotonic() - start > 0.5)
        assert time.monotonic() - start < 4
        assert worker.read(text_file, name="good.txt").title == "good"


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_killed_from_outside_while_reading(tmp_path, settings, text_file):
    slow = make.make_slow_pdf(tmp_path / "slow.pdf")
    with ReaderWorker(settings=settings) as worker:
        worker.read(text_file, name="good.txt")
        victim = worker.process_id
        assert victim is not None
        killer = threading.Timer(0.7, os.kill, (victim, signal.SIGKILL))
        killer.start()
        with pytest.raises(CorruptFileError, match="made the reader stop unexpectedly"):
            worker.read(slow, name="slow.pdf")
        killer.join()
        assert worker.read(text_file, name="good.txt").title == "good"


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_killed_from_outside_while_idle(settings, text_file):
    with ReaderWorker(settings=settings) as worker:
        worker.read(text_file, name="good.txt")
        os.kill(worker.process_id, signal.SIGKILL)
        time.sleep(0.2)
        assert worker.read(text_file, name="good.txt").title == "good"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux only")
def test_memory_limit_gives_a_sentence(tmp_path, settings, text_file):
    greedy = tmp_path / "greedy.txt"
    with greedy.open("wb") as file:
        file.truncate(0)
        for _ in range(100):
            file.write(b"words and more words\n" * 50_000)
    with ReaderWorker(settings=replace(settings, read_memory_mb=64)) as worker:
        with pytest.raises(TooLargeFileError, match="more memory to read than the 64 MiB"):
            worker.read(greedy, name="greedy.txt")
        assert worker.read(text_file, name="good.txt").title == "good"


def test_failing_callback_leaves_a_usable_worker(tmp_path, settings, text_file):
    pdf = make.make_pdf(tmp_path / "a.pdf", ["One."] * 30)

    def fail(done, total):
        raise KeyError("caller's own error")

    with ReaderWorker(settings=settings) as worker:
        with pytest.raises(KeyError):
            worker.read(pdf, name="a.pdf", on_page=fail)
        assert worker.read(text_file, name="good.txt").title == "good"


def test_process_that_never_starts_is_reported(settings, text_file, monkeypatch):
    monkeypatch.setattr(worker_module, "_MODULE", "rare_app.no_such_module")
    with (
        ReaderWorker(settings=settings) as worker,
        pytest.raises(CorruptFileError, match="stop unexpectedly"),
    ):
        worker.read(text_file, name="good.txt")


def test_process_leaves_when_its_owner_is_gone(settings, text_file):
    worker = ReaderWorker(settings=settings)
    worker.read(text_file, name="good.txt")
    process = worker._process
    process.stdin.close()
    assert process.wait(timeout=5) == 0
    worker.close()
