"""HotpotQA and 2WikiMultihopQA: facts of two or more articles."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.records import Record, read_list
from rare_app.lab.tuning.text import holds

NAME = "multihop"
FILES: dict[str, Split] = {
    "hotpot500.json": "train",
    "hotpot_train100.json": "train",
    "2wiki_train500_explained.json": "train",
    "2wiki200.json": "train",
    "hotpot200.json": "validation",
}


def read(folder: Path) -> Iterator[Item]:
    """Read the files of :data:`FILES`, quoting the supporting facts in the reasoning's order."""
    for name, split in FILES.items():
        for record in read_list(folder / name):
            with record.shaped():
                item = _item(record, split)
            if item:
                yield item


def _item(record: Record, split: Split) -> Item | None:
    if "context" not in record.value:  # a few of 2wiki200 are published without their articles
        return None
    articles = [(str(title), list(sentences)) for title, sentences in record.need("context", list)]
    titles = [title for title, _ in articles]
    passages = tuple(
        Passage(
            text=" ".join(sentence.strip() for sentence in sentences),
            title=title,
            document=f"wiki:{title}",
        )
        for title, sentences in articles
    )
    answer = record.need("answer", str)
    evidence = []
    for title, number in record.need("supporting_facts", list):
        if title in titles and number < len(articles[titles.index(title)][1]):
            index = titles.index(title)
            text = articles[index][1][number].strip()
            evidence.append(Evidence(passage=index, text=text, then=_fact(record, text)))
    if not evidence:
        return None
    evidence = _in_order(evidence, titles, answer)
    yes_no = answer.lower() in ("yes", "no")
    if not yes_no and not any(holds(part.text, answer) for part in evidence):
        return None
    return Item(
        identifier=f"multihop-{record.need('_id', str)}",
        data_set=NAME,
        split=split,
        kind="multihop",
        question=record.need("question", str),
        passages=passages,
        gold=tuple(dict.fromkeys(part.passage for part in evidence)),
        answer=answer,
        answers=(answer,),
        choices=("yes", "no") if yes_no else (),
        evidence=tuple(evidence[:5]),
    )


def _fact(record: Record, text: str) -> str:
    """Say the fact (2Wiki's triple) that a sentence holds."""
    for subject, relation, value in record.value.get("evidences") or []:
        if holds(text, value) and holds(text, subject):
            return f"The {relation} of {subject} is {value}."
    return ""


def _in_order(evidence: list[Evidence], titles: list[str], answer: str) -> list[Evidence]:
    """Put the hop that names the other article before it, and the answer's hop last."""

    def rank(part: Evidence) -> tuple[bool, bool]:
        others = [titles[other.passage] for other in evidence if other.passage != part.passage]
        return holds(part.text, answer), not any(holds(part.text, title) for title in others)

    return sorted(evidence, key=rank)
