"""Kinds of adapter. LoRA is one; another is added to :data:`ADAPTERS`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rare_app.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterOptions:
    """Options of an adapter.

    Attributes
    ----------
    kind : str
        A key of :data:`ADAPTERS`.
    rank : int
        Rank of the low-rank matrices.
    alpha : float
        Scale: the adapter's share is multiplied by ``alpha / rank``.
    """

    kind: str = "lora"
    rank: int = 32
    alpha: float = 64.0


def add_lora(model: Any, options: AdapterOptions) -> Any:
    """Put LoRA (Hu et al. 2021, W + (alpha / rank) B A) on every linear layer but the head.

    The adapter's weights are float32, whatever the base is in.
    """
    from peft import LoraConfig, get_peft_model

    adapted = get_peft_model(
        model,
        LoraConfig(
            r=options.rank,
            lora_alpha=options.alpha,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
            bias="none",
        ),
    )
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    return adapted


ADAPTERS: dict[str, Callable[[Any, AdapterOptions], Any]] = {"lora": add_lora}


def add_adapter(model: Any, options: AdapterOptions) -> Any:
    """Put an adapter on a frozen model.

    Raises
    ------
    UserError
        There is no such kind of adapter.
    """
    if options.kind not in ADAPTERS:
        raise UserError(f"There is no adapter “{options.kind}”; known are {', '.join(ADAPTERS)}.")
    return ADAPTERS[options.kind](model, options)
