"""Nothing leaves the machine: the app and the page with loopback alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.app_process import PROJECT


def _isolated() -> list[str]:
    """Command that starts another one without any network; skips where that is not allowed."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("this system does not allow a network namespace")


def test_works_without_any_network(tmp_path: Path) -> None:
    note = tmp_path / "archive.txt"
    note.write_text("The archive opens at nine on weekdays.", encoding="utf-8")
    done = subprocess.run(
        [
            *_isolated(),
            sys.executable,
            "-m",
            "tests.browser.offline_session",
            str(tmp_path / "home"),
            str(note),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    shown = json.loads(done.stdout)
    assert shown["closed"], "the namespace reaches the outside: the test says nothing"
    assert shown["documents"] == ["archive.txt"]
    assert shown["facts"] == 1
    own = (shown["address"], shown["address"].replace("http", "ws", 1), "blob:", "data:")
    assert len(shown["requests"]) > 10
    assert [url for url in shown["requests"] if not url.startswith(own)] == []
