"""BoolQ: yes or no on a Wikipedia passage."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.likeness import likest_sentence
from rare_app.lab.tuning.records import read_lines
from rare_app.lab.tuning.sentences import window_round
from rare_app.lab.tuning.text import fraction, normalise

NAME = "boolq_dev"


def read(folder: Path) -> Iterator[Item]:
    """Read ``boolq.jsonl`` (training); the sentence most like the question is its evidence."""
    for number, record in enumerate(read_lines(folder / "boolq.jsonl")):
        head, mark, question = record.need("query", str).rpartition("\nQuestion: ")
        choices = [str(choice) for choice in record.need("choices", list)]
        gold = record.need("gold", int)
        if not mark or not 0 <= gold < len(choices):
            raise record.wrong("“query” should hold a passage and a question, “gold” a choice.")
        text = head.removeprefix("Passage: ").strip()
        span = likest_sentence(question, text)
        window = window_round(text, *span, lead=fraction(f"boolq-{number}"))
        yield Item(
            identifier=f"boolq-{number}",
            data_set=NAME,
            split="train",
            kind="boolean",
            question=question.strip(),
            passages=(
                Passage(text=text[slice(*window)], document=f"boolq:{normalise(text[:200])}"),
            ),
            gold=(0,),
            answer=choices[gold],
            answers=(choices[gold],),
            choices=("yes", "no"),
            evidence=(Evidence(passage=0, text=text[slice(*span)]),),
            names_evidence=False,
        )
