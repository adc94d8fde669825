"""CLAP NQ: long answers from a passage, and questions that their passage does not answer."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.records import read_lines

NAME = "clapnq"


def read(folder: Path) -> Iterator[Item]:
    """Read ``dev_answerable.jsonl`` and ``dev_unanswerable.jsonl`` (validation only)."""
    for name in ("dev_answerable.jsonl", "dev_unanswerable.jsonl"):
        for record in read_lines(folder / name):
            with record.shaped():
                parts = record.objects("passages")
                outputs = record.objects("output")
                passages = tuple(
                    Passage(
                        text=part.need("text", str).strip(),
                        title=part.need("title", str),
                        document=f"wiki:{part.need('title', str)}",
                    )
                    for part in parts
                )
                answers = tuple(text for output in outputs if (text := output.need("answer", str)))
                chosen = outputs[0].value.get("selected_sentences") or [] if outputs else []
                evidence = [
                    Evidence(passage=0, text=sentence.strip())
                    for sentence in chosen
                    if passages and sentence.strip() in passages[0].text
                ]
                yield Item(
                    identifier=f"clapnq-{record.need('id', str)}",
                    data_set=NAME,
                    split="validation",
                    kind="span",
                    question=record.need("input", str),
                    passages=passages,
                    gold=(0,) if answers else (),
                    answer=answers[0] if answers else "",
                    answers=answers,
                    evidence=tuple(evidence),
                )
