"""What belongs to a model: how it is asked, what it can do, and the numbers fitted to its answers.

A profile is a TOML file beside the models. It names the weights that it was made for by their
SHA-256, and the adapter that it expects: a name, ``any`` or ``none``. Whatever no profile was made
for (a GGUF of the user's own) has the generic one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from rare_app.model.errors import ModelError

Style = Literal["span", "sentence"]

RULES = ("lists",)
"""Rules of code, in English, that a profile may call in: whole lists, and figures of tables."""

ANY_ADAPTER, NO_ADAPTER_NAMED = "any", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked example that stands in the prompt's prefix.

    Attributes
    ----------
    passages : tuple of (str, str)
        Title and words of each.
    question : str
    reasoning, answer : str
        As the model is to write them; quotes in ``<quote>`` tags.
    found : tuple of (str, str)
        Title and words of what each ``<search>`` of the reasoning brings, in their order.
    """

    passages: tuple[tuple[str, str], ...]
    question: str
    reasoning: str
    answer: str
    found: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateNumbers:
    """Weights of the decision between answering and refusing (:mod:`rare_app.answer.gate`).

    Attributes
    ----------
    model : float
        What the model's own log-odds of answering are multiplied by.
    reader : float
        The same for the reader's log-odds that some sentence answers.
    expected : float
        The same for the logarithm of the likeliest answer's expected recall.
    offset : float
        Nats that are added; it answers where the sum is above 0.
    alone : float
        Nats that the model's own log-odds must be above where there is no reader to ask, or the
        reader does not know the language.
    """

    model: float = 1.0
    reader: float = 0.0
    expected: float = 0.0
    offset: float = 0.0
    alone: float = 0.0


READER_ALONE = GateNumbers(model=0.0, reader=0.637, expected=0.358, offset=0.12, alone=-1e9)
"""For a model whose own odds say little: fitted on 216 answerable and 144 other questions
(docs/proof.md). In a language that the reader does not know, the model's words decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceNumbers:
    """How likely an answer is right (:mod:`rare_app.proof.confidence`), and what follows from it.

    By default those of the standard model.

    Attributes
    ----------
    expected, model, reader, carried : float
        What each sign is multiplied by.
    bias : float
        Nats that are added.
    expected_alone, bias_alone : float
        The same where nothing was decided before the answer.
    doubt_below : float
        Probability below which the user is told that an answer may not be what was asked for.
    withhold_below : float
        Probability below which a sentence of the model's own gives way to its quotes, or is
        withheld.
    least_expected : float
        Expected recall of an answer's words below which no passage counts as carrying it.
    """

    expected: float = 0.488
    model: float = 0.0
    reader: float = 0.405
    carried: float = 0.142
    bias: float = -0.679
    expected_alone: float = 0.597
    bias_alone: float = 0.029
    doubt_below: float = 0.5
    withhold_below: float = 0.15
    least_expected: float = 0.015


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a model is asked and what it can do.

    Attributes
    ----------
    name : str
        The profile file's name without its suffix; ``generic`` for the one of other models.
    title, summary : str
        What a person is told of the model: its name, and a sentence on what it is good for.
    system : str
        System text of the prompt; empty for the app's own.
    style : {"span", "sentence"}
        Whether an answer is words of the passages, or a sentence of the model's own.
    rules : frozenset of str
        Which of :data:`RULES` have a say.
    opens_with_quote : bool
        Whether the reasoning begins with a quote where it does not begin with a refusal.
    thinks_first : bool
        Whether a sentence of the model's own stands before that quote.
    reads_chat : bool
        Whether the turns of the chat so far are told to the model.
    understands : bool
        Whether the model itself is asked what a question means: a follow-up, several things.
    concludes : bool
        Whether its answers say what follows from the quotes, which need not stand there in those
        words: what the proof does not find is then doubted, and not withheld, if it has
        figures and they stand in the quotes.
    calculates : bool
        Whether its reasoning may hold calculations, which code carries out.
    searches : bool
        Whether it may search for more passages while it reasons, and does so before it refuses.
    examples : tuple of Example
        Worked examples of the prefix, or of the block of a question that needs steps.
    adapts : {"all", "sentence"}
        What an adapter that acts from the question on acts on: all answers, or those in one
        sentence, so that the base alone reasons in steps.
    led : bool
        Whether the model is told the reader's likely words above a question that it answers in one
        sentence.
    steps : str
        What that block opens with. A model that has it answers a question in one sentence, behind a
        prefix without examples, and reasons in steps only where a row of a table answers.
    gate : GateNumbers or None
        ``None`` leaves the decision to refuse to what the model writes.
    confidence : ConfidenceNumbers
    """

    name: str = "generic"
    title: str = ""
    summary: str = ""
    system: str = ""
    style: Style = "sentence"
    rules: frozenset[str] = frozenset()
    opens_with_quote: bool = False
    thinks_first: bool = False
    reads_chat: bool = True
    understands: bool = False
    concludes: bool = False
    calculates: bool = False
    searches: bool = False
    examples: tuple[Example, ...] = ()
    led: bool = False
    steps: str = ""
    adapts: Literal["all", "sentence"] = "all"
    gate: GateNumbers | None = READER_ALONE
    confidence: ConfidenceNumbers = ConfidenceNumbers()

    @property
    def answers_first(self) -> bool:
        """Whether a question is answered before its evidence is looked for."""
        return bool(self.steps)

    def in_steps(self) -> "Profile":
        """Give the same for whoever reasons in steps whatever is asked: for traces."""
        return replace(self, system=self.steps, steps="") if self.steps else self

    def tuned(self) -> "Profile":
        """Give the same for an adapter over this prefix: it has learned to reason in steps."""
        return replace(self, steps="", examples=()) if self.steps else self

    def follows(self, rule: str) -> bool:
        """Whether a rule of :data:`RULES` has a say."""
        return rule in self.rules


