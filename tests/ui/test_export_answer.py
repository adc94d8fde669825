"""Downloads of answers: the file, its link, and who may fetch it."""

import os
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rare_app.export import ExportedFile
from rare_app.types import Answer
from rare_app.ui.chat import Chat, Exchange
from rare_app.ui.export_answer import (
    ExportHandlers,
    add_exports,
    answered_turns,
    keep_export,
    link_html,
)
from rare_app.ui.render import answer_html


@pytest.fixture
def services(settings):
    library = SimpleNamespace(documents=lambda **_: [])
    return SimpleNamespace(settings=settings, library=library, pages=None)


@pytest.fixture
def chat():
    made = Chat()
    made.exchanges = [
        Exchange(question="Who?", answer=Answer(answered=True, answer="Nobody.")),
        Exchange(question="Failed?", error="No."),
        Exchange(question="<b>When</b>?", answer=Answer(answered=False, answer="Not said.")),
    ]
    return made


def event(**data):
    return SimpleNamespace(_data=data)


def file_of(html, services):
    token = html.split("data-made='")[1].split("'")[0]
    (path,) = (services.settings.home / "uploads" / "exports" / token).iterdir()
    return path


def test_one_answer_or_the_whole_chat(services, chat):
    handlers = ExportHandlers(services=services)
    one = handlers.export(chat, event(turn=3, form="md", whole=False))
    assert "download='b When b.md'" in one
    assert "<b>" not in one
    text = file_of(one, services).read_text()
    assert "&lt;b&gt;When" in text
    assert "Nobody" not in text
    whole = file_of(handlers.export(chat, event(turn=3, form="md", whole=True)), services)
    assert "Nobody" in whole.read_text()
    assert "Not said" in whole.read_text()
    assert set(answered_turns(chat)) == {1, 3}


@pytest.mark.parametrize("wrong", [{"turn": 2}, {"turn": 9}, {"form": "exe"}])
def test_what_is_not_there_is_said(services, chat, wrong, monkeypatch):
    monkeypatch.setattr("gradio.Warning", lambda *_: None)
    data = {"turn": 1, "form": "md", "whole": False, **wrong}
    said = ExportHandlers(services=services).export(chat, event(**data))
    assert "role='alert'" in said
    assert "no longer in the chat" in said


def test_files_are_served_by_their_token_alone(services):
    app = Starlette()
    add_exports(app, services=services)
    client = TestClient(app)
    folder = services.settings.home / "uploads" / "exports"
    file = ExportedFile(name="What is “x”.pdf", media_type="application/pdf", data=b"%PDF")
    token = keep_export(file, folder=folder)
    answer = client.get(f"/rare/export/{token}")
    assert answer.content == b"%PDF"
    assert answer.headers["content-disposition"].startswith(
        "attachment; filename*=utf-8''What%20is"
    )
    for wrong in ("0" * 32, "..", "%2e%2e", f"{token}x", ""):
        assert client.get(f"/rare/export/{wrong}").status_code == 404


def test_old_files_go(services):
    folder = services.settings.home / "uploads" / "exports"
    file = ExportedFile(name="a.md", media_type="text/markdown", data=b"x")
    tokens = []
    for number in range(20):
        tokens.append(keep_export(file, folder=folder))
        os.utime(folder / tokens[-1], (number, number))
    assert {one.name for one in folder.iterdir()} == set(tokens[-16:])


def test_names_and_buttons_are_escaped():
    file = ExportedFile(name="a' onclick='x.md", media_type="text/markdown", data=b"")
    assert "onclick='x" not in link_html("0" * 32, file)
    first = answer_html(Answer(answered=True, answer="Yes."), turn=1)
    later = answer_html(Answer(answered=True, answer="Yes."), turn=2)
    assert first.count("data-export=") == 3
    assert "aria-label='Download this answer as Word'" in first
    assert later.count("data-whole") == 3
