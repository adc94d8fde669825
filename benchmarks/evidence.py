"""Whether the reader finds the evidence, and whether it knows when there is none.

``python -m benchmarks.evidence CASES.jsonl… [--limit N] [--plain]`` reads the passages of each case
and prints how often the best sentence, and one of the best three, holds marked evidence (with 95%
bootstrap intervals), and the seconds a case; ``--plain`` adds the same for likeness to the
question, which serves without a reader. For ``NAME.jsonl`` with ``NAME_unanswerable.jsonl`` beside
it, it prints how well the reader's log-odds tell the two apart.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rare_app.answer import Guide
from rare_app.checks import interval
from rare_app.lab.evaluation import Case, read_cases
from rare_app.library import Embedder, embedder_folder
from rare_app.log import quiet_environment
from rare_app.prompt import as_read
from rare_app.reader import Sentence, find_reader
from rare_app.settings import load_settings


@dataclass(slots=True)
class Found:
    """What was measured on one file."""

    first: list[float] = field(default_factory=list)
    three: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    odds: list[float] = field(default_factory=list)
    seconds: float = 0.0


def holds_evidence(case: Case, texts: Sequence[str], sentence: Sentence) -> bool:
    """Whether a sentence overlaps with marked evidence."""
    text = texts[sentence.passage]
    for evidence in case.evidence or ():
        at = text.find(as_read(evidence))
        if at >= 0 and sentence.start < at + len(evidence) and sentence.end > at:
            return True
    return False


def measure(cases: Sequence[Case], *, guide: Guide, plain: Guide | None) -> Found:
    """Read the passages of some cases."""
    found = Found()
    for case in cases:
        texts = [as_read(text) for text in case.passages or ()]
        begun = time.perf_counter()
        evidence = guide.judge(case.question, texts)
        found.seconds += (time.perf_counter() - begun) / len(cases)
        found.odds.append(evidence.answers_log_odds or 0.0)
        if not case.evidence or not case.answers or not evidence.sentences:
            continue
        order = np.argsort(-evidence.scores)[:3]
        hits = [holds_evidence(case, texts, evidence.sentences[i]) for i in order]
        found.first.append(float(hits[0]))
        found.three.append(float(any(hits)))
        if plain is not None:
            said = plain.judge(case.question, texts)
            best = said.sentences[int(said.scores.argmax())]
            found.plain.append(float(holds_evidence(case, texts, best)))
    return found


def share(values: Sequence[float]) -> str:
    """Write a mean with its interval."""
    if not values:
        return "–"
    low, high = interval(values) or (0.0, 0.0)
    return f"{np.mean(values):.3f} ({low:.2f}–{high:.2f})"


def area(answerable: Sequence[float], lacking: Sequence[float]) -> float:
    """Area under the ROC curve of log-odds, answerable against not."""
    ours, theirs = np.array(answerable)[:, None], np.array(lacking)[None, :]
    return float((ours > theirs).mean() + 0.5 * (ours == theirs).mean())


def main() -> int:
    """Measure all files and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    reader = find_reader(settings, embedder=embedder_folder())
    if reader is None:
        parser.error("there is no reader: name one with RARE_READER")
    embed = Embedder().embed
    guide = Guide(embed=embed, reader=reader)
    plain = Guide(embed=embed) if options.plain else None
    results: dict[str, Found] = {}
    print("| cases | n | best sentence | one of the best three | by likeness | s a case |")
    print("|---|---|---|---|---|---|")
    for path in options.cases:
        last = options.limit and options.skip + options.limit
        cases = [one for one in read_cases(path, limit=last) if one.passages][options.skip :]
        one = measure(cases, guide=guide, plain=plain)
        results[path.stem] = one
        row = (share(one.first), share(one.three), share(one.plain), f"{one.seconds:.2f}")
        print(f"| {path.stem} | {len(cases)} | {' | '.join(row)} |", flush=True)
    for name, one in results.items():
        other = results.get(f"{name}_unanswerable")
        if other is not None:
            for refused in (0.05, 0.10, 0.15):
                bound = float(np.quantile(one.odds, refused))
                caught = float(np.mean(np.array(other.odds) < bound))
                print(
                    f"{name}: refusing {refused:.0%} of the answerable refuses {caught:.0%} of "
                    f"the others (below {bound:.2f} nats)"
                )
            print(f"{name}: area under ROC {area(one.odds, other.odds):.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
