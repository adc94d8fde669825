"""Which of a case's passages hold the answer, and which sentence is most like the question."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rare_app.checks.score import normalise_answer
from rare_app.lab.evaluation.cases import Case
from rare_app.library import Passage
from rare_app.proof import split_sentences

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def gold_places(case: Case, passages: Sequence[Passage]) -> list[int]:
    """Find the passages that hold an evidence text, or (without evidence) an accepted answer.

    The words of a closed set (“yes”) stand anywhere, so that they tell nothing. An unanswerable
    case has no gold passage.
    """
    if not case.answers:
        return []
    wanted = case.evidence or (() if case.choices else case.answers)
    needles = [f" {text} " for one in wanted if (text := normalise_answer(one))]
    found = []
    for place, passage in enumerate(passages):
        text = f" {normalise_answer(passage.text)} "
        if any(needle in text for needle in needles):
            found.append(place)
    return found


def likest_sentence(question: str, passages: Sequence[Passage], *, embed: Embed) -> list[Passage]:
    """Give the sentence of the passages that is most like the question, as the only passage."""
    pairs = [
        (passage, start, end)
        for passage in passages
        for start, end in split_sentences(passage.text)
        if passage.text[start:end].strip()
    ]
    if not pairs:
        return []
    vectors = embed([question, *(one.text[start:end] for one, start, end in pairs)])
    best, start, end = pairs[int(np.argmax(vectors[1:] @ vectors[0]))]
    return [
        replace(best, text=best.text[start:end], start=best.start + start, end=best.start + end)
    ]
