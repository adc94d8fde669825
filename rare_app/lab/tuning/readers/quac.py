"""QuAC: questions of somebody who does not see the text, a fifth of them not answered by it.

Read from the form in which the package of the data gives them: a section, the questions of a
dialogue ("question1: …") and their answers ("possible answers for question1: …"), words of the
section or ``CANNOTANSWER`` (Choi et al. 2018, arXiv 1808.07036).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.records import Record, read_lines
from rare_app.lab.tuning.sentences import covering_span, quote_span, sentence_spans
from rare_app.lab.tuning.text import fraction

NAME = "quac"
FILE = "Quac-train.jsonl"
NOT_TOLD = "CANNOTANSWER"
PIECE = 1400
"""Most characters of a passage; a section is cut into such pieces between sentences."""
LONGEST = 40
"""Most words of an answer."""
SPAN_WORDS = 12
"""A longer answer tells which sentence answers, and not where an answer begins and ends."""

_NUMBER = re.compile(r"(?:possible answers for )?question(\d+):\s*")
_BLANK = re.compile(r"\s*answer\s*:\s*\?\s*$")
_NEEDS_HISTORY = re.compile(
    r"\b(?:else|other|another|more|next|then|anything|interesting|article|aspects?)\b",
    re.IGNORECASE,
)
"""What asks on from the question before, and means nothing without it."""
_FEWEST_WORDS = 4


def read(folder: Path) -> Iterator[Item]:
    """Read ``Quac-train.jsonl``; all of it is for training."""
    for record in read_lines(folder / FILE):
        with record.shaped():
            yield from _items(record)


def _items(record: Record) -> Iterator[Item]:
    text = record.need("passage", str).removesuffix(NOT_TOLD).rstrip()
    document = f"quac:{fraction(text):.12f}"
    pieces = _pieces(text)
    passages = tuple(Passage(text=text[slice(*piece)], document=document) for piece in pieces)
    answers = _numbered(record.need("answer", str))
    for number, asked in _numbered(record.need("question", str)).items():
        question, answer = _BLANK.sub("", asked).strip(), answers.get(number, "").strip()
        if len(question.split()) < _FEWEST_WORDS or _NEEDS_HISTORY.search(question):
            continue
        name = f"{document}-{number}"
        if answer == NOT_TOLD:
            yield _item(name, question, passages)
        elif 0 < len(answer.split()) <= LONGEST:
            at = text.find(answer)
            place = covering_span(sentence_spans(text), at, at + len(answer)) if at >= 0 else None
            if place is None:
                continue
            start, end = quote_span(text, place, at, at + len(answer))
            gold = next((i for i, (a, b) in enumerate(pieces) if a <= start and end <= b), None)
            if gold is not None:
                yield _item(name, question, passages, answer, gold, text[start:end])


def _item(
    name: str,
    question: str,
    passages: tuple[Passage, ...],
    answer: str = "",
    gold: int = 0,
    quote: str = "",
) -> Item:
    return Item(
        identifier=name,
        data_set=NAME,
        split="train",
        kind="span" if len(answer.split()) <= SPAN_WORDS else "proof",
        question=question,
        passages=passages,
        gold=(gold,) if answer else (),
        answer=answer,
        answers=(answer,) if answer else (),
        evidence=(Evidence(passage=gold, text=quote),) if answer else (),
    )


def _numbered(text: str) -> dict[str, str]:
    """Take numbered questions, or their answers, apart."""
    parts = _NUMBER.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _pieces(text: str) -> list[tuple[int, int]]:
    """Cut a section between sentences into pieces of at most :data:`PIECE` characters."""
    pieces: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if pieces and end - pieces[-1][0] <= PIECE:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    return pieces
