"""Time to the first token of a question that is typed, its passages not read before.

``python -m benchmarks.prefetch FOLDER [--questions 10] [--speed 5]`` adds the documents of a
folder, takes the questions of its ``questions.csv``, and answers each twice with an empty memory:
asked at once, and typed letter by letter at a speed in characters a second, while the passages that
the text finds are read. It prints both medians, their ratio, and how many tokens of the prompts
were left to be computed.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from rare_app.answer import Draft
from rare_app.checks import read_question_list
from rare_app.log import quiet_environment
from rare_app.services import Services, services
from rare_app.settings import load_settings


@dataclass(slots=True)
class Figures:
    """A value for each question, asked at once and typed."""

    at_once: list[float] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    typing: list[float] = field(default_factory=list)
    computed: list[int] = field(default_factory=list)
    computed_typed: list[int] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Median of the first tokens asked at once, over that of the typed ones."""
        return statistics.median(self.at_once) / statistics.median(self.typed)


def measure(folder: Path, *, questions: int, speed: float) -> Figures:
    """Ask all questions in both ways, one after the other."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as home:
        settings = replace(load_settings(home=home), reasoning_tokens=4, answer_tokens=4)
        with services(settings) as opened:
            opened.library.add([path for path in folder.iterdir() if path.suffix == ".pdf"])
            opened.assistant.warm_up()
            with opened.engine.use():
                pass
            opened.prefetch.start()
            listed = read_question_list(folder / "questions.csv")
            asked = list(dict.fromkeys(one.question for one in listed))[:questions]
            for at_once, question in zip(asked, asked[-1:] + asked[:-1], strict=True):
                _empty(opened)
                seconds, tokens = _first_token(opened, at_once)
                figures.at_once.append(seconds)
                figures.computed.append(tokens)
                _empty(opened)  # another question: the reader may remember this one
                figures.typing.append(_type(opened, question, speed=speed))
                seconds, tokens = _first_token(opened, question)
                figures.typed.append(seconds)
                figures.computed_typed.append(tokens)
    return figures


def _empty(opened: Services) -> None:
    """Have nothing in memory but the beginning of the prompt, as after the app's start."""
    opened.prefetch.note(Draft(""))
    time.sleep(1.0)
    assert opened.engine.store is not None
    opened.engine.store.clear()
    with opened.engine.use() as loaded:
        if loaded.memory is not None:
            loaded.memory.forget()


def _type(opened: Services, question: str, *, speed: float) -> float:
    """Type a question; gives the seconds that it took."""
    begun = time.perf_counter()
    for end in range(1, len(question) + 1):
        opened.prefetch.note(Draft(question[:end]))
        time.sleep(1 / speed)
    return time.perf_counter() - begun


def _first_token(opened: Services, question: str) -> tuple[float, int]:
    """Ask; gives the seconds, and how many tokens of the prompt had to be computed."""
    opened.prefetch.note(Draft(""))
    answer = opened.assistant.answer(question)
    seconds = answer.timings.first_token_s
    if seconds is None:
        seconds = answer.timings.total_s
    return seconds, answer.tokens.prompt - answer.tokens.prompt_from_memory


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--speed", type=float, default=5.0, help="characters a second")
    options = parser.parse_args()
    quiet_environment()
    print(report(measure(options.folder, questions=options.questions, speed=options.speed)))
    return 0


def report(figures: Figures) -> str:
    """Write the figures as text."""
    return (
        f"first token of {len(figures.typed)} questions, median: "
        f"{statistics.median(figures.at_once):.2f} s asked at once, "
        f"{statistics.median(figures.typed):.2f} s after {statistics.median(figures.typing):.0f} s "
        f"of typing; ratio {figures.ratio:.2f}; prompt tokens computed, median: "
        f"{statistics.median(figures.computed):.0f} and "
        f"{statistics.median(figures.computed_typed):.0f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
