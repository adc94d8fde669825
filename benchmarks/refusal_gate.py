"""What retrieval score makes a question worth asking the model.

The score of the best passage tells documents that may answer from those that cannot.

``python -m benchmarks.refusal_gate HOME RELATED UNRELATED`` retrieves for questions that the
library's documents are about and for questions that they are not, and prints the scores of the best
passages and what each threshold would refuse. Both files hold one question a line, as text or as
JSON with the key ``question``.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from rare_app.library import Library
from rare_app.log import quiet_environment
from rare_app.settings import load_settings


def read_questions(path: Path) -> list[str]:
    """Read one question a line."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [json.loads(line)["question"] if line.startswith("{") else line for line in lines]


def main() -> int:
    """Print quantiles and the trade-off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("related", type=Path)
    parser.add_argument("unrelated", type=Path)
    options = parser.parse_args()
    quiet_environment()
    library = Library(settings=load_settings(home=options.home))
    scores = {}
    for name in ("related", "unrelated"):
        found = [
            library.retrieve(question, k=1) for question in read_questions(getattr(options, name))
        ]
        scores[name] = np.array([one[0].score for one in found if one])
        quantiles = np.quantile(scores[name], [0, 0.01, 0.05, 0.5, 0.95, 1])
        print(f"{name:<10} {len(scores[name]):4} questions, least/1%/5%/median/95%/most:", end=" ")
        print(" ".join(f"{value:.3f}" for value in quantiles))
    print("threshold  related refused  unrelated refused")
    for threshold in np.arange(0.15, 0.51, 0.05):
        related, unrelated = (float((scores[name] < threshold).mean()) for name in scores)
        print(f"{threshold:9.2f}  {related:15.1%}  {unrelated:17.1%}")
    library.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
