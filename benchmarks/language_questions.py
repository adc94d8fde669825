"""Questions in German and Chinese over small documents, with the answers that were expected."""

import json
import re
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
QUESTIONS = _HERE / "language_questions.jsonl"
DOCUMENTS = _HERE / "language_documents"


def language_cases() -> dict[str, list[dict[str, Any]]]:
    """Give the cases of each set, in the form that ``evaluate`` reads.

    A case's passages are all sections of its document, in their order.
    """
    sets: dict[str, list[dict[str, Any]]] = {}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        text = (DOCUMENTS / one["document"]).read_text(encoding="utf-8")
        name, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
        title = name.strip("# \n")
        cases = sets.setdefault(one["set"], [])
        cases.append(
            {
                "id": f"{one['set']}-{len(cases) + 1}",
                "question": one["question"],
                "passages": [f"{title}: {section.strip()}" for section in sections],
                "answers": one["answers"],
                "choices": one.get("choices"),
                "evidence": None,
            }
        )
    return sets
