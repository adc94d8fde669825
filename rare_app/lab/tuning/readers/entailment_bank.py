"""EntailmentBank: science questions with 25 sentences and a proof that cites some of them."""

import re
from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.records import Record, read_lines

NAME = "entailment_bank"
FILES: dict[str, Split] = {
    "task_2_train.jsonl": "train",
    "task_2_dev.jsonl": "validation",
    "task_2_test.jsonl": "validation",
}
SENTENCES_A_PASSAGE = 6
_PARTS = re.compile(r"\$(\w+)\$ = (.*?)(?= ; \$\w+\$ = |$)", re.DOTALL)
_SENTENCE = re.compile(r"(sent\d+): (.*?)(?= sent\d+: |$)", re.DOTALL)


def read(folder: Path) -> Iterator[Item]:
    """Read ``task_2_{train,dev,test}.jsonl``; six sentences make a passage."""
    for name, split in FILES.items():
        for record in read_lines(folder / name):
            with record.shaped():
                item = _item(record, split)
            if item:
                yield item


def _item(record: Record, split: Split) -> Item | None:
    parts = dict(_PARTS.findall(record.need("input", str)))
    if not {"question", "answer", "hypothesis", "context"} <= parts.keys():
        raise record.wrong("“input” should hold $question$, $answer$, $hypothesis$, $context$.")
    identifier = record.need("id", str)
    sentences = {name: text.strip() + "." for name, text in _SENTENCE.findall(parts["context"])}
    names = list(sentences)
    groups = [
        names[start : start + SENTENCES_A_PASSAGE]
        for start in range(0, len(names), SENTENCES_A_PASSAGE)
    ]
    passages = tuple(
        Passage(text=" ".join(sentences[name] for name in group), document=f"science:{identifier}")
        for group in groups
    )
    place = {name: index for index, group in enumerate(groups) for name in group}
    proof = record.need("output", str).removeprefix("$proof$ = ")
    evidence = _steps(proof, sentences, place, parts["hypothesis"].strip())
    if not evidence:
        return None
    answer = parts["answer"].strip().rstrip(".")
    return Item(
        identifier=f"entailment-{identifier}",
        data_set=NAME,
        split=split,
        kind="proof",
        question=parts["question"].strip(),
        passages=passages,
        gold=tuple(sorted({part.passage for part in evidence})),
        answer=answer,
        answers=(answer,),
        evidence=tuple(evidence),
    )


def _steps(
    proof: str, sentences: dict[str, str], place: dict[str, int], hypothesis: str
) -> list[Evidence]:
    """Turn "sent1 & sent2 -> int1: text; …" into quotes, each step's last one with what follows."""
    evidence: list[Evidence] = []
    for step in proof.split(";"):
        left, arrow, right = step.partition("->")
        if not arrow:
            continue
        named = [name.strip() for name in left.split("&")]
        said = right.partition(":")[2].strip() if right.strip() != "hypothesis" else hypothesis
        cited = [name for name in named if name in sentences]
        for number, name in enumerate(cited, start=1):
            then = f"So {said}." if number == len(cited) else ""
            evidence.append(Evidence(passage=place[name], text=sentences[name], then=then))
    return evidence
