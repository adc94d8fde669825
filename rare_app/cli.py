"""The command line: the same product without a browser.

With ``--json`` a command writes one JSON document to stdout and nothing else there; progress and
log go to stderr. Exit status: 0 done, 1 the user can mend it (one sentence on stderr), 2 usage.
"""

import argparse
import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from rare_app import __version__
from rare_app.errors import UserError
from rare_app.log import quiet_environment, start_logging
from rare_app.servers import what_leaves
from rare_app.settings import Settings, load_settings
from rare_app.tuning.command import add_arguments as add_tuning

log = logging.getLogger(__name__)

_ASKING = ("add", "ask", "audit", "evaluate", "retrieve")
"""Commands that ask the servers which the settings may name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        The exit status.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "retrieve" and (options.question is None) == (options.file is None):
        parser.error("retrieve takes a QUESTION or --file")
    if options.command == "memory" and (options.document is None) == ("pin" in options.work):
        parser.error("memory pin and memory unpin take a DOCUMENT, the others none")
    quiet_environment()
    try:
        settings = load_settings(home=options.home, quoting=getattr(options, "quoting", None))
        start_logging(settings)
        if options.command in _ASKING:
            for sentence in what_leaves(settings):
                print(sentence, file=sys.stderr)
        with _output(options.json) as out:
            return int(options.run(options, settings, out) or 0)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:
        from rare_app.model import Cancelled

        if isinstance(error, Cancelled):  # Ctrl-C while llama.cpp was reading
            print("Stopped.", file=sys.stderr)
            return 130
        log.exception("“%s” failed", options.command)
        where = load_settings(home=options.home).logs_path / "rare.log"
        print(f"Something went wrong that should not; {where} has the details.", file=sys.stderr)
        return 1


@contextlib.contextmanager
def _output(as_json: bool) -> Iterator[IO[str]]:
    """Give the real stdout to the command; in JSON mode nobody else can write to it."""
    if not as_json:
        yield sys.stdout
        return
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(real, "w", encoding="utf-8", closefd=False) as out:
            yield out
    finally:
        sys.stdout.flush()
        os.dup2(real, 1)
        os.close(real)


def _write(out: IO[str], data: Any) -> None:
    json.dump(data, out, ensure_ascii=False)
    out.write("\n")
    out.flush()


# --- commands ---


def _add(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.library import IngestProgress
    from rare_app.present import report_data
    from rare_app.services import services

    def tell(step: IngestProgress) -> None:
        place = f"[{step.file}/{step.files}] {step.name}"
        if step.stage in ("reading", "embedding"):
            if sys.stderr.isatty():
                unit = "pages" if step.stage == "reading" else "chunks"
                line = f"{place}: {step.stage}, {step.done} of {step.total} {unit}"
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        else:
            clear = "\r\x1b[K" if sys.stderr.isatty() else ""
            said = f"{step.done} chunks" if step.stage == "added" else step.message
            print(f"{clear}{place}: {step.stage} ({said})", file=sys.stderr)

    with services(settings) as opened:
        report = opened.library.add(
            [Path(path) for path in options.paths], collection=options.collection, on_progress=tell
        )
    if options.json:
        _write(out, report_data(report))
    else:
        counts = f"{len(report.added)} added, {len(report.skipped)} skipped"
        out.write(f"{counts}, {len(report.failed)} failed ({report.seconds:.1f} s)\n")
        for one in (*report.skipped, *report.failed):
            out.write(f"  {one.reason}\n")
    if report.failed and not report.added and not report.skipped:
        if options.json:
            print(report.failed[0].reason, file=sys.stderr)
        return 1
    return 0


def _list(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.present import document_data
    from rare_app.services import services

    with services(settings) as opened:
        documents = opened.library.documents(collection=options.collection)
    if options.json:
        _write(out, {"documents": [document_data(one) for one in documents]})
    elif not documents:
        out.write("The library is empty: add documents with “python -m rare_app add PATH”.\n")
    else:
        for one in documents:
            out.write(f"{one.collection}\t{one.name}\t{one.pages} pages\t{one.chunks} chunks\n")
    return 0


def _remove(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.present import document_data
    from rare_app.services import services

    with services(settings) as opened:
        removed = opened.library.remove(options.document, collection=options.collection)
    if options.json:
        _write(out, {"removed": document_data(removed)})
    else:
        out.write(f"Removed “{removed.name}”.\n")
    return 0


def _collections(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.services import services

    with services(settings) as opened:
        found = opened.library.collections()
    if options.json:
        data = [{"name": c.name, "documents": c.documents, "chunks": c.chunks} for c in found]
        _write(out, {"collections": data})
    else:
        for one in found:
            out.write(f"{one.name}\t{one.documents} documents\t{one.chunks} chunks\n")
    return 0


def _retrieve(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.evaluation import read_cases
    from rare_app.present import passages_data
    from rare_app.services import services

    with services(settings) as opened:
        if options.file:
            for case in read_cases(options.file):
                found = opened.library.retrieve(
                    case.question, k=options.k, collection=options.collection
                )
                _write(out, {"id": case.id, **passages_data(found)})
            return 0
        found = opened.library.retrieve(
            options.question, k=options.k, collection=options.collection
        )
    if options.json:
        _write(out, passages_data(found))
    elif not found:
        out.write("Nothing was found: the collection is empty.\n")
    for i, passage in enumerate(found if not options.json else (), start=1):
        out.write(f"[{i}] {passage.document}, {passage.page_kind} {passage.page} ")
        out.write(f"({passage.score:.2f})\n{passage.text}\n\n")
    return 0


def _ask(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.present import answer_data
    from rare_app.reasoning import Done, Writing
    from rare_app.services import services

    shown = ""
    with services(settings) as opened:
        for event in opened.assistant.ask(
            options.question,
            collection=options.collection,
            k=options.k,
            model=options.model,
            adapter=options.adapter,
            memory=options.memory == "on",
        ):
            if isinstance(event, Writing) and not options.json and sys.stderr.isatty():
                text = event.reasoning
                print(text[len(shown) :], end="", file=sys.stderr, flush=True)
                shown = text
            if isinstance(event, Done):
                answer = event.answer
    if answer.notice:
        print(answer.notice, file=sys.stderr)
    if options.json:
        _write(out, answer_data(answer))
        return 0
    out.write(f"\n{answer.answer}\n")
    for claim in answer.claims:
        for one in claim.citations:
            out.write(f"  – {one.document}, {one.page}: “{' '.join(one.quote.split())}”\n")
        if not claim.supported:
            out.write(f"  – not found in the passages: “{claim.text}”\n")
    return 0


def _evaluate(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.evaluation import CaseResult, evaluate, read_cases
    from rare_app.present import case_data, figures_data
    from rare_app.services import services

    if options.cases.lower().endswith((".csv", ".tsv")):
        return _evaluate_list(options, settings, out)
    # All cases are read first: a bad line is told at once, not after hours.
    cases = list(read_cases(Path(options.cases), limit=options.limit))
    with contextlib.ExitStack() as stack:
        kept = None
        if options.output:
            try:
                kept = stack.enter_context(Path(options.output).open("w", encoding="utf-8"))
            except OSError as error:
                raise UserError(
                    f"“{options.output}” cannot be written ({error.strerror}): name another file."
                ) from error
        done = 0

        def tell(result: CaseResult) -> None:
            nonlocal done
            done += 1
            if result.answer.notice:
                print(result.answer.notice, file=sys.stderr)
            print(f"\r{done} cases", end="", file=sys.stderr, flush=True)
            if kept is not None:
                _write(kept, case_data(result))

        opened = stack.enter_context(services(settings))
        figures = evaluate(
            cases,
            assistant=opened.assistant,
            collection=options.collection,
            model=options.model,
            adapter=options.adapter,
            memory=options.memory == "on",
            on_result=tell,
        )
        print(file=sys.stderr)
    data = figures_data(figures)
    if options.json:
        _write(out, data)
    else:
        for name, value in data.items():
            out.write(f"{name}: {value}\n")
    return 0


def _evaluate_list(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.evaluation import check_list, read_question_list, results_csv, sum_up_list
    from rare_app.present import list_result_data
    from rare_app.services import services

    questions = read_question_list(Path(options.cases))[: options.limit]
    results = []
    with services(settings) as opened:
        for result in check_list(
            questions,
            library=opened.library,
            assistant=opened.assistant,
            collection=options.collection,
            passages=settings.passages,
            model=options.model,
            adapter=options.adapter,
        ):
            results.append(result)
            print(f"\r{len(results)} of {len(questions)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if options.output:
        try:
            path = Path(options.output)
            path.write_text(results_csv(results), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise UserError(
                f"“{options.output}” cannot be written ({error.strerror}): name another file."
            ) from error
    figures = sum_up_list(results)
    missed = [list_result_data(one) for one in results if one.missed]
    if options.json:
        data = {"questions": len(results), "figures": list(map(asdict, figures)), "missed": missed}
        _write(out, data)
        return 0
    for one in figures:
        out.write(f"{one.name}: {one.value:.2f} ({one.low:.2f}–{one.high:.2f}, {one.questions})\n")
    for miss in missed:
        found = ", ".join(miss["found"][:3]) or "nothing"
        out.write(f"missed {' and '.join(miss['missed'])}: {miss['question']}\n")
        out.write(f"  answer: {miss['answer']}\n  found: {found}\n")
    return 0


def _audit(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.library import RECALL_FROM, Library
    from rare_app.present import audit_data

    library = Library(settings=settings)
    try:
        audits = library.audit(
            sample=options.sample,
            repair=options.repair,
            say=lambda text: print(text, file=sys.stderr, flush=True),
        )
    finally:
        library.close()
    if options.json:
        _write(out, audit_data(audits))
    elif not audits:
        out.write(
            "The library is empty, so there is nothing to audit: add documents with “python -m "
            "rare_app add PATH”.\n"
        )
    for one in () if options.json else audits:
        for audit, what in ((one.found, ""), (one.repaired, ", built anew")):
            if audit is not None:
                graph = asdict(audit.settings) if audit.settings else {}
                known = ", ".join(f"{name} {value}" for name, value in graph.items())
                out.write(
                    f"{audit.collection}\t{audit.chunks:,} chunks ({audit.indexed:,} in the index)"
                    f"\trecall@10 {audit.recall:.4f} over {audit.sampled}{what}"
                    f"\t{known or 'the index does not answer'}\n"
                )
    bad = next((one.now for one in audits if not one.now.good), None)
    if bad is None:
        return 0
    way = (
        "building it anew was not enough, so compare the passages with care"
        if options.repair
        else "mend it with “python -m rare_app audit --repair”"
    )
    print(
        f"The index of “{bad.collection}” finds {bad.recall:.1%} of the nearest chunks, less than "
        f"{RECALL_FROM:.0%}, or lacks some: {way}.",
        file=sys.stderr,
    )
    return 1


def _memory(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from dataclasses import asdict

    from rare_app.reasoning import ReadingProgress
    from rare_app.services import services

    def tell(progress: ReadingProgress) -> None:
        if sys.stderr.isatty() or progress.done % 50 == 0:
            end = "" if sys.stderr.isatty() else "\n"
            left = round((progress.seconds_left or 0) / 60)
            line = f"read {progress.done} of {progress.total} chunks, {progress.bytes / 1e9:.1f} GB"
            print(f"\r\x1b[K{line}, {left} min left", end=end, file=sys.stderr, flush=True)

    if options.work == "build" and settings.llm_url:
        raise UserError(
            "Answers are written by the server of RARE_LLM_URL, which reads passages by itself: "
            "there is nothing to build."
        )
    with services(settings) as opened:
        store = opened.engine.store
        if store is None:
            raise UserError("The memory is off: set RARE_MEMORY=on.")
        data: dict[str, Any] = {}
        if options.work == "build":
            reached = opened.read_ahead.run(tell=tell)
            data = {"state": reached.state, "read": reached.done, "chunks": reached.total}
            if reached.state == "off":
                raise UserError("This model cannot use stored memory: choose another one.")
            if reached.state == "full" and not reached.crowded:
                print("The memory is full: set RARE_MEMORY_GB higher.", file=sys.stderr)
        elif options.work == "clear":
            data = {"removed": store.clear()}
        elif options.document is not None:
            changed = opened.library.pin(
                options.document, collection=options.collection, pinned=options.work == "pin"
            )
            data = {"document": changed.name, "collection": changed.collection}
            opened.read_ahead.keep_pins()
        status = store.status()
        data |= asdict(status)
        data["pinned_documents"] = [one.name for one in opened.library.documents() if one.pinned]
    if status.crowded:
        print(
            f"The pinned documents need {status.pinned_need / 1e9:.3g} GB and the memory has "
            f"{status.budget / 1e9:.3g} GB: unpin some, or set RARE_MEMORY_GB higher.",
            file=sys.stderr,
        )
    if options.json:
        _write(out, data)
    else:
        data["pinned_documents"] = ", ".join(data["pinned_documents"]) or "none"
        out.write("".join(f"{name}: {value}\n" for name, value in data.items()))
    return 0


def _models(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.model import choose_model, find_adapters, find_models

    models, adapters = find_models(settings), find_adapters(settings)
    default = choose_model(settings).name
    if options.json:
        data = {
            "models": [
                {
                    "name": one.name,
                    "path": str(one.path),
                    "bytes": one.bytes,
                    "architecture": one.architecture,
                    "context_tokens": one.context_tokens,
                    "bundled": one.bundled,
                    "default": one.name == default,
                }
                for one in models
            ],
            "adapters": [
                {"name": one.name, "path": str(one.path), "bytes": one.bytes} for one in adapters
            ],
        }
        _write(out, data)
        return 0
    for one in models:
        mark = "*" if one.name == default else " "
        out.write(f"{mark} {one.name}\t{one.architecture}\t{one.bytes / 1e6:.0f} MB\t{one.path}\n")
    for adapter in adapters:
        out.write(f"  adapter {adapter.name}\t{adapter.bytes / 1e6:.0f} MB\t{adapter.path}\n")
    return 0


def _doctor(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.doctor import examine

    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not options.json:
            out.write(f"{'ok  ' if finding.ok else 'BAD '} {finding.name}: {finding.detail}\n")
            out.flush()
    ok = all(finding.ok for finding in findings)
    if options.json:
        data = [{"name": f.name, "ok": f.ok, "detail": f.detail} for f in findings]
        _write(out, {"ok": ok, "findings": data})
    if not ok:
        bad = next(finding for finding in findings if not finding.ok)
        print(f"{bad.name}: {bad.detail}", file=sys.stderr)
    return 0 if ok else 1


# --- arguments ---


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on stdout")
    common.add_argument("--home", type=Path, help="the user's folder (default: RARE_HOME)")
    within = argparse.ArgumentParser(add_help=False)
    within.add_argument("--collection", metavar="C", help="a collection of the library")
    reading = argparse.ArgumentParser(add_help=False)
    reading.add_argument("--model", default="", help="name or path of a GGUF model")
    reading.add_argument("--adapter", default="", metavar="NAME|none", help="the model's adapter")
    reading.add_argument("--memory", choices=("on", "off"), default="on")
    reading.add_argument(
        "--quoting",
        choices=("guided", "constrained", "free"),
        help="how quotes are written (default: guided)",
    )

    parser = argparse.ArgumentParser(
        prog="python -m rare_app", description="Question your own documents, offline."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str, *more: Any) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, help=text, description=text, parents=[common, *more]
        )
        made.set_defaults(run=run)
        return made

    one = command("add", _add, "Add files and folders to the library.", within)
    one.add_argument("paths", nargs="+", metavar="PATH")
    command("list", _list, "List the documents.", within)
    one = command("remove", _remove, "Remove a document.", within)
    one.add_argument("document", metavar="DOCUMENT", help="its name, or its hash's first digits")
    command("collections", _collections, "List the collections.")
    one = command("retrieve", _retrieve, "Find the passages for a question.", within)
    one.add_argument("question", nargs="?", metavar="QUESTION")
    one.add_argument("-k", type=_positive, default=10, help="how many passages (default 10)")
    one.add_argument("--file", type=Path, help='JSON Lines of {"id", "question"}')
    one = command("ask", _ask, "Ask a question.", within, reading)
    one.add_argument("question", metavar="QUESTION")
    one.add_argument("-k", type=_positive, help="how many passages")
    one = command("evaluate", _evaluate, "Score answers to known questions.", within, reading)
    one.add_argument(
        "cases",
        metavar="CASES",
        help="JSON Lines, or a CSV file with the columns question, answer, source",
    )
    one.add_argument("--limit", type=_positive, help="take the first cases only")
    one.add_argument(
        "--output", metavar="FILE", help="keep each case's full answer (as CSV for a CSV file)"
    )
    one = command("audit", _audit, "Compare the vector index with an exact search.")
    one.add_argument(
        "--sample", type=_positive, default=200, metavar="N", help="chunks of each collection"
    )
    one.add_argument("--repair", action="store_true", help="build a poor index anew")
    add_tuning(
        commands.add_parser("tune", help="Train, export and measure an adapter."), parents=[common]
    )
    one = command("memory", _memory, "What the model has read of the documents.", within)
    one.add_argument(
        "work",
        choices=("build", "status", "clear", "pin", "unpin"),
        help="read what is not read yet; say what is stored; remove it; keep a document in it when "
        "it is full, or no longer",
    )
    one.add_argument(
        "document", nargs="?", metavar="DOCUMENT", help="for pin and unpin, as for remove"
    )
    command("models", _models, "List the models and adapters.")
    command("doctor", _doctor, "Look at the installation and say how to mend it.")
    return parser
