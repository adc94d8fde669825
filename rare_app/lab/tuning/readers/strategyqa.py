"""StrategyQA: yes or no from facts that the question does not name."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.records import Record, read_list

NAME = "strategyqa"
FILES: dict[str, Split] = {"train.json": "train", "dev.json": "validation"}


def read(folder: Path) -> Iterator[Item]:
    """Read ``train.json`` and ``dev.json``; each fact is a passage of its own."""
    for name, split in FILES.items():
        for record in read_list(folder / name):
            with record.shaped():
                yield _item(record, split)


def _item(record: Record, split: Split) -> Item:
    identifier = record.need("qid", str)
    term = str(record.value.get("term") or "")
    facts = [
        " ".join(str(fact).split()) for fact in record.need("facts", list) if str(fact).strip()
    ]
    if not facts:
        raise record.wrong("the field “facts” is empty.")
    passages = tuple(
        Passage(text=fact, title=term, document=f"strategy:{identifier}") for fact in facts
    )
    answer = "yes" if record.need("answer", bool) else "no"
    return Item(
        identifier=f"strategy-{identifier}",
        data_set=NAME,
        split=split,
        kind="boolean",
        question=record.need("question", str),
        passages=passages,
        gold=tuple(range(len(passages))),
        answer=answer,
        answers=(answer,),
        choices=("yes", "no"),
        evidence=tuple(Evidence(passage=index, text=fact) for index, fact in enumerate(facts)),
    )
