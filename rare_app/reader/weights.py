"""The reader's weights as a small file: what training changed in an encoder."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from rare_app.errors import UserError

FORMAT = "rare-reader-1"
SHIFT = "gate_shift"
_STEPS = 127
_SCALE, _DOWN, _UP = ".scale", ".down", ".up"

LowRank = Mapping[str, tuple[Tensor, Tensor]]
"""By a matrix's name its change as two thin ones, down (rank, inputs) and up (outputs, rank): the
change is up times down (LoRA, arXiv 2106.09685, section 4.1; the scale is in up)."""


def save_reader(
    path: Path,
    *,
    tuned: Mapping[str, Tensor],
    base: Mapping[str, Tensor],
    base_sha256: str,
    described: Mapping[str, str],
    low_rank: LowRank | None = None,
) -> None:
    """Write what differs from the base: matrices as 8-bit differences a row, the rest as float16.

    Parameters
    ----------
    tuned, base : mapping of str to Tensor
        State of the tuned network, and of the untuned encoder by the same names. Tensors that are
        equal are left out.
    base_sha256 : str
        Hash of the base's weights; the file is of use with these alone.
    described : mapping of str to str
        Goes into the file's header.
    low_rank : mapping, optional
        Changes of the base's matrices that are kept as two thin ones, in float16.
    """
    stored: dict[str, Tensor] = {}
    for name, (down, up) in (low_rank or {}).items():
        stored[name + _DOWN] = down.half().contiguous()
        stored[name + _UP] = up.half().contiguous()
    for name, value in tuned.items():
        known = base.get(name)
        if known is None:
            stored[name] = value.float().contiguous()
        elif not torch.equal(known, value):
            change = value.float() - known.float()
            if change.ndim == 2:
                scale = change.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / _STEPS
                stored[name] = (change / scale).round().to(torch.int8).contiguous()
                stored[name + _SCALE] = scale.squeeze(1).contiguous()
            else:
                stored[name] = change.half().contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {**described, "format": FORMAT, "base_sha256": base_sha256}
    save_file(stored, str(path), metadata=header)


def read_header(path: Path) -> dict[str, str]:
    """Read what a reader's file says of itself.

    Raises
    ------
    UserError
        The file is damaged, or is no reader of this version of the app.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            header: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise _unusable(path, error) from error
    if header.get("format") != FORMAT:
        raise UserError(f"{path} is not a reader of this version of the app: remove it.")
    return header


def read_shift(path: Path) -> float:
    """Read by how many nats the gate is to see this reader's scores raised; 0 if it says nothing.

    Raises
    ------
    UserError
        The file is damaged, or says something that is no number.
    """
    said = read_header(path).get(SHIFT, "0")
    try:
        return float(said)
    except ValueError as error:
        raise _unusable(path, error) from error


def write_shift(path: Path, shift: float) -> None:
    """Write into a reader's file by how many nats the gate is to see its scores raised."""
    header, stored = read_header(path), _read_tensors(path)
    part = path.with_suffix(".part")
    save_file(stored, str(part), metadata={**header, SHIFT: f"{shift:g}"})
    part.replace(path)


def _unusable(path: Path, error: Exception) -> UserError:
    return UserError(
        f"The reader {path} cannot be used ({error}): install the app again, or remove the file."
    )


def read_changes(path: Path, *, base_sha256: str) -> Iterator[tuple[str, Tensor]]:
    """Read a file that :func:`save_reader` wrote, a tensor at a time.

    Yields
    ------
    name : str
    change : Tensor
        The difference to be added to the base's tensor, or the whole tensor where the
        base has none of that name.

    Raises
    ------
    UserError
        The file is damaged, of another kind, or belongs to another encoder.
    """
    if read_header(path).get("base_sha256") != base_sha256:
        raise UserError(
            f"The reader {path} was tuned for another encoder: remove it, or tune it again."
        )
    stored = _read_tensors(path)
    for name, value in stored.items():
        if name.endswith(_UP):
            matrix = name.removesuffix(_UP)
            yield matrix, value.float() @ stored[matrix + _DOWN].float()
        elif not name.endswith((_SCALE, _DOWN)):
            scale = stored.get(name + _SCALE)
            yield name, value.float() if scale is None else value.float() * scale[:, None]


def read_low_rank(path: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Read the changes that a file keeps as two thin matrices, as :func:`save_reader` got them.

    Raises
    ------
    UserError
        The file is damaged, or is no reader of this version of the app.
    """
    stored = _read_tensors(path)
    return {
        name.removesuffix(_UP): (stored[name.removesuffix(_UP) + _DOWN].float(), value.float())
        for name, value in stored.items()
        if name.endswith(_UP)
    }


def _read_tensors(path: Path) -> dict[str, Tensor]:
    read_header(path)
    try:
        with safe_open(str(path), framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise _unusable(path, error) from error


def apply_changes(network: torch.nn.Module, changes: Iterable[tuple[str, Tensor]]) -> None:
    """Add the differences to a network whose encoder holds the base's weights.

    Raises
    ------
    UserError
        A tensor has a name or shape that the network does not know.
    """
    state = network.state_dict()
    with torch.no_grad():
        for name, change in changes:
            if name not in state or state[name].shape != change.shape:
                raise UserError(f"The reader does not fit its encoder (“{name}”): tune it again.")
            if name.startswith("encoder."):
                state[name].copy_(state[name].float() + change)
            else:
                state[name].copy_(change)
