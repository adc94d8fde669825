"""``tune train``: train the adapter."""

import argparse
from pathlib import Path

from rare_app.lab.tuning.commands.types import Add, Data, positive, say
from rare_app.lab.tuning.require import require
from rare_app.settings import Settings


def add_train(add: Add) -> None:
    """Add ``tune train``."""
    parser = add("train", _train, "Train an adapter, or go on with a training.")
    parser.add_argument("examples", type=Path, help="examples.jsonl of “tune examples”")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--base", type=Path, help="GGUF of the base (default: the bundled model)")
    parser.add_argument(
        "--from", type=Path, dest="start", help="an adapter.pt or an exported .gguf to start from"
    )
    parser.add_argument("--adapter", default="lora", help="kind of adapter (default: lora)")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=64.0)
    parser.add_argument("--hours", type=float, default=1.0, help="time to train for")
    parser.add_argument("--steps", type=positive, help="number of steps, instead of --hours")
    parser.add_argument("--rate", type=float, default=8e-4, help="highest learning rate")
    parser.add_argument("--tokens", type=int, default=1800, help="tokens of a pack")
    parser.add_argument("--accumulate", type=int, default=1, help="packs a step")
    parser.add_argument("--causal-share", type=float, default=0.15, help="ordinary attention")
    parser.add_argument(
        "--curriculum",
        choices=("easy-first", "shuffled", "bloom"),
        default="easy-first",
        help="few passages first, by chance, or Bloom's levels one after the other",
    )
    parser.add_argument("--checkpoint-every", type=int, default=50, metavar="STEPS")
    parser.add_argument("--keep-every", type=int, default=0, metavar="STEPS")
    parser.add_argument("--checkpointing", action="store_true", help="less memory, more time")
    parser.add_argument(
        "--activated",
        action="store_true",
        help="act from the question on: passages are read by the base alone",
    )
    parser.add_argument(
        "--form",
        choices=("steps", "sentence"),
        default="steps",
        help="learn reasoning and answer (steps), or the answer in one sentence",
    )
    parser.add_argument(
        "--keep-states",
        action="store_true",
        help="hold what the base has read of passages in memory for later epochs",
    )
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def _train(options: argparse.Namespace, settings: Settings) -> Data:
    require("peft", "gguf", "matplotlib")
    from rare_app.lab.tuning.adapter import AdapterOptions
    from rare_app.lab.tuning.checkpoint import ADAPTER_FILE
    from rare_app.lab.tuning.train import train
    from rare_app.lab.tuning.train_options import TrainOptions

    progress = train(
        TrainOptions(
            examples=options.examples,
            output=options.output,
            start=options.start,
            base=options.base,
            adapter=AdapterOptions(kind=options.adapter, rank=options.rank, alpha=options.alpha),
            hours=options.hours,
            steps=options.steps,
            rate=options.rate,
            most_tokens=options.tokens,
            accumulate=options.accumulate,
            causal_share=options.causal_share,
            curriculum=options.curriculum,
            checkpoint_every=options.checkpoint_every,
            keep_every=options.keep_every,
            checkpointing=options.checkpointing,
            threads=options.threads,
            seed=options.seed,
            device=options.device,
            activated=options.activated,
            form=options.form,
            keep_states=options.keep_states,
            profiles=settings.model_paths,
        ),
        say=say,
    )
    return {
        "adapter": str(options.output / ADAPTER_FILE),
        "steps": progress.step,
        "questions": progress.questions,
        "tokens": progress.tokens,
        "seconds": round(progress.seconds, 1),
    }
