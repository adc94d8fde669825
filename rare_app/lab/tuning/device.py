"""Where a training runs: the processor, or one GPU."""

import torch

from rare_app.errors import UserError


def find_device(name: str) -> torch.device:
    """Give the device of a name: ``cpu``, ``cuda``, or ``auto`` for CUDA where there is one.

    Raises
    ------
    UserError
        CUDA is asked for and there is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("There is no CUDA device here: use --device cpu.")
    return torch.device(name)
