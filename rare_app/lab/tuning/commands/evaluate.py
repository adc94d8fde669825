"""``tune evaluate``: adapter and base compared."""

import argparse
from pathlib import Path

from rare_app.lab.tuning.commands.types import Add, Data, positive, say
from rare_app.lab.tuning.require import require
from rare_app.settings import Settings


def add_evaluate(add: Add) -> None:
    """Add ``tune evaluate``."""
    parser = add("evaluate", _evaluate, "Compare adapter and base over sets of cases.")
    parser.add_argument("cases", nargs="+", type=Path, help="files of cases, or folders of them")
    parser.add_argument("--output", type=Path, required=True, help="folder for figures and answers")
    parser.add_argument("--model", default="", help="name or path of a GGUF model")
    parser.add_argument("--adapter", default="", metavar="NAME|none", help="the model's adapter")
    parser.add_argument(
        "--variants", default="", metavar="A,B", help="only these (default: all that apply)"
    )
    parser.add_argument("--limit", type=positive, help="take each set's first cases only")


def _evaluate(options: argparse.Namespace, settings: Settings) -> Data:
    require("matplotlib")
    from rare_app.lab.evaluation.answerer import ModelAnswerer
    from rare_app.lab.evaluation.compare import compare, find_sets
    from rare_app.lab.evaluation.report import sum_up, table, write_report
    from rare_app.lab.evaluation.variants import choose_variants
    from rare_app.model import choose_adapter, choose_model, hash_model
    from rare_app.services import services

    sets = find_sets(options.cases, limit=options.limit)
    model = choose_model(settings, options.model)
    adapter = choose_adapter(settings, model, options.adapter)
    names = tuple(name.strip() for name in options.variants.split(",") if name.strip())
    variants = choose_variants(names, adapter=adapter is not None)
    facts = {
        "model": model.name,
        "model_sha256": hash_model(model.path),
        "adapter": adapter.name if adapter else None,
        "adapter_sha256": hash_model(adapter.path) if adapter else None,
    }
    with services(settings) as opened:
        records = compare(
            sets,
            variants,
            answer=ModelAnswerer(
                settings=settings,
                assistant=opened.assistant,
                engine=opened.engine,
                model=options.model,
                adapter=options.adapter,
            ),
            embed=opened.library.embedder.embed,
            output=options.output,
            facts=facts,
            say=say,
        )
    results = sum_up(records)
    files = write_report(results, output=options.output, facts=facts)
    say(table(results))
    return {"files": [str(path) for path in files], "facts": facts, "results": results}
