"""The ways of answering that are compared: wording, passages shown, adapter or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rare_app.errors import UserError
from rare_app.prompt import REFUSAL

Shown = Literal["given", "gold", "sentence", "none"]
"""All passages; those with evidence or answer; the sentence most like the question; none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A plain prompt: a system text, and a user's text round passages and question.

    ``{passages}``, ``{question}`` and ``{choices}`` are filled in; the first line of what the model
    writes is the answer.
    """

    system: str
    user: str


SHORT = Wording(
    system="Answer the question from the context.",
    user="Context:\n{passages}\n\nQuestion: {question}{choices}\nAnswer:",
)
INSTRUCT = Wording(
    system=(
        "Use only the passages; reply with a few words. If the passages do not hold the answer, "
        f"reply: {REFUSAL}"
    ),
    user="{passages}\n\n{question}{choices}",
)
CLOSED_BOOK = Wording(
    system="Answer the question with a few words.", user="Question: {question}{choices}\nAnswer:"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way of answering.

    Attributes
    ----------
    name, meaning : str
        For tables, and for who reads them.
    adapted : bool
        Whether the adapter is on.
    wording : Wording or None
        A plain prompt; ``None`` for the app's own (RARE), with all that the app does.
    shown : {"given", "gold", "sentence", "none"}
        What the model sees of the passages.
    memory : bool
        Whether passages are read block by block, as stored memory is; else with ordinary attention.
    """

    name: str
    meaning: str
    adapted: bool = False
    wording: Wording | None = None
    shown: Shown = "given"
    memory: bool = True


VARIANTS: tuple[Variant, ...] = (
    Variant(name="adapter", meaning="RARE prompt with the adapter", adapted=True),
    Variant(
        name="adapter-causal",
        meaning="the adapter, ordinary attention over the passages",
        adapted=True,
        memory=False,
    ),
    Variant(name="base-rare", meaning="RARE prompt, no adapter"),
    Variant(name="base-short", meaning="plain “answer from the context”", wording=SHORT),
    Variant(name="base-instruct", meaning="plain “only the passages”", wording=INSTRUCT),
    Variant(
        name="closed-book", meaning="no passages, no adapter", wording=CLOSED_BOOK, shown="none"
    ),
    Variant(
        name="adapter-gold", meaning="the adapter, gold passages only", adapted=True, shown="gold"
    ),
    Variant(
        name="base-gold", meaning="“base-short”, gold passages only", wording=SHORT, shown="gold"
    ),
    Variant(
        name="base-sentence",
        meaning="“base-short”, handed the sentence most like the question",
        wording=SHORT,
        shown="sentence",
    ),
)
"""All variants, in the order of tables and charts."""


def choose_variants(names: Sequence[str] = (), *, adapter: bool = True) -> tuple[Variant, ...]:
    """Pick variants by name; all for no names.

    Parameters
    ----------
    adapter : bool
        False leaves out those that need an adapter.

    Raises
    ------
    UserError
        There is no such variant, or none is left.
    """
    known = {one.name: one for one in VARIANTS}
    for name in names:
        if name not in known:
            raise UserError(f"There is no variant “{name}”; known are {', '.join(known)}.")
    chosen = tuple(
        one for one in VARIANTS if (not names or one.name in names) and (adapter or not one.adapted)
    )
    if not chosen:
        raise UserError("No variant is left without an adapter: name one with --adapter.")
    return chosen
