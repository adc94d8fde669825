"""How much faster an answer is written when tokens are read ahead, in quotes and outside.

``python -m benchmarks.decoding SQUAD.json [--limit 20] [--model NAME] [--output FILE]`` gives a
model questions of a file in SQuAD's form, each with its paragraph and three others of the article,
and lets it think, with a quote of a passage first, and answer. Each question is
answered twice over the same context: a token at a time, and reading ahead. It prints tokens a
second and ratios, by the clock and by the time of the processor, which other programs disturb less;
and how many completions are the same. With ``--output`` each question is a line of that file, and a
run that was cut off goes on after the last one.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rare_app.answer import assemble
from rare_app.lab.evaluation import given_passages
from rare_app.log import quiet_environment
from rare_app.model import (
    AHEAD,
    LanguageModel,
    QuoteFilter,
    QuoteStart,
    Sampler,
    Usage,
    choose_model,
    default_threads,
    generate,
)
from rare_app.prompt.layout import (
    ANSWER_CLOSE,
    ANSWER_OPEN,
    ANSWER_START,
    QUOTE_CLOSE,
    QUOTE_OPEN,
    THINK_CLOSE,
    as_read,
)
from rare_app.reader import sentences_of
from rare_app.settings import load_settings

PASSAGES = 4
_LONGEST = 160
"""Tokens of the thoughts, and of the answer, at most."""


@dataclass(slots=True)
class Written:
    """One completion: its tokens and seconds (clock and processor) by where they stand."""

    text: str = ""
    tokens: dict[str, int] = field(default_factory=lambda: {"quote": 0, "else": 0})
    seconds: dict[str, float] = field(default_factory=lambda: {"quote": 0.0, "else": 0.0})
    cpu: dict[str, float] = field(default_factory=lambda: {"quote": 0.0, "else": 0.0})


def questions_of(path: Path, *, limit: int) -> list[tuple[str, list[str]]]:
    """Take a question of every article in turn, with its paragraph and the ones that follow it."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    taken: list[tuple[str, list[str]]] = []
    for at in range(max(len(article["paragraphs"]) for article in articles)):
        for article in articles:
            paragraphs = article["paragraphs"][at : at + PASSAGES]
            if len(paragraphs) == PASSAGES and paragraphs[0]["qas"]:
                texts = [paragraph["context"] for paragraph in paragraphs]
                taken.append((paragraphs[0]["qas"][0]["question"], texts))
            if len(taken) == limit:
                return taken
    return taken


def quote_filter(model: LanguageModel, texts: Sequence[str]) -> QuoteFilter:
    """Hold quotes to sentences of the texts, without a guide."""
    read = [as_read(text) for text in texts]
    starts = [QuoteStart(text=one.passage, at=one.start) for one in sentences_of(read)]
    return QuoteFilter(
        pieces=model.pieces, texts=read, starts=starts, tags=(QUOTE_OPEN, QUOTE_CLOSE)
    )


def write(model: LanguageModel, texts: Sequence[str], *, ahead: int) -> Written:
    """Think and answer after the prompt that the context holds."""
    made, inside = Written(), quote_filter(model, texts)
    inside.demand()  # a model that was not tuned to quote seldom does
    _go_on(model, made, inside, stop=(THINK_CLOSE, ANSWER_OPEN), ahead=ahead)
    if ANSWER_OPEN not in made.text:
        put_in = f"{inside.rest_of_close}{ANSWER_START}"
        model.extend(model.tokenise(put_in))
        made.text += put_in
    _go_on(model, made, None, stop=(ANSWER_CLOSE,), ahead=ahead)
    return made


def _go_on(
    model: LanguageModel,
    made: Written,
    inside: QuoteFilter | None,
    *,
    stop: tuple[str, ...],
    ahead: int,
) -> None:
    usage = Usage()
    pieces: Iterator[str] = generate(
        model,
        sampler=Sampler(temperature=0.0, seed=0),
        longest=_LONGEST,
        stop=stop,
        usage=usage,
        token_filter=inside,
        ahead=ahead,
    )
    counted, began, cpu = 0, time.perf_counter(), time.process_time()
    while True:
        where = "quote" if inside and inside.is_open else "else"
        piece = next(pieces, None)
        made.text += piece or ""
        made.tokens[where] += usage.generated - counted
        made.seconds[where] += time.perf_counter() - began
        made.cpu[where] += time.process_time() - cpu
        counted, began, cpu = usage.generated, time.perf_counter(), time.process_time()
        if piece is None:
            return


def compare(
    model: LanguageModel, questions: Sequence[tuple[str, list[str]]]
) -> Iterator[dict[str, Written]]:
    """Answer each question in both ways; which comes first alternates."""
    for index, (question, texts) in enumerate(questions):
        prompt, _ = assemble(question, given_passages(texts), model=model, reserve=2 * _LONGEST)
        ways = [("plain", 0), ("ahead", AHEAD)]
        made = {}
        for name, ahead in ways if index % 2 else reversed(ways):
            model.read(prompt.tokens)
            made[name] = write(model, texts[:PASSAGES], ahead=ahead)
        yield made


def table(rows: Sequence[dict[str, Written]]) -> str:
    """Write the figures as a Markdown table."""
    lines = ["| | tokens | tokens/s, one by one | reading ahead | ratio | by CPU time |"]
    lines.append("|---|---|---|---|---|---|")
    for name, parts in (("quotes", ("quote",)), ("outside", ("else",)), ("all", ("quote", "else"))):
        rates, by_cpu = {}, {}
        for way in ("plain", "ahead"):
            tokens = sum(row[way].tokens[part] for row in rows for part in parts)
            rates[way] = tokens / sum(row[way].seconds[part] for row in rows for part in parts)
            by_cpu[way] = tokens / sum(row[way].cpu[part] for row in rows for part in parts)
        lines.append(
            f"| {name} | {tokens} | {rates['plain']:.1f} | {rates['ahead']:.1f} "
            f"| {rates['ahead'] / rates['plain']:.2f} | {by_cpu['ahead'] / by_cpu['plain']:.2f} |"
        )
    same = sum(row["plain"].text == row["ahead"].text for row in rows)
    return "\n".join([*lines, "", f"the same completion: {same} of {len(rows)}"])


def _kept(path: Path | None) -> list[dict[str, Written]]:
    if path is None or not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [{way: Written(**one) for way, one in json.loads(line).items()} for line in lines]


def main() -> int:
    """Compare and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--model", default="")
    parser.add_argument("--output", type=Path, help="file for the rows, and to go on from")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    rows = _kept(options.output)
    model = LanguageModel(
        path=choose_model(settings, options.model).path,
        context_tokens=4096,
        threads=settings.threads or default_threads(),
    )
    questions = questions_of(options.questions, limit=options.limit)
    for row in compare(model, questions[len(rows) :]):
        rows.append(row)
        if options.output:
            with options.output.open("a", encoding="utf-8") as file:
                file.write(json.dumps({way: asdict(one) for way, one in row.items()}) + "\n")
    print(table(rows))
    model.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
