"""Files that a mail holds become documents of their own."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from rare_app.documents import Attachment, Document, Page
from rare_app.library import Library
from rare_app.library.attachments import DEEPEST, MOST, Origin, take_out


@pytest.fixture
def library(settings, embedder):
    with_close = Library(settings=settings, embedder=embedder)
    yield with_close
    with_close.close()


def mail(subject: str, body: str, **files: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ana <ana@x.example>", subject
    message["Date"] = "Mon, 01 Jun 2026 08:00:00 +0000"
    message.set_content(body)
    for name, text in files.items():
        message.add_attachment(text, subtype="csv", filename=f"{name}.csv")
    return message


def write(folder: Path, message: EmailMessage) -> Path:
    path = folder / "order.eml"
    path.write_bytes(message.as_bytes())
    return path


def test_what_a_mail_holds_is_found_by_itself(library, tmp_path):
    inner = mail("Plan", "The lift is in hall 7.", loads="crane,tonnes\nB,40\n")
    outer = mail("Order", "The order is attached.", order="item,price\nbelt,8870\n")
    outer.add_attachment(inner)
    outer.add_attachment(b"\x00\x01\x02\x00" * 99, maintype="a", subtype="b", filename="x.bin")
    steps = []
    report = library.add([write(tmp_path, outer)], on_progress=steps.append)
    assert [one.document for one in report.added] == [
        "order.eml",
        "order.eml › order.csv",
        "order.eml › Plan.eml",
        "order.eml › Plan.eml › loads.csv",
    ]
    (failed,) = report.failed
    assert failed.reason.startswith("“order.eml › x.bin” holds")
    assert failed.path == str(tmp_path / "order.eml")
    assert [one.file for one in steps if one.stage == "added"] == [1, 2, 3, 5]
    found = library.retrieve("How many tonnes does crane B lift?")
    assert found[0].document == "order.eml › Plan.eml › loads.csv"
    again = library.add([tmp_path / "order.eml"])
    assert (again.added, len(again.skipped)) == ([], 1)


def test_a_newer_mail_of_the_name_takes_what_the_older_one_held_along(library, tmp_path):
    library.add([write(tmp_path, mail("Order", "First.", a="x,y\n1,2\n", b="x,y\n3,4\n"))])
    library.add([write(tmp_path, mail("Order", "Second.", b="x,y\n3,4\n", c="x,y\n5,6\n"))])
    assert [one.name for one in library.documents()] == [
        "order.eml",
        "order.eml › b.csv",
        "order.eml › c.csv",
    ]


def test_depth_and_number_are_bounded(tmp_path):
    document = Document(
        name="m.eml",
        content_hash="",
        media_type="",
        title="",
        page_kind="message",
        pages=(Page(1, "x"),),
        attachments=tuple(Attachment(f"{n}.txt", b"x" if n else b"") for n in range(MOST + 5)),
    )
    origin = Origin(tmp_path / "m.eml")
    held = take_out(document, name="m.eml", folder=tmp_path, depth=0, origin=origin)
    assert "is empty (0 bytes)" in held[0].failed
    assert sum(not one.failed for one in held) == MOST
    assert "beyond the first 200 files inside one file: save it by itself" in held[-1].failed
    (one, *_) = take_out(document, name="m.eml", folder=tmp_path, depth=DEEPEST, origin=origin)
    assert "nested more than 10 files deep: save it by itself" in one.failed
