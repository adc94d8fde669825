"""The stable endpoints, called as another program would call them."""

import socket
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.browser.app_process import running_app


def test_add_list_retrieve_ask(address: str, tmp_path: Path) -> None:
    note = tmp_path / "boiler.txt"
    note.write_text("The boiler was installed in 1987 by Almgren & Sons.", encoding="utf-8")
    client = Client(address, verbose=False)

    report = client.predict(files=[handle_file(note)], api_name="/add")
    assert [one["document"] for one in report["added"]] == ["boiler.txt"]
    listed = client.predict(api_name="/list")
    assert "boiler.txt" in [one["document"] for one in listed["documents"]]

    found = client.predict(question="When was the boiler installed?", k=1, api_name="/retrieve")
    (passage,) = found["passages"]
    assert set(passage) >= {"document", "page", "start", "end", "text", "score"}
    assert passage["document"] == "boiler.txt"

    answer = client.predict("When was the boiler installed?", "", 1, api_name="/ask")
    assert set(answer) >= {"answered", "answer", "reasoning", "claims", "passages", "timings"}
    assert answer["passages"][0]["document"] == "boiler.txt"
    assert answer["tokens"]["prompt"] > 0

    with pytest.raises(AppError, match="question is empty"):
        client.predict(question=" ", k=1, api_name="/retrieve")


def test_only_the_stable_endpoints_are_public(address: str) -> None:
    client = Client(address, verbose=False)
    names = set(client.view_api(return_format="dict")["named_endpoints"])
    assert names == {"/add", "/ask", "/retrieve", "/list"}


def test_port_in_use_takes_the_next(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running_app(tmp_path / "home", port=port) as address:
            assert int(address.rsplit(":", 1)[1]) > port
