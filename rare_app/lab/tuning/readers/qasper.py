"""Qasper (from UDA): questions on papers, with the paragraphs and sentences that answer them."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.likeness import likest_sentence
from rare_app.lab.tuning.records import Record, read_object
from rare_app.lab.tuning.sentences import quote_span, window_round
from rare_app.lab.tuning.text import fraction

NAME = "qasper"


def read(folder: Path) -> Iterator[Item]:
    """Read ``bench_paper_text_qa.json`` (training): extractive and yes/no answers."""
    whole = read_object(folder / "bench_paper_text_qa.json")
    for paper in whole.value:
        for entry in whole.objects(paper):
            with entry.shaped():
                item = _item(entry, f"qasper:{paper}")
            if item:
                yield item


def _item(entry: Record, document: str) -> Item | None:
    answers, evidence = entry.objects("answers"), entry.objects("evidence")
    if not answers or not evidence:
        raise entry.wrong("“answers” and “evidence” should not be empty.")
    kind, answer = answers[0].need("type", str), answers[0].need("answer", str).strip()
    texts = [str(text) for text in evidence[0].need("raw_evidence", list)]
    marked = [str(text).strip() for text in evidence[0].need("highlighted_evidence", list)]
    question = entry.need("question", str)
    found = _place(question, answer if kind == "extractive" else "", texts, marked)
    if kind not in ("extractive", "boolean") or found is None:
        return None
    text, span = found
    low, high = window_round(text, *span, lead=fraction(question))
    return Item(
        identifier=f"qasper-{entry.need('q_uid', str)}",
        data_set=NAME,
        split="train",
        kind="span" if kind == "extractive" else "boolean",
        question=question,
        passages=(Passage(text=text[low:high], document=document),),
        gold=(0,),
        answer=answer if kind == "extractive" else answer.lower(),
        answers=tuple(one.need("answer", str) for one in answers),
        choices=() if kind == "extractive" else ("yes", "no"),
        evidence=(Evidence(passage=0, text=text[slice(*span)]),),
    )


def _place(
    question: str, answer: str, texts: list[str], marked: list[str]
) -> tuple[str, tuple[int, int]] | None:
    """Find the paragraph and the words to quote: what is marked, where the answer stands."""
    for text in texts:
        for words in marked:
            start = text.find(words)
            if words and start >= 0 and answer in words:
                inside = start + words.find(answer) if answer else start
                return text, quote_span(
                    text, (start, start + len(words)), inside, inside + len(answer or words)
                )
        if answer and answer in text:
            return text, likest_sentence(question, text, holding=answer)
    return None
