"""SQuAD 2.0: spans of a paragraph, and questions that the paragraph does not answer."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage, Split
from rare_app.lab.tuning.records import Record, read_object
from rare_app.lab.tuning.sentences import covering_span, quote_span, sentence_spans, window_round
from rare_app.lab.tuning.text import fraction

NAME = "squad2_half_dev"
VALIDATION_SHARE = 0.3
"""Share of the articles that only validate."""


def read(folder: Path) -> Iterator[Item]:
    """Read ``dev-v2.0.json``; a fixed third of the articles validates."""
    articles = read_object(folder / "dev-v2.0.json").objects("data")
    ranked = sorted((article.need("title", str) for article in articles), key=fraction)
    held_out = set(ranked[: max(1, round(len(ranked) * VALIDATION_SHARE))])
    for article in articles:
        title = article.need("title", str)
        split: Split = "validation" if title in held_out else "train"
        for paragraph in article.objects("paragraphs"):
            text = paragraph.need("context", str)
            for entry in paragraph.objects("qas"):
                with entry.shaped():
                    item = paragraph_item(
                        entry,
                        text,
                        title=title.replace("_", " "),
                        split=split,
                        data_set=NAME,
                        impossible=entry.need("is_impossible", bool),
                    )
                if item:
                    yield item


def paragraph_item(
    entry: Record,
    text: str,
    *,
    title: str,
    split: Split,
    data_set: str,
    impossible: bool = False,
) -> Item | None:
    """Make an item of a question on a paragraph, as SQuAD 1.1 and 2.0 write it down.

    Parameters
    ----------
    impossible : bool
        Whether the data mark the question as one that the paragraph does not answer.

    Returns
    -------
    Item or None
        ``None`` where the answer's place is not in the paragraph.
    """
    identifier = f"squad-{entry.need('id', str)}"
    answers = entry.objects("answers")
    clues = answers or [
        entry.inner(v, "plausible") for v in entry.value.get("plausible_answers", [])
    ]
    start = clues[0].need("answer_start", int) if clues else 0
    end = start + len(clues[0].need("text", str)) if clues else 1
    # One window a paragraph, whatever the question, so that its questions share it.
    window = window_round(text, start, end, lead=0.5, characters=1400)
    sentence = covering_span(sentence_spans(text), start, end)
    if sentence is None or not (impossible or answers):
        return None
    quote = quote_span(text, sentence, start, end)
    texts = [answer.need("text", str) for answer in answers]
    return Item(
        identifier=identifier,
        data_set=data_set,
        split=split,
        kind="span",
        question=entry.need("question", str).strip(),
        passages=(Passage(text=text[slice(*window)], title=title, document=f"wiki:{title}"),),
        gold=() if impossible else (0,),
        answer="" if impossible else min(texts, key=len),
        answers=tuple(dict.fromkeys(texts)),
        evidence=() if impossible else (Evidence(passage=0, text=text[slice(*quote)]),),
    )
