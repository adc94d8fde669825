"""PubMedQA: yes, no or maybe from an abstract whose conclusion is left out."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.likeness import likeness, likest_sentence
from rare_app.lab.tuning.records import Record, read_object
from rare_app.lab.tuning.sentences import windows

NAME = "pubmedqa"


def read(folder: Path) -> Iterator[Item]:
    """Read ``ori_pqal.json``; the ids of ``test_ground_truth.json`` validate.

    The evidence is the sentence most like the authors' own conclusion (which is not shown).
    """
    held_out = set(read_object(folder / "test_ground_truth.json").value)
    whole = read_object(folder / "ori_pqal.json")
    for identifier, value in whole.value.items():
        record = whole.inner(value, identifier)
        with record.shaped():
            yield _item(record, identifier, "validation" if identifier in held_out else "train")


def _item(record: Record, identifier: str, split: Split) -> Item:
    answer = record.need("final_decision", str)
    labels = [str(label).capitalize() for label in record.value.get("LABELS") or []]
    document = f"pubmed:{identifier}"
    passages = []
    for index, paragraph in enumerate(record.need("CONTEXTS", list)):
        title = labels[index] if index < len(labels) else ""
        for low, high in windows(paragraph, characters=1400):
            passages.append(Passage(text=paragraph[low:high], title=title, document=document))
    if not passages:
        raise record.wrong("the field “CONTEXTS” is empty.")
    question = record.need("QUESTION", str)
    target = f"{question} {record.need('LONG_ANSWER', str)}"
    spans = [likest_sentence(target, passage.text, late=True) for passage in passages]
    scores = [
        likeness(target, passages[index].text[slice(*span)]) * (1.0 + index / len(spans))
        for index, span in enumerate(spans)
    ]
    # The first part says what is asked for, most like the question; what came out stands later.
    best = max(range(min(1, len(spans) - 1), len(spans)), key=scores.__getitem__)
    return Item(
        identifier=f"pubmed-{identifier}",
        data_set=NAME,
        split=split,
        kind="decision",
        question=question,
        passages=tuple(passages),
        gold=tuple(range(len(passages))),
        answer=answer,
        answers=(answer,),
        choices=("yes", "no", "maybe"),
        evidence=(Evidence(passage=best, text=passages[best].text[slice(*spans[best])]),),
        names_evidence=False,
    )
