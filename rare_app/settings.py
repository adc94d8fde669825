"""Every option, its default and its unit, in one frozen object that is passed on.

An option's value is taken from the first of: an argument to :func:`load_settings`, the environment
variable ``RARE_<NAME>``, the file ``settings.toml`` in the user's folder, the default below.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from rare_app.errors import UserError

_LEAST = {
    "chunk_overlap_tokens": 0,
    "read_seconds": 0.001,
    "refuse_below": -1,
    "rerank": 0,
    "threads": 0,
    "temperature": 0,
    "seed": 0,
    "memory_gb": 0.001,
    "gate_nats": -1000,
    "llm_seconds": 0.001,
}
"""Smallest value of the numbers that may be below 1."""
_CHOICES = {
    "recognise": ("on", "off"),
    "quoting": ("guided", "constrained", "free"),
    "gate": ("on", "off"),
    "memory": ("on", "off"),
    "memory_bits": (4, 8, 16),
    "read_ahead": ("on", "off"),
    "prefetch": ("on", "off"),
    "unsupported": ("quote", "mark"),
    "mcp": ("on", "off"),
}
"""Options that take one of a few words."""
_SWITCHES = {"1": "on", "true": "on", "yes": "on", "0": "off", "false": "off", "no": "off"}
"""Other words for the options that are on or off."""
_KINDS: dict[type, str] = {int: "whole number", float: "number"}

CODE_FOLDER = Path(__file__).resolve().parent.parent
"""The folder in which Python finds the package: the checkout, or ``site-packages``."""


def _shipped_folder(code: Path) -> Path:
    """Find ``assets`` and ``models``: in the checkout, or in the package where it is installed."""
    installed = code / "rare_app" / "data"  # put there by setup.py; no checkout has it
    return installed if installed.is_dir() else code


PROJECT_FOLDER = _shipped_folder(CODE_FOLDER)
"""The folder that holds ``assets`` and ``models``, which come with the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All options. Frozen: made once at the start, passed to whoever needs it."""

    home: Path
    """The one folder that holds everything the user owns."""

    # --- reading ---
    read_seconds: float = 300.0
    """Time limit for reading one file, in seconds; the reader is killed after it. Pages whose text
    is recognised have as long each."""
    read_memory_mb: int = 4096
    """Address space that the reader may take beyond its start, in MiB (Linux only)."""
    maximum_pages: int = 5000
    """A file with more pages is refused."""
    maximum_file_mb: int = 512
    """A larger file is refused, in MiB."""
    recognise: str = "on"
    """Whether the text of scans and pictures is recognised; ``off``: they are refused."""

    # --- chunks ---
    chunk_tokens: int = 200
    """Longest chunk in embedder tokens; title and section are added within the embedder's 256."""
    chunk_overlap_tokens: int = 30
    """Tokens repeated between neighbouring chunks of a page."""

    # --- library ---
    collection: str = "default"
    """The collection that is used when none is named."""

    # --- retrieval ---
    passages: int = 6
    """Passages handed to the model for a question."""
    rerank: int = 0
    """Passages that the reader reads again to put them in order; 0 for none. More than 20 have not
    paid, and each costs time before the first token (docs/retrieval.md)."""
    refuse_below: float = 0.4
    """Retrieval score of the best passage below which the answer is the refusal; chosen on data
    (docs/retrieval.md)."""

    # --- model ---
    model: str = ""
    """Name or path of a GGUF model; empty for the standard one where it is here and the machine has
    6 GB of memory, else the small one."""
    adapter: str = ""
    """Name of the adapter, ``none`` for no adapter, empty for the model's default."""
    threads: int = 0
    """CPU threads of the language model; 0 for the number of physical cores."""
    context_tokens: int = 8192
    """Largest context used, in tokens; the model's own limit holds when it is smaller."""
    reasoning_tokens: int = 320
    """Longest reasoning, in tokens; then the answer is asked for."""
    answer_tokens: int = 256
    """Longest answer, in tokens."""
    temperature: float = 0.0
    """Sampling temperature; 0 takes the likeliest token."""
    seed: int = 0
    """Seed of the sampler when the temperature is above 0."""
    quoting: str = "guided"
    """``constrained``: quotes are words of the passages, whatever the model; ``guided``: and the
    reader has a say in which; ``free``: as the model writes them (docs/quoting.md)."""
    reader: str = ""
    """Weights of the reader that finds the evidence: a file, ``none``, or empty for the one in the
    models folders."""
    encoders: str = ""
    """Folder that is searched for the reader's encoder first; empty for ``encoders`` in the user's
    folder. Then come ``encoders`` in the models folders."""
    gate: str = "on"
    """Whether model and reader together decide, by the numbers of the model's profile, if a
    question is answered or refused; ``off`` leaves it to what the model writes."""
    gate_nats: float = 0.0
    """Nats added to what speaks for an answer: above 0 more is answered, below 0 more refused."""
    unsupported: str = "quote"
    """What is done with an answer whose central claim no passage carries: ``quote``: it gives way
    to what it quotes, with a doubt, or to the refusal; ``mark``: it is shown and said to be
    unsupported (docs/proof.md)."""
    memory: str = "on"
    """``on``: what the model has read of a passage is stored and loaded; ``off``: passages are read
    again for every question, each in view of those before it."""
    memory_gb: float = 4.0
    """Most room that the memory takes on disk, in GB (10^9 bytes)."""
    memory_bits: int = 4
    """Bits of a number that the memory stores: 4, 8, or 16 for what llama.cpp gives, as it is. What
    each costs in room and likeness: docs/memory.md."""
    read_ahead: str = "on"
    """Whether the app reads documents in the background once they are added."""
    prefetch: str = "on"
    """Whether the app reads the passages of a question while it is being written."""

    # --- servers ---
    chroma_url: str = ""
    """Chroma server that keeps the vectors, e.g. ``http://127.0.0.1:8000``; empty for the index in
    this folder. Vectors leave the machine when the server is another one (docs/scale.md)."""
    chroma_token: str = field(default="", repr=False)
    """Token of ``chroma_url``, sent as bearer token and as ``X-Chroma-Token``."""
    llm_url: str = ""
    """OpenAI-compatible server that writes the answers, up to and with ``/v1``; empty for the model
    of this machine. Questions and passages leave the machine when the server is another one."""
    llm_model: str = ""
    """The model's name at ``llm_url``; empty for the first that the server names."""
    llm_key: str = field(default="", repr=False)
    """Key of ``llm_url``, sent as bearer token."""
    llm_seconds: float = 120.0
    """Longest silence of ``llm_url``, in seconds, before it is given up."""

    # --- browser app ---
    host: str = "127.0.0.1"
    """Address that the app listens on; the default serves this machine alone."""
    port: int = 7860
    """Port that the app listens on."""
    mcp: str = "off"
    """``on``: desktop assistants on this machine may add, ask, retrieve and list
    (docs/from-other-programs.md)."""

    @property
    def database_path(self) -> Path:
        """SQLite catalogue."""
        return self.home / "library.db"

    @property
    def chroma_path(self) -> Path:
        """Vector index; may be deleted at any time and is rebuilt."""
        return self.home / "chroma"

    @property
    def files_path(self) -> Path:
        """Uploaded files by content hash."""
        return self.home / "files"

    @property
    def memory_path(self) -> Path:
        """Stored state of the model; may be deleted at any time and is computed again."""
        return self.home / "memory"

    @property
    def encoder_paths(self) -> tuple[Path, ...]:
        """Folders that are searched for the reader's encoder."""
        first = Path(self.encoders).expanduser() if self.encoders else self.home / "encoders"
        return (first, *(folder / "encoders" for folder in self.model_paths))

    @property
    def model_record_path(self) -> Path:
        """Which models have run here, and how fast; may be deleted at any time."""
        return self.home / "models.json"

    @property
    def logs_path(self) -> Path:
        """Log files."""
        return self.home / "logs"

    @property
    def model_paths(self) -> tuple[Path, ...]:
        """Folders that are searched for GGUF files: the user's own, then the project's."""
        return (self.home / "models", PROJECT_FOLDER / "models")

    @property
    def fetched_path(self) -> Path:
        """Folder that the standard model is fetched into: the checkout's, else the user's own."""
        return (PROJECT_FOLDER if PROJECT_FOLDER == CODE_FOLDER else self.home) / "models"


