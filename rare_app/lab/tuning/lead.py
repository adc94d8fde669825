"""The reader's likely words above the questions of examples, now and then wrong ones.

The reader has learned the same questions and finds their answers too well. So that the adapter does
not learn to repeat what it is told, some answerable questions have the words of another question
over the same passages above them, and some that are not answered have words however unlikely.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from rare_app.answer import Guide, Quoting
from rare_app.lab.tuning.examiner import shown_passages
from rare_app.lab.tuning.groups import Group
from rare_app.model import GENERIC
from rare_app.settings import Settings
from rare_app.words import content_words

MISLED = 0.35
"""Share of the answerable questions with likely words that are to have another question's."""
UNLIKELY = 0.5
"""Share of the others that have words in which the reader itself does not believe."""


def lead(
    groups: Iterable[Group], *, guide: Guide, settings: Settings, seed: int = 0
) -> tuple[list[Group], Counter[str]]:
    """Put likely words above the questions of groups.

    Parameters
    ----------
    guide : Guide
        Has the reader.

    Returns
    -------
    groups : list of Group
    count : Counter
        What stands above the questions: ``none``, ``likely``, ``unlikely``, ``another's``.
    """
    source, count, led = random.Random(seed), Counter[str](), []
    for group in groups:
        passages = shown_passages(group.passages)
        read = [
            Quoting(
                settings=settings,
                question=one.question,
                passages=passages,
                guide=guide,
                profile=GENERIC,
            )
            for one in group.questions
        ]
        best = [one.likely_words(least=0.0) for one in read]
        asked = []
        for question, quoting, likeliest in zip(group.questions, read, best, strict=True):
            said, kind = quoting.likely_words(), "likely"
            if not said and not question.answerable and source.random() < UNLIKELY:
                said, kind = likeliest, "unlikely"
            elif said and question.answerable and source.random() < MISLED:
                told = set(content_words(f"{said} {question.answer}"))
                others = [one for one in best if one and not told & set(content_words(one))]
                if others:
                    said, kind = source.choice(others), "another's"
            count[kind if said else "none"] += 1
            asked.append(replace(question, likely=said))
        led.append(replace(group, questions=tuple(asked)))
    return led, count
