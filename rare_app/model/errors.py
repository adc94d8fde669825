"""What can go wrong with a model, said so that the user can mend it."""

from rare_app.errors import UserError


class ModelError(UserError):
    """The language model cannot do what was asked."""


class ModelNotFoundError(ModelError):
    """There is no such model."""


class ModelLoadError(ModelError):
    """The file is not a GGUF model that llama.cpp can load."""


class AdapterError(ModelError):
    """The adapter does not exist or belongs to another base."""


class PromptTooLongError(ModelError):
    """The question does not fit into the model's context."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user pressed stop
    """The user stopped the question."""