def load_settings(
    *,
    home: Path | str | None = None,
    environment: Mapping[str, str] | None = None,
    **overrides: Any,
) -> Settings:
    """Collect the settings from arguments, environment, ``settings.toml`` and defaults.

    Parameters
    ----------
    home : path, optional
        The user's folder. Default: ``RARE_HOME``, else the platform's user-data folder.
    environment : mapping, optional
        Stands in for ``os.environ`` in tests.
    **overrides
        Options by name; ``None`` means "not given".

    Raises
    ------
    UserError
        An option is unknown or its value has the wrong form; the sentence names it.
    """
    env = os.environ if environment is None else environment
    folder = home or env.get("RARE_HOME") or user_data_path("rare", appauthor=False)
    folder = Path(folder).expanduser().resolve()
    options = {f.name: f.type for f in fields(Settings) if f.name != "home"}
    values: dict[str, Any] = {}

    settings_file = folder / "settings.toml"
    if settings_file.is_file():
        try:
            stored = tomllib.loads(settings_file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"{settings_file} is not valid TOML ({error}): mend it.") from error
        for name, value in stored.items():
            if name not in options:
                raise UserError(f"{settings_file} has an unknown option “{name}”: remove it.")
            values[name] = _convert(name, value, options[name], str(settings_file))
    for name, kind in options.items():
        variable = f"RARE_{name.upper()}"
        if env.get(variable):
            values[name] = _convert(name, env[variable], kind, variable)
    for name, value in overrides.items():
        if name not in options:
            raise UserError(f"There is no option “{name}”.")
        if value is not None:
            values[name] = _convert(name, value, options[name], name)
    return Settings(home=folder, **values)


def _convert(name: str, value: Any, kind: Any, where: str) -> Any:
    """Turn a value from text, TOML or code into the option's type."""
    kinds: dict[str, type] = {"int": int, "float": float, "str": str}
    target = kinds[kind if isinstance(kind, str) else kind.__name__]
    try:
        converted = target(value)
    except (TypeError, ValueError) as error:
        raise UserError(
            f"The option “{name}” (from {where}) must be of type {target.__name__}, not “{value}”."
        ) from error
    choices = _CHOICES.get(name)
    if choices and "on" in choices:
        converted = _SWITCHES.get(str(converted).lower(), converted)
    if choices and converted not in choices:
        known = " or ".join(map(str, choices))
        raise UserError(f"The option “{name}” (from {where}) must be {known}, not “{value}”.")
    if name.endswith("_url") and converted and not converted.startswith(("http://", "https://")):
        raise UserError(
            f"The option “{name}” (from {where}) must begin with http:// or https://, not "
            f"“{value}”."
        )
    if target is not str and (
        converted < _LEAST.get(name, 1) or (target is int and float(value) != converted)
    ):
        least = _LEAST.get(name, 1)
        raise UserError(
            f"The option “{name}” (from {where}) must be a {_KINDS[target]} of at least {least}, "
            f"not “{value}”."
        )
    return converted
