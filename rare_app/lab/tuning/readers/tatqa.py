"""TAT-QA: questions on a financial table and the text round it."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.likeness import likest_line, likest_sentence
from rare_app.lab.tuning.records import Record, read_list

NAME = "tatqa"
FILES: dict[str, Split] = {
    "tatqa_dataset_dev.json": "train",
    "tatqa_dataset_test_gold.json": "validation",
}
TABLE_CHARACTERS = 1400


def read(folder: Path) -> Iterator[Item]:
    """Read the files of :data:`FILES`; the table is one passage, each paragraph another."""
    for name, split in FILES.items():
        for record in read_list(folder / name):
            with record.shaped():
                yield from _items(record, split)


def _items(record: Record, split: Split) -> Iterator[Item]:
    table = record.inner(record.need("table", dict), "table")
    document = f"tatqa:{table.need('uid', str)}"
    rows = [" ".join(" ".join(map(str, row)).split()) for row in table.need("table", list)]
    texts = ["\n".join(row for row in rows if row)]
    texts += [part.need("text", str) for part in record.objects("paragraphs")]
    passages = tuple(Passage(text=text, document=document) for text in texts)
    if len(texts[0]) > TABLE_CHARACTERS:
        return
    for entry in record.objects("questions"):
        kind, found = entry.need("answer_type", str), entry.value.get("answer")
        values = [str(v) for v in found] if isinstance(found, list) else [str(found)]
        scale = str(entry.value.get("scale") or "")
        derivation = str(entry.value.get("derivation") or "")
        question = entry.need("question", str)
        numbers = [int(number) for number in entry.value.get("rel_paragraphs") or []]
        evidence = _evidence(question, values, texts, numbers, derivation)
        if not evidence or len(values) > 3:
            continue
        answer = ", ".join(values) + (f" {scale}" if kind == "arithmetic" and scale else "")
        last = evidence[-1]
        if derivation and kind == "arithmetic":
            then = f"{derivation} = {values[0]}."
            evidence[-1] = Evidence(passage=last.passage, text=last.text, then=then)
        yield Item(
            identifier=f"tatqa-{entry.need('uid', str)}",
            data_set=NAME,
            split=split,
            kind="number",
            question=question,
            passages=passages,
            gold=tuple(sorted({part.passage for part in evidence})),
            answer=answer,
            answers=tuple(dict.fromkeys([answer, ", ".join(values)])),
            evidence=tuple(evidence),
            names_evidence=False,
        )


def _evidence(
    question: str, values: list[str], texts: list[str], numbers: list[int], derivation: str
) -> list[Evidence]:
    """Quote each sentence or row that holds an answer, or the row that the sum starts from."""
    found: list[Evidence] = []
    for value in values:
        order = [n for n in numbers if 0 < n < len(texts)] + [0]
        place = next((index for index in order if value in texts[index]), None)
        if place is not None:
            pick = likest_line if place == 0 else likest_sentence
            low, high = pick(question, texts[place], holding=value)
            found.append(Evidence(passage=place, text=texts[place][low:high]))
    if not found and derivation:
        low, high = likest_line(question, texts[0])
        found.append(Evidence(passage=0, text=texts[0][low:high]))
    unique = {(part.passage, part.text): part for part in found}
    return list(unique.values())
