"""Desktop assistants: a real MCP client over HTTP against the running app."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.app_process import running_app

pytest.importorskip("mcp")
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("mcp") / "home", RARE_MCP="1") as address:
        yield address


async def _session(address: str, note: Path) -> dict[str, Any]:
    """Do what an assistant would: look at the tools, add, list, find, ask."""
    said: dict[str, Any] = {}
    async with (
        streamablehttp_client(f"{address}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        said["tools"] = (await session.list_tools()).tools

        async def call(tool: str, **arguments: Any) -> Any:
            result = await session.call_tool(tool, arguments)
            text = "".join(getattr(one, "text", "") for one in result.content)
            return text if result.isError else json.loads(text)

        said["added"] = await call("add", path=str(note), collection="")
        said["listed"] = await call("list", collection="")
        question = "When was the boiler installed?"
        said["found"] = await call("retrieve", question=question, k=1, collection="")
        said["answer"] = await call(
            "ask", question=question, collection="", k=1, adapter="", memory="on"
        )
        said["empty"] = await call("retrieve", question=" ", k=1, collection="")
        said["missing"] = await call("add", path=str(note.with_name("none.txt")), collection="")
        said["other"] = await call("add_path", path=str(note), collection="")
    return said


def test_an_assistant_adds_lists_finds_and_asks(served: str, tmp_path: Path) -> None:
    note = tmp_path / "boiler.txt"
    note.write_text("The boiler was installed in 1987 by Almgren & Sons.", encoding="utf-8")
    # In a thread of its own: Playwright's loop runs in this one.
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(asyncio.run, _session(served, note)).result(timeout=240)
    tools = {one.name: one for one in said["tools"]}
    assert set(tools) == {"add", "ask", "retrieve", "list"}
    assert tools["ask"].description.startswith("Answer a question from the user's own documents")
    assert "path" in tools["add"].inputSchema["properties"]
    for tool in tools.values():
        assert len(tool.description) > 40
        for parameter in tool.inputSchema["properties"].values():
            assert parameter["description"]
    assert [one["document"] for one in said["added"]["added"]] == ["boiler.txt"]
    assert [one["document"] for one in said["listed"]["documents"]] == ["boiler.txt"]
    assert said["found"]["passages"][0]["document"] == "boiler.txt"
    assert {"answered", "answer", "claims", "passages"} <= set(said["answer"])
    assert "question is empty" in said["empty"]
    assert "does not exist" in said["missing"]["failed"][0]["reason"]
    assert "Unknown tool" in said["other"]


def test_other_names_of_this_machine_are_refused(served: str) -> None:
    hostile = httpx.get(served, headers={"Host": "rebound.example"})
    assert hostile.status_code == 400
    assert httpx.get(served).status_code == 200


def test_off_by_default(address: str) -> None:
    answer = httpx.post(
        f"{address}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        headers={"Accept": "application/json, text/event-stream"},
    )
    assert answer.status_code in (404, 405)