GENERIC = Profile()
"""For a model that no profile was made for."""


def find_profile(folders: Iterable[Path], *, base_sha256: str, adapter: str = "") -> Profile:
    """Find the profile of a model with an adapter.

    Parameters
    ----------
    folders : iterable of Path
        Looked through in order.
    base_sha256 : str
        Hash of the model's GGUF file.
    adapter : str
        Name of the adapter; empty for none.

    Returns
    -------
    Profile
        One that names the adapter goes before one for any; :data:`GENERIC` where none was made.

    Raises
    ------
    ModelError
        A profile is not in order; the sentence names its file.
    """
    wanted = (adapter, ANY_ADAPTER) if adapter else (NO_ADAPTER_NAMED,)
    found: dict[str, Profile] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            values = _read(path)
            if values.get("base_sha256") == base_sha256:
                named = str(values.get("adapter", NO_ADAPTER_NAMED))
                found.setdefault(named, _profile(path, values))
    return next((found[name] for name in wanted if name in found), GENERIC)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(
            f"The model profile “{path.name}” cannot be read ({error}): mend it, or remove it."
        ) from error


def _profile(path: Path, values: Mapping[str, Any]) -> Profile:
    own = {one.name for one in fields(Profile)} - {"name"}
    try:
        known = {name: value for name, value in values.items() if name in own}
        if unknown := set(values) - own - {"base_sha256", "adapter"}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        rules = frozenset(values.get("rules", ()))
        if other := rules - set(RULES):
            raise ValueError(f"unknown rules: {', '.join(sorted(other))}")
        if known.get("style", "sentence") not in ("span", "sentence"):
            raise ValueError("style is “span” or “sentence”")
        if known.get("adapts", "all") not in ("all", "sentence"):
            raise ValueError("adapts is “all” or “sentence”")
        gate = values.get("gate")
        return Profile(
            **{
                **known,
                "name": path.stem,
                "rules": rules,
                "examples": tuple(_example(one) for one in values.get("examples", ())),
                "gate": None if gate is None else GateNumbers(**gate),
                "confidence": ConfidenceNumbers(**values.get("confidence", {})),
            }
        )
    except (TypeError, ValueError, KeyError) as error:
        raise ModelError(
            f"The model profile “{path.name}” is not in order ({error}): mend it, or remove it."
        ) from error


def _example(values: Mapping[str, Any]) -> Example:
    return Example(
        passages=_titled(values["passages"]),
        question=str(values["question"]),
        reasoning=str(values["reasoning"]).strip(),
        answer=str(values["answer"]).strip(),
        found=_titled(values.get("found", ())),
    )


def _titled(passages: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one.get("title", "")), str(one["text"])) for one in passages)
