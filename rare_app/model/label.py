"""What a person is told of the models: what they are good for, how large and how fast they are."""

from rare_app.machine import total_memory
from rare_app.model.find import ModelFile, find_models
from rare_app.model.record import ModelRecord
from rare_app.packaged import STANDARD_MEMORY, STANDARD_MODEL
from rare_app.settings import Settings

_STANDARD = "Standard (Qwen2.5, 1.5B): better answers, other languages too"
_SMALL = "Small (SmolLM2, 135M): quicker, short answers in English"


def model_title(file: ModelFile) -> str:
    """Say what a model is; the user's own keeps its name."""
    return _STANDARD if file.standard else _SMALL if file.bundled else file.name


def model_label(file: ModelFile, record: ModelRecord) -> str:
    """Say what a model is, its size, and its speed where that is known."""
    parts = [model_title(file), f"{file.bytes / 1e9:.1f} GB"]
    if (pace := record.tokens_per_second(file)) is not None:
        parts.append(f"{pace:.{0 if pace >= 9.5 else 1}f} tokens/s on this machine")
    return " · ".join(parts)


def order_models(models: list[ModelFile]) -> list[ModelFile]:
    """Put the standard model first, then the small one, then the user's own."""
    return sorted(models, key=lambda one: (not one.standard, not one.bundled))


def standard_notice(settings: Settings) -> str:
    """Say in one line why the standard model does not serve, and how it can; empty if it does.

    Also empty where the settings name another model, or a server writes the answers.
    """
    if settings.model or settings.llm_url:
        return ""
    memory = total_memory()
    if memory < STANDARD_MEMORY:
        return (
            f"This machine has {memory / 1e9:.1f} GB of memory, so the small model answers; the "
            f"standard one is used from {STANDARD_MEMORY / 1e9:.0f} GB on."
        )
    if any(one.standard for one in find_models(settings)):
        return ""
    return (
        "The small model answers. For better answers, and in other languages, fetch the standard "
        f"one once ({STANDARD_MODEL.bytes / 1e9:.1f} GB): run “make setup” (or “python -m "
        f"rare_app fetch”), or put {STANDARD_MODEL.file} into {settings.fetched_path}."
    )
