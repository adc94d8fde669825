"""Check that a model runs here, in a process of its own.

A wrong build of llama.cpp dies with a signal rather than an error; only a child process can tell.
"""

import signal
import subprocess
import sys
from pathlib import Path

from rare_app.settings import CODE_FOLDER

_OF_THE_BUILD = (signal.SIGILL, signal.SIGSEGV)
"""Signals by which a wrong build of llama.cpp dies, rather than on a damaged file."""


def check_model(path: Path, *, seconds: float = 120.0) -> str:
    """Run one token through the model in a child process.

    Returns
    -------
    str
        Empty when it went well, else what went wrong.
    """
    command = [sys.executable, "-m", "rare_app.model.probe", str(path.resolve())]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            cwd=CODE_FOLDER,
        )
    except subprocess.TimeoutExpired:
        return f"it gave no token within {seconds:.0f} seconds"
    if done.returncode == 0:
        return ""
    if -done.returncode in _OF_THE_BUILD:
        return (
            f"llama.cpp died with signal {-done.returncode}: install llama-cpp-python again as "
            "requirements.txt says (built without AMX)"
        )
    if done.returncode != 1:
        return (
            f"llama.cpp ends on “{path.name}”, which is damaged or not made for it: download it "
            f"again, or remove it from {path.parent}."
        )
    said = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
    return said[-1]
