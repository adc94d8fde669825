"""QED: Wikipedia paragraphs, short answers, and which words of question and sentence match."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.records import Record, read_lines
from rare_app.lab.tuning.sentences import covering_span, quote_span, trim, window_round
from rare_app.lab.tuning.text import fraction, normalise

NAME = "qed"


def read(folder: Path) -> Iterator[Item]:
    """Read ``nq-train-*-qed.jsonlines`` (training) and ``qed-dev.jsonlines`` (validation)."""
    for path in sorted(folder.glob("*.jsonlines")):
        split: Split = "validation" if "dev" in path.name else "train"
        for record in read_lines(path):
            with record.shaped():
                item = _item(record, split)
            if item:
                yield item


def _item(record: Record, split: Split) -> Item | None:
    text = record.need("paragraph_text", str)
    title = record.need("title_text", str)
    question = record.need("question_text", str)
    spans = _answer_spans(record, split)
    if not spans:
        return None
    start, end = spans[0][0]
    if not 0 <= start < end <= len(text):
        return None  # a few of the published spans are wrong
    sentence = covering_span(_sentences(record, text), start, end)
    if sentence is None:
        return None
    identifier = f"qed-{record.value.get('example_id')}"
    window = window_round(text, start, end, lead=fraction(identifier))
    quote = quote_span(text, sentence, start, end)
    quote = (max(quote[0], window[0]), min(quote[1], window[1]))
    if not quote[0] <= start < end <= quote[1]:
        return None
    answers = [", ".join(text[low:high].strip() for low, high in group) for group in spans]
    return Item(
        identifier=identifier,
        data_set=NAME,
        split=split,
        kind="span",
        question=question,
        passages=(Passage(text=text[slice(*window)], title=title, document=f"wiki:{title}"),),
        gold=(0,),
        answer=answers[0],
        answers=tuple(dict.fromkeys(answers)),
        evidence=(
            Evidence(passage=0, text=text[slice(*quote)], then=_same(record, text[slice(*quote)])),
        ),
    )


def _answer_spans(record: Record, split: Split) -> list[list[tuple[int, int]]]:
    """Give each right answer as its spans; training files hold one, the dev file several."""
    if split == "train":
        pairs = record.need("answer_spans", list)
        return [[(int(low), int(high)) for low, high in pairs[:4]]] if pairs else []
    annotation = record.inner(record.need("annotation", dict), "annotation")
    if annotation.value.get("explanation_type") == "none":
        return []
    groups = [
        [(int(span["start"]), int(span["end"])) for span in group[:4]]
        for group in record.need("original_nq_answers", list)
        if group
    ]
    return sorted(groups, key=lambda group: sum(high - low for low, high in group))


def _sentences(record: Record, text: str) -> list[tuple[int, int]]:
    starts = [*record.need("sentence_starts", list), len(text)]
    pairs = itertools.pairwise(starts)
    return [span for low, high in pairs if (span := trim(text, low, high))]


def _same(record: Record, quote: str) -> str:
    """Say which words of the quote stand for which of the question, when they differ."""
    for link in record.value.get("annotation") or []:
        if not isinstance(link, dict):
            continue
        there, here = link.get("context_entity_text", ""), link.get("question_entity_text", "")
        if there in quote and there and here and normalise(there) != normalise(here):
            return f"“{there}” is “{here}” in the question."
    return ""
