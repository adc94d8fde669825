"""The check of an export: llama.cpp with what was written against PyTorch with what was trained."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.adapter import AdapterOptions, add_adapter
from rare_app.lab.tuning.agreement import Agreement, is_activated, measure_agreement
from rare_app.lab.tuning.base import load_base
from rare_app.lab.tuning.checkpoint import restore
from rare_app.lab.tuning.example_file import read_groups
from rare_app.lab.tuning.export import form_of
from rare_app.lab.tuning.start import read_start
from rare_app.lab.tuning.tokens import PromptTokens
from rare_app.lab.tuning.weights import Weights
from rare_app.model import ANY_ADAPTER, find_profile
from rare_app.model.engine import default_threads
from rare_app.settings import PROJECT_FOLDER

LEAST_AGREEMENT = {"causal": 0.97, "blocks": 0.97}
"""Share of the positions whose likeliest next token must be the same, for each mask.

Causal, both compute the same thing. With blocks they do not quite: llama.cpp can read a block right
behind the prefix only and move its keys to their place afterwards, while the training reads it at
its place, further from the prefix.
"""
PROMPTS = 20
POSITIONS = 500
MOST_TOKENS = 2000
"""Groups of more are passed over."""

MASKS = {"causal": False, "blocks": True}
"""Ways of attending that are compared, and whether passages are read block by block."""


def check_adapter(
    trained: Path,
    *,
    written: Path,
    base: Path | None,
    examples: Path,
    prompts: int = PROMPTS,
    positions: int = POSITIONS,
    least: Mapping[str, float] = LEAST_AGREEMENT,
    profiles: Sequence[Path] = (PROJECT_FOLDER / "models",),
    say: Callable[[str], None],
) -> dict[str, Agreement]:
    """Compare the next tokens of both along the completions of examples.

    Parameters
    ----------
    trained, written : Path
        ``adapter.pt`` (or a GGUF adapter), and the GGUF adapter that was made of it.
    examples : Path
        Where the prompts are taken from; the choice is the same each time.
    prompts, positions : int
        How many prompts, and how many tokens of their completions in all.
    profiles : sequence of Path
        Folders with the profiles of models.

    Returns
    -------
    dict of str to Agreement
        For each of :data:`MASKS`.

    Raises
    ------
    UserError
        They agree on a smaller share of the positions than `least` asks for.
    """
    loaded = load_base(base, dtype=torch.float32)
    start = read_start(trained, base=loaded.path)
    model = add_adapter(loaded.model, AdapterOptions(rank=start.rank, alpha=start.alpha))
    restore(model, start.state)
    model.eval()
    profile = find_profile(
        profiles,
        base_sha256=loaded.sha256,
        adapter="" if is_activated(written) else ANY_ADAPTER,
    )
    coder = PromptTokens(
        loaded.tokenizer, weights=Weights(), profile=profile, form=form_of(written)
    )
    groups = read_groups(examples)
    random.Random(0).shuffle(groups)
    # Over one passage both masks are the same.
    groups.sort(key=lambda group: len(group.passages) < 2)
    chosen = []
    for group in groups:
        tokens = coder.group(group)
        if tokens.size <= MOST_TOKENS:
            chosen.append(tokens)
        if len(chosen) == prompts:
            break
    if not chosen:
        raise UserError(f"{examples} holds no example short enough to compare: name another file.")
    found = {}
    for name, blockwise in MASKS.items():
        found[name] = one = measure_agreement(
            model=model,
            prefix=coder.prefix,
            groups=chosen,
            base=loaded.path,
            adapter=written,
            block_attention=blockwise,
            positions=positions,
            threads=default_threads(),
        )
        say(
            f"llama.cpp and PyTorch, {name}: same next token at {one.same_first:.1%} of "
            f"{one.positions} positions, divergence {one.divergence:.4f} nats"
        )
    for name, one in found.items():
        if one.same_first < least[name]:
            raise UserError(
                f"The exported adapter is not what was trained: llama.cpp and PyTorch agree on "
                f"{one.same_first:.1%} of the next tokens ({name} attention), at least "
                f"{least[name]:.0%} are needed; check that --base is the file that was trained on."
            )
    return found
