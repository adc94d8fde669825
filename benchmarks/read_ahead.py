"""Time to the first token while documents are being read in the background.

``python -m benchmarks.read_ahead [--questions 10] [--chunks 100]`` asks each question twice, its
passages stored: once while the background thread is in the middle of reading other documents, once
while it is at rest. It prints both medians and their ratio, and how soon the model was handed over.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.made_up import question, write_documents
from rare_app.answer import ReadAhead
from rare_app.log import quiet_environment
from rare_app.services import Services, services
from rare_app.settings import load_settings

_WAIT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds to the first token, a pair for each question, and what was read meanwhile."""

    idle: list[float]
    busy: list[float]
    chunks_read: int
    computed_tokens: int

    @property
    def ratio(self) -> float:
        """Median while reading, over the median at rest."""
        return statistics.median(self.busy) / statistics.median(self.idle)


def measure(*, questions: int, chunks: int) -> Figures:
    """Ask all questions in both ways, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            load_settings(home=Path(folder) / "home"),
            chunk_tokens=100,
            chunk_overlap_tokens=1,
            passages=4,
            reasoning_tokens=4,
            answer_tokens=4,
        )
        with services(settings) as opened:
            documents = Path(folder) / "documents"
            asked = write_documents(documents, documents=1, sections=max(4, questions))
            opened.library.add(asked, collection="asked")
            for number in range(questions):  # stores their passages
                _first_token(opened, number)
            others = write_documents(documents, documents=1, sections=chunks, first=1000)
            opened.library.add(others, collection="others")
            idle: list[float] = []
            busy: list[float] = []
            computed = 0
            begun = _stored(opened)
            for number in range(questions):
                reader = ReadAhead(library=opened.library, engine=opened.engine)
                reader.start()
                _wait_until_it_reads(opened, reader)
                seconds, tokens = _first_token(opened, number)
                reader.close()
                busy.append(seconds)
                computed = max(computed, tokens)
                seconds, tokens = _first_token(opened, number)
                idle.append(seconds)
                computed = max(computed, tokens)
            return Figures(idle, busy, _stored(opened) - begun, computed)


def _first_token(opened: Services, number: int) -> tuple[float, int]:
    """Ask; gives the seconds, and how many tokens of the prompt had to be computed."""
    with opened.engine.use() as loaded:
        if loaded.memory is not None:
            loaded.memory.forget()  # each time the blocks come from disk
    answer = opened.assistant.answer(question(number), collection="asked")
    seconds = answer.timings.first_token_s
    assert seconds is not None
    return seconds, answer.tokens.prompt - answer.tokens.prompt_from_memory


def _stored(opened: Services) -> int:
    store = opened.engine.store
    assert store is not None
    return store.status().blocks


def _wait_until_it_reads(opened: Services, reader: ReadAhead) -> None:
    """Wait for a chunk to be read, so that the next one is on its way."""
    before, deadline = _stored(opened), time.monotonic() + _WAIT_SECONDS
    while _stored(opened) == before and reader.progress.state != "full":
        if time.monotonic() > deadline:
            raise TimeoutError("nothing is read in the background")
        time.sleep(0.01)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--chunks", type=int, default=100)
    options = parser.parse_args()
    quiet_environment()
    print(report(measure(questions=options.questions, chunks=options.chunks)))
    return 0


def report(figures: Figures) -> str:
    """Write the figures as text."""
    return (
        f"first token of {len(figures.idle)} questions, median: "
        f"{statistics.median(figures.idle):.3f} s at rest, "
        f"{statistics.median(figures.busy):.3f} s while {figures.chunks_read} chunks were read; "
        f"ratio {figures.ratio:.2f}; at most {figures.computed_tokens} prompt tokens computed"
    )


if __name__ == "__main__":
    raise SystemExit(main())
