"""What a training says as it goes: a live line, a log of JSON lines, a plot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rare_app.lab.tuning.records import read_lines

LOG_FILE = "log.jsonl"
PLOT_FILE = "loss.png"

Say = Callable[[str], None]


def write_log(folder: Path, entry: dict[str, Any]) -> None:
    """Add an entry to the log."""
    with (folder / LOG_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def cut_log(folder: Path, *, step: int) -> None:
    """Drop entries past the step that a resumed training goes on from."""
    path = folder / LOG_FILE
    if path.is_file():
        kept = [record.value for record in read_lines(path) if record.value["step"] <= step]
        path.write_text("".join(json.dumps(entry) + "\n" for entry in kept), encoding="utf-8")


def live_line(entry: dict[str, Any], *, steps: int, seconds_left: float) -> str:
    """Say loss, speed and time left in one line."""
    minutes, seconds = divmod(int(seconds_left), 60)
    return (
        f"step {entry['step']}/{steps}  loss {entry['loss']:.3f} (plain {entry['plain']:.3f})  "
        f"rate {entry['rate']:.2e}  {entry['tokens_a_second']:.0f} tokens/s  "
        f"{entry['questions']} questions  {minutes}:{seconds:02d} left"
    )


def plot_loss(folder: Path, *, smooth: int = 20) -> Path | None:
    """Draw the loss against the questions seen; ``None`` when nothing is logged yet.

    Parameters
    ----------
    smooth : int
        Steps of the running mean.
    """
    if not (folder / LOG_FILE).is_file():
        return None
    entries = [record.value for record in read_lines(folder / LOG_FILE)]
    if not entries:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    questions = [entry["questions"] for entry in entries]
    for name, label in (("loss", "weighted (trained)"), ("plain", "plain")):
        values = [float(entry[name]) for entry in entries]
        means = [
            sum(part) / len(part)
            for end in range(1, len(values) + 1)
            if (part := values[max(0, end - smooth) : end])
        ]
        axes.plot(questions, means, label=label)
    axes.set_xlabel("questions seen")
    axes.set_ylabel(f"cross-entropy, nats a token (mean of {smooth} steps)")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    path = folder / PLOT_FILE
    figure.savefig(path, dpi=120)
    return path
