"""COVID-QA: experts' questions on long medical papers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.records import Record, read_object
from rare_app.lab.tuning.sentences import (
    Span,
    covering_span,
    quote_span,
    sentence_spans,
    trim,
    windows,
)
from rare_app.lab.tuning.text import fraction

NAME = "covid_qa"
VALIDATION_SHARE = 0.3
"""Share of the papers that only validate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperQuestion:
    """A question and where its answer stands in the paper, in characters."""

    identifier: str
    question: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper with its questions."""

    key: str
    split: Split
    text: str
    questions: tuple[PaperQuestion, ...]


def read_papers(folder: Path) -> Iterator[Paper]:
    """Read ``200423_covidQA.json`` paper by paper; a fixed share of them validates."""
    papers = [
        paragraph
        for paper in read_object(folder / "200423_covidQA.json").objects("data")
        for paragraph in paper.objects("paragraphs")
    ]
    keys = [f"covid:{paper.need('context', str).split(chr(10), 1)[0].strip()}" for paper in papers]
    ranked = sorted(set(keys), key=fraction)
    held_out = set(ranked[: max(1, round(len(ranked) * VALIDATION_SHARE))])
    for paper, key in zip(papers, keys, strict=True):
        with paper.shaped():
            text = paper.need("context", str)
            yield Paper(
                key=key,
                split="validation" if key in held_out else "train",
                text=text,
                questions=tuple(_questions(paper, text)),
            )


def _questions(paper: Record, text: str) -> Iterator[PaperQuestion]:
    for entry in paper.objects("qas"):
        answers = entry.objects("answers")
        if not answers:
            continue
        start = answers[0].need("answer_start", int)
        span = trim(text, start, start + len(answers[0].need("text", str)))
        if span is not None:
            yield PaperQuestion(
                identifier=f"covid-{entry.value.get('id')}-{start}",
                question=entry.need("question", str).strip(),
                span=span,
            )


def read(folder: Path) -> Iterator[Item]:
    """Read the papers as items.

    Each paper is cut into windows of whole sentences; where an answer runs over a cut, the
    windows that it touches are one passage for its question.
    """
    for paper in read_papers(folder):
        yield from _items(paper)


def _items(paper: Paper) -> Iterator[Item]:
    text, key = paper.text, paper.key
    title = key.removeprefix("covid:")
    cuts = windows(text)
    passages = tuple(Passage(text=text[slice(*cut)], title=title, document=key) for cut in cuts)
    sentences = sentence_spans(text)
    for asked in paper.questions:
        span = asked.span
        touched = [i for i, cut in enumerate(cuts) if cut[0] < span[1] and span[0] < cut[1]]
        if not touched:
            continue
        gold, last = touched[0], touched[-1]
        low, high = min(cuts[gold][0], span[0]), max(cuts[last][1], span[1])
        joined = Passage(text=text[low:high], title=title, document=key)
        own = passages if gold == last else (*passages[:gold], joined, *passages[last + 1 :])
        sentence = covering_span(sentences, *span) or span
        quote = quote_span(text, (max(sentence[0], low), min(sentence[1], high)), *span)
        answer = text[slice(*span)]
        yield Item(
            identifier=asked.identifier,
            data_set=NAME,
            split=paper.split,
            kind="span",
            question=asked.question,
            passages=own,
            gold=(gold,),
            answer=answer,
            answers=(answer,),
            evidence=(Evidence(passage=gold, text=text[slice(*quote)]),),
        )
