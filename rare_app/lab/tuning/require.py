"""Which packages tuning needs beyond the app's own, and what to say when one is missing."""

from importlib.util import find_spec

from rare_app.errors import UserError

PACKAGES = ("peft", "gguf", "matplotlib")
"""What ``requirements-tuning.txt`` adds."""


def require(*names: str) -> None:
    """Make sure that packages are installed.

    Parameters
    ----------
    *names : str
        Names of packages as they are imported.

    Raises
    ------
    UserError
        One is missing; the sentence says how to install it.
    """
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise UserError(
            f"This part of tuning needs {' and '.join(missing)}, which the app alone does not: "
            "run “pip install -r requirements-tuning.txt”."
        )
