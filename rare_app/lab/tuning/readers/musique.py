"""MuSiQue: questions put together from simpler ones, each with its passage."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.records import Record, read_list
from rare_app.lab.tuning.sentences import covering_span, quote_span, sentence_spans

NAME = "musique"
FILES = ("musique_train100.json", "musique200.json")


def read(folder: Path) -> Iterator[Item]:
    """Read the files of :data:`FILES` (training), a quote for each simpler question."""
    for name in FILES:
        for record in read_list(folder / name):
            with record.shaped():
                item = _item(record)
            if item:
                yield item


def _item(record: Record) -> Item | None:
    passages = tuple(
        Passage(
            text=part.need("paragraph_text", str),
            title=part.need("title", str),
            document=f"wiki:{part.need('title', str)}",
        )
        for part in record.objects("paragraphs")
    )
    evidence = []
    for step in record.objects("question_decomposition"):
        index, answer = step.need("paragraph_support_idx", int), step.need("answer", str)
        if not 0 <= index < len(passages):
            raise step.wrong("“paragraph_support_idx” names no paragraph.")
        text = passages[index].text
        start = text.find(answer)
        sentence = covering_span(sentence_spans(text), start, start + len(answer))
        if start < 0 or sentence is None:
            return None
        quote = quote_span(text, sentence, start, start + len(answer))
        evidence.append(
            Evidence(passage=index, text=text[slice(*quote)], then=f"This is {answer}.")
        )
    answer = record.need("answer", str)
    aliases = [str(alias) for alias in record.value.get("answer_aliases") or []]
    if not evidence or not record.need("answerable", bool):
        return None
    return Item(
        identifier=f"musique-{record.need('id', str)}",
        data_set=NAME,
        split="train",
        kind="multihop",
        question=record.need("question", str),
        passages=passages,
        gold=tuple(dict.fromkeys(part.passage for part in evidence)),
        answer=answer,
        answers=(answer, *aliases),
        evidence=tuple(evidence),
    )
