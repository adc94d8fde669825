"""NQ-open with its gold passage: short answers to searched questions."""

from collections.abc import Iterator
from pathlib import Path

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.records import read_lines
from rare_app.lab.tuning.sentences import covering_span, quote_span, sentence_spans, window_round
from rare_app.lab.tuning.text import fraction

NAME = "nq_open_oracle"


def read(folder: Path) -> Iterator[Item]:
    """Read ``nq-open-oracle.jsonl.gz`` (training); answers not in the passage are left out."""
    for number, record in enumerate(read_lines(folder / "nq-open-oracle.jsonl.gz")):
        contexts = record.objects("ctxs")
        if not contexts:
            raise record.wrong("the field “ctxs” is empty.")
        text, title = contexts[0].need("text", str), contexts[0].need("title", str)
        answers = [str(answer) for answer in record.need("answers", list)]
        found = [(text.find(answer), answer) for answer in answers if answer in text]
        if not found:
            continue
        start, answer = found[0]
        end = start + len(answer)
        sentence = covering_span(sentence_spans(text), start, end)
        if sentence is None:
            continue
        identifier = f"nq-{number}"
        window = window_round(text, start, end, lead=fraction(identifier))
        quote = quote_span(text, sentence, start, end)
        yield Item(
            identifier=identifier,
            data_set=NAME,
            split="train",
            kind="span",
            question=record.need("question", str),
            passages=(Passage(text=text[slice(*window)], title=title, document=f"wiki:{title}"),),
            gold=(0,),
            answer=answer,
            answers=tuple(answers),
            evidence=(Evidence(passage=0, text=text[slice(*quote)]),),
        )
