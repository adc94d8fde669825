"""Ask what rules in English are for, in other words than they were written with.

``python -m benchmarks.rules --kept FILE [--rules lists,figures] [--kinds lists]`` asks
``rule_questions.jsonl`` over ``rule_documents`` with the standard model, whose profile then has
these rules and no others, and sums up by kind. *Holds it* counts answers with all words that must
stand in them, or refusals where nothing is told; whether other words say it is for a person.
"""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.own_documents import Row, describe
from rare_app.log import quiet_environment
from rare_app.services import services
from rare_app.settings import CODE_FOLDER, load_settings

DOCUMENTS = Path(__file__).with_name("rule_documents")
QUESTIONS = Path(__file__).with_name("rule_questions.jsonl")
PROFILE = CODE_FOLDER / "models" / "qwen2.5-coder-1.5b-instruct.toml"
_REFUSED = "=refuse"


def holds(row: Row) -> bool:
    """Whether an answer holds what it must, or is the refusal that is right."""
    said = row["answer"].casefold() if row["answered"] else ""
    told = [[one for one in must.split("|") if one != _REFUSED] for must in row["must"]]
    if any(must.startswith(_REFUSED) for must in row["must"]):
        return not row["answered"] or any(one.casefold() in said for own in told for one in own)
    return row["answered"] and all(any(one.casefold() in said for one in own) for own in told)


def summary(rows: Sequence[Row]) -> str:
    """Sum up by kind."""
    lines = ["kind | asked | holds it | wrong without a doubt | refused", "---|---|---|---|---"]
    for kind in dict.fromkeys(row["kind"] for row in rows):
        own = [row for row in rows if row["kind"] == kind]
        right = [holds(row) for row in own]
        silent = sum(
            row["answered"] and not row["doubtful"] and not held
            for row, held in zip(own, right, strict=True)
        )
        refused = sum(not row["answered"] for row in own)
        lines.append(f"{kind} | {len(own)} | {sum(right)} | {silent} | {refused}")
    return "\n".join(lines)


def with_rules(profile: str, rules: str) -> str:
    """Write a profile whose rules are these, parted by commas."""
    names = [one for one in rules.split(",") if one]
    return re.sub(r"(?m)^rules = .*$", f"rules = {json.dumps(names)}", profile)


def main() -> int:
    """Ask what is not in the file yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--rules", default="lists,figures")
    parser.add_argument("--kinds", default="")
    options = parser.parse_args()
    quiet_environment()
    asked: list[Row] = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    kinds = [one for one in options.kinds.split(",") if one]
    lines = options.kept.read_text("utf-8").splitlines() if options.kept.exists() else []
    rows: list[Row] = [json.loads(line) for line in lines]
    known = {row["id"] for row in rows}
    with TemporaryDirectory() as home:
        models = Path(home) / "models"
        models.mkdir()
        profile = with_rules(PROFILE.read_text("utf-8"), options.rules)
        (models / PROFILE.name).write_text(profile, encoding="utf-8")
        with (
            services(load_settings(home=Path(home))) as app,
            options.kept.open("a", encoding="utf-8") as file,
        ):
            app.library.add(sorted(DOCUMENTS.iterdir()))
            for one in asked:
                if one["id"] in known or (kinds and one["kind"] not in kinds):
                    continue
                rows.append({**one, **describe(app.assistant.answer(one["question"]))})
                file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
                file.flush()
    print(summary(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
