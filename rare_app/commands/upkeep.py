"""Commands on the installation: audit, models, doctor."""

import argparse
import sys
from dataclasses import asdict
from typing import IO

from rare_app.commands.types import Declare, positive, write_json
from rare_app.settings import Settings


def declare(command: Declare) -> None:
    """Declare the commands."""
    one = command("audit", _audit, "Compare the vector index with an exact search.")
    one.add_argument(
        "--sample", type=positive, default=200, metavar="N", help="chunks of each collection"
    )
    one.add_argument("--repair", action="store_true", help="build a poor index anew")
    command("models", _models, "List the models and adapters.")
    command("doctor", _doctor, "Look at the installation and say how to mend it.")


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
        write_json(out, audit_data(audits))
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


def _models(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.model import (
        ModelRecord,
        choose_model,
        find_adapters,
        find_models,
        model_label,
        model_title,
        order_models,
        standard_notice,
    )

    models, adapters = order_models(find_models(settings)), find_adapters(settings)
    record, notice = ModelRecord(settings.model_record_path), standard_notice(settings)
    default = choose_model(settings).name
    if options.json:
        data = {
            "models": [
                {
                    "name": one.name,
                    "title": model_title(one),
                    "path": str(one.path),
                    "bytes": one.bytes,
                    "tokens_per_second": record.tokens_per_second(one),
                    "architecture": one.architecture,
                    "context_tokens": one.context_tokens,
                    "bundled": one.bundled,
                    "standard": one.standard,
                    "default": one.name == default,
                }
                for one in models
            ],
            "adapters": [
                {"name": one.name, "path": str(one.path), "bytes": one.bytes} for one in adapters
            ],
            "notice": notice,
        }
        write_json(out, data)
        return 0
    for one in models:
        mark = "*" if one.name == default else " "
        out.write(
            f"{mark} {one.name}\t{one.architecture}\t{model_label(one, record)}\t{one.path}\n"
        )
    for adapter in adapters:
        out.write(f"  adapter {adapter.name}\t{adapter.bytes / 1e6:.0f} MB\t{adapter.path}\n")
    out.write(f"{notice}\n" if notice else "")
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
        write_json(out, {"ok": ok, "findings": data})
    if not ok:
        bad = next(finding for finding in findings if not finding.ok)
        print(f"{bad.name}: {bad.detail}", file=sys.stderr)
    return 0 if ok else 1
