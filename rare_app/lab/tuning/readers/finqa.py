"""FinQA (from UDA): sums over a page of an annual report, with the program that computes them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.records import Record, read_object
from rare_app.lab.tuning.sentences import WINDOW_CHARACTERS
from rare_app.lab.tuning.text import fraction

NAME = "finqa"
SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "greater": ">"}
_STEP = re.compile(r"(\w+)\(([^,()]+), ([^,()]+)\)")


def read(folder: Path) -> Iterator[Item]:
    """Read ``bench_fin_qa.json``; the table is one passage, the text some more."""
    whole = read_object(folder / "bench_fin_qa.json")
    for report in whole.value:
        for entry in whole.objects(report):
            with entry.shaped():
                item = _item(entry, report)
            if item:
                yield item


def held_back(report: str) -> bool:
    """Whether questions on an annual report are kept for measuring: half of the reports."""
    return fraction(f"steps:{report}") < 0.5


def infix(program: str) -> str:
    """Write FinQA's program as a sum: ``subtract(36, 28), divide(#0, 28)`` → ``(36 - 28) / 28``.

    Returns
    -------
    str
        Empty for programs with other operations (over tables).
    """
    steps: list[str] = []
    for name, left, right in _STEP.findall(program):
        if name not in SIGNS:
            return ""
        terms = [_term(text, steps) for text in (left, right)]
        steps.append(f"{terms[0]} {SIGNS[name]} {terms[1]}")
    return steps[-1] if steps else ""


def _term(text: str, steps: Sequence[str]) -> str:
    if text.startswith("#") and text[1:].isdigit() and int(text[1:]) < len(steps):
        return f"({steps[int(text[1:])]})"
    return text.strip().removeprefix("const_").replace("m1", "-1")


def _item(entry: Record, report: str) -> Item | None:
    identifier = entry.need("q_uid", str)
    context = entry.inner(entry.need("context", dict), "context")
    rows = [" ".join(map(str, row)) for row in context.need("table", list)]
    before, after = context.need("pre_text", list), context.need("post_text", list)
    texts, place = _join([str(text).strip() for text in (*before, *after)])
    document = f"finqa:{report}:{identifier.rpartition('-')[0]}"
    passages = tuple(Passage(text=text, document=document) for text in ["\n".join(rows), *texts])
    evidence = []
    for key in entry.need("evidence", dict):
        kind, _, number = key.partition("_")
        if not number.isdigit():
            raise entry.wrong(f"the evidence “{key}” should read table_N or text_N.")
        if kind == "table" and int(number) < len(rows):
            evidence.append(Evidence(passage=0, text=rows[int(number)]))
        elif kind == "text" and int(number) in place:
            index, text = place[int(number)]
            evidence.append(Evidence(passage=index + 1, text=text))
    answers = entry.inner(entry.need("answers", dict), "answers")
    answer = answers.need("str_answer", str).strip()
    expression = infix(str(entry.value.get("program") or ""))
    if (
        not evidence
        or not answer
        or not expression
        or len(passages[0].text) > 2 * WINDOW_CHARACTERS
    ):
        return None
    last = evidence[-1]
    evidence[-1] = Evidence(passage=last.passage, text=last.text, then=f"{expression} = {answer}.")
    return Item(
        identifier=f"finqa-{identifier}",
        data_set=NAME,
        split="validation" if held_back(report) else "train",
        kind="number",
        question=entry.need("question", str),
        passages=passages,
        gold=tuple(sorted({part.passage for part in evidence})),
        answer=answer,
        answers=(answer, str(answers.value.get("exe_answer", answer))),
        evidence=tuple(evidence[:4]) if len(evidence) <= 4 else (*evidence[:3], evidence[-1]),
    )


def _join(sentences: Sequence[str]) -> tuple[list[str], dict[int, tuple[int, str]]]:
    """Join sentences into passages; give also the passage of each sentence, by its number."""
    texts: list[str] = []
    place: dict[int, tuple[int, str]] = {}
    for number, sentence in enumerate(sentences):
        if not sentence:
            continue
        if texts and len(texts[-1]) + len(sentence) < WINDOW_CHARACTERS:
            texts[-1] += f" {sentence}"
        else:
            texts.append(sentence)
        place[number] = (len(texts) - 1, sentence)
    return texts, place
