"""The command that asks a question."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rare_app.commands.types import Declare, positive, write_json
from rare_app.plain import plain_line, plain_text
from rare_app.settings import Settings

if TYPE_CHECKING:
    from rare_app.types import Answer, Claim, Event


def declare(
    command: Declare, *, within: argparse.ArgumentParser, reading: argparse.ArgumentParser
) -> None:
    """Declare the command."""
    one = command("ask", _ask, "Ask a question.", within, reading)
    one.add_argument("question", metavar="QUESTION")
    one.add_argument("-k", type=positive, help="how many passages")
    one.add_argument(
        "--document",
        action="append",
        default=[],
        metavar="NAME",
        help="ask this document alone; may be given several times",
    )
    one.add_argument(
        "--choices",
        default="",
        metavar="A,B",
        help="the answer is one of these, in any words: “increased,decreased,no difference”",
    )
    one.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the answer with sources and page pictures: .md, .zip, .docx or .pdf",
    )


def _ask(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.export import AnsweredTurn, PagePictures, export_format, write_export
    from rare_app.present import answer_data
    from rare_app.services import services
    from rare_app.types import Done

    if options.export:
        export_format(options.export)  # says what is wrong before the question is asked
    progress = _Progress()
    with services(settings) as opened:
        for event in opened.assistant.ask(
            options.question,
            collection=options.collection,
            k=options.k,
            documents=options.document,
            model=options.model,
            adapter=options.adapter,
            memory=options.memory == "on",
            choices=options.choices.split(","),
        ):
            if not options.json and sys.stderr.isatty():
                progress.tell(event)
            if isinstance(event, Done):
                answer = event.answer
        if options.export:
            turn = AnsweredTurn(options.question, answer_data(answer), options.collection)
            pictures = PagePictures(library=opened.library, pages=opened.pages)
            for path in write_export([turn], options.export, pictures=pictures):
                print(f"Exported to “{path}”.", file=sys.stderr)
    if answer.notice:
        print(answer.notice, file=sys.stderr)
    if options.json:
        write_json(out, answer_data(answer))
        return 0
    at = 0
    if answer.grid:
        out.write(f"\n{answer.answer}\n")
    for part in answer.parts:
        # What a table holds is told above; where it stands is told here.
        if answer.grid is None:
            out.write(f"\n{part.asked}\n{part.answer}\n")
        elif part.answered:
            out.write(f"\n{part.asked}\n")
        _write_claims(out, answer.claims[at : at + part.claims], doubtful=part.doubtful)
        at += part.claims
    if not answer.parts:
        out.write(f"\n{answer.answer}\n")
        _write_claims(out, answer.claims, doubtful=answer.doubtful and answer.answered)
    _write_steps(out, answer)
    for remark in answer.remarks:
        out.write(f"  – {remark}\n")
    if answer.withheld:
        out.write(
            "  – an answer was written that no passage carries, or that hardly fits the question; "
            "it is withheld\n"
        )
    return 0


class _Progress:
    """Writes to a terminal what is being read, on one line, and the reasoning as it comes."""

    def __init__(self) -> None:
        self._line = self._shown = ""

    def tell(self, event: "Event") -> None:
        """Write what is new."""
        from rare_app.model import Reading
        from rare_app.present import reading_line, surveying_line
        from rare_app.prompt import without_tags
        from rare_app.types import Surveying, Writing

        line = surveying_line(event) if isinstance(event, Surveying) else ""
        if isinstance(event, Reading):
            line = reading_line(event)
        if line:
            self._line = line
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
        if isinstance(event, Writing):
            text = plain_text(without_tags(event.reasoning))
            anew = not text.startswith(self._shown)  # the first answer could not stand
            new = text if anew else text[len(self._shown) :]
            if new and (self._line or anew):
                new, self._line = f"\n{new}", ""
            print(new, end="", file=sys.stderr, flush=True)
            self._shown = text


def _write_steps(out: IO[str], answer: "Answer") -> None:
    """Write what code carried out for an answer: results, and what searches found."""
    from rare_app.answer import formula, looked_for

    def name(passage: int) -> str:
        if passage >= len(answer.passages):  # it was found, and had no room
            return ""
        one = answer.passages[passage]
        return f"{one.document}, {one.page}"

    for step in answer.steps:
        told = formula(step) if step.kind == "calculation" else looked_for(step, name)
        out.write(f"  – {plain_line(told)}\n")


def _write_claims(out: IO[str], claims: Sequence["Claim"], *, doubtful: bool) -> None:
    """Write where the documents say what an answer claims, and what is to be known of it."""
    for claim in claims:
        for one in claim.citations:
            out.write(f"  – {one.document}, {one.page}: “{' '.join(one.quote.split())}”\n")
        for one in claim.contradicted_by:
            where, words = f"{one.document}, {one.page}", " ".join(one.quote.split())
            if claim.status == "contradicted":
                out.write(f"  – but {where} says otherwise: “{words}”\n")
            else:
                out.write(f"  – before, {where} said: “{words}”\n")
        if claim.status == "weak":
            out.write(f"  – only loosely supported: “{claim.text}”\n")
        if claim.status == "unsupported":
            out.write(f"  – not found in the passages: “{claim.text}”\n")
    if doubtful:
        out.write("  – may not be what was asked for: read the passage first\n")
