"""Logging: everything to a file in the user's folder, warnings to stderr."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler

from rare_app.settings import Settings

_SPINS = "1000"
"""How often a thread looks whether the others are done before it sleeps (GNU OpenMP)."""


def quiet_environment() -> None:
    """Forbid every library to ask a hub or send telemetry. Called before they are imported.

    Threads that wait for one another give way to other programs, too: on busy cores they would spin
    while the one that they wait for does not run (docs/decisions.md).
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")
    os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)


def start_logging(settings: Settings, *, level: int = logging.INFO) -> None:
    """Write the log to ``logs/rare.log`` (five files of 1 MB) and warnings to stderr.

    A folder that cannot be written to is no reason to stop: stderr is then all there is.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    form = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(logging.ERROR)
    console.setFormatter(logging.Formatter("%(message)s"))
    handlers: list[logging.Handler] = [console]
    try:
        settings.logs_path.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            settings.logs_path / "rare.log", maxBytes=1_000_000, backupCount=4, encoding="utf-8"
        )
        file.setFormatter(form)
        handlers.append(file)
    except OSError:
        pass
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("rare_app").setLevel(level)
