"""Commands on the documents: add, list, remove, collections, retrieve."""

import argparse
import sys
from pathlib import Path
from typing import IO

from rare_app.commands.types import Declare, positive, write_json
from rare_app.plain import counted, plain_line
from rare_app.settings import Settings


def declare(command: Declare, *, within: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    one = command("add", _add, "Add files and folders to the library.", within)
    one.add_argument("paths", nargs="+", metavar="PATH")
    command("list", _list, "List the documents.", within)
    one = command("remove", _remove, "Remove a document.", within)
    one.add_argument("document", metavar="DOCUMENT", help="its name, or its hash's first digits")
    command("collections", _collections, "List the collections.")
    one = command("retrieve", _retrieve, "Find the passages for a question.", within)
    one.add_argument("question", nargs="?", metavar="QUESTION")
    one.add_argument("-k", type=positive, default=10, help="how many passages (default 10)")
    one.add_argument(
        "--document",
        action="append",
        default=[],
        metavar="NAME",
        help="search this document alone; may be given several times",
    )
    one.add_argument("--file", type=Path, help='JSON Lines of {"id", "question"}')


def _add(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.library import IngestProgress
    from rare_app.present import report_data
    from rare_app.services import services

    def tell(step: IngestProgress) -> None:
        place = f"[{step.file}/{step.files}] {plain_line(step.name)}"
        if step.stage in ("reading", "embedding"):
            if sys.stderr.isatty():
                unit = "pages" if step.stage == "reading" else "chunks"
                line = f"{place}: {step.stage}, {step.done} of {step.total} {unit}"
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        else:
            clear = "\r\x1b[K" if sys.stderr.isatty() else ""
            said = (
                counted(step.done, "chunk") if step.stage == "added" else plain_line(step.message)
            )
            print(f"{clear}{place}: {step.stage} ({said})", file=sys.stderr)

    with services(settings) as opened:
        report = opened.library.add(
            [Path(path) for path in options.paths], collection=options.collection, on_progress=tell
        )
    if options.json:
        write_json(out, report_data(report))
    else:
        counts = f"{len(report.added)} added, {len(report.skipped)} skipped"
        out.write(f"{counts}, {len(report.failed)} failed ({report.seconds:.1f} s)\n")
        for added in report.added:
            for note in added.notes:
                out.write(f"  {added.document}: {note}\n")
        for one in (*report.skipped, *report.failed):
            out.write(f"  {one.reason}\n")
    if report.failed and not report.added and not report.skipped:
        if options.json:
            print(plain_line(report.failed[0].reason), file=sys.stderr)
        return 1
    return 0


def _list(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.present import document_data
    from rare_app.services import services

    with services(settings) as opened:
        documents = opened.library.documents(collection=options.collection)
    if options.json:
        write_json(out, {"documents": [document_data(one) for one in documents]})
    elif not documents:
        out.write("The library is empty: add documents with “python -m rare_app add PATH”.\n")
    else:
        for one in documents:
            pages, chunks = counted(one.pages, one.page_kind), counted(one.chunks, "chunk")
            older = "\twill be read anew" if one.outdated else ""
            out.write(f"{one.collection}\t{one.name}\t{pages}\t{chunks}{older}\n")
    return 0


def _remove(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.present import document_data
    from rare_app.services import services

    with services(settings) as opened:
        removed = opened.library.remove(options.document, collection=options.collection)
    if options.json:
        write_json(out, {"removed": document_data(removed)})
    else:
        out.write(f"Removed “{removed.name}”.\n")
    return 0


def _collections(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.services import services

    with services(settings) as opened:
        found = opened.library.collections()
    if options.json:
        data = [{"name": c.name, "documents": c.documents, "chunks": c.chunks} for c in found]
        write_json(out, {"collections": data})
    else:
        for one in found:
            documents, chunks = counted(one.documents, "document"), counted(one.chunks, "chunk")
            out.write(f"{one.name}\t{documents}\t{chunks}\n")
    return 0


def _retrieve(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.present import passages_data
    from rare_app.services import services

    with services(settings) as opened:
        if options.file:
            from rare_app.lab.evaluation import read_cases

            for case in read_cases(options.file):
                found = opened.library.retrieve(
                    case.question,
                    k=options.k,
                    collection=options.collection,
                    documents=options.document,
                )
                write_json(out, {"id": case.id, **passages_data(found)})
            return 0
        found = opened.library.retrieve(
            options.question,
            k=options.k,
            collection=options.collection,
            documents=options.document,
        )
    if options.json:
        write_json(out, passages_data(found))
    elif not found:
        out.write("Nothing was found: the collection is empty.\n")
    for i, passage in enumerate(found if not options.json else (), start=1):
        out.write(f"[{i}] {passage.document}, {passage.page_kind} {passage.page} ")
        out.write(f"({passage.score:.2f})\n{passage.text}\n\n")
    return 0
