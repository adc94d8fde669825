"""How much memory this machine has, and how much of it is free."""

from collections.abc import Iterator
from pathlib import Path

import psutil

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")


def total_memory() -> int:
    """Bytes of memory that this process may use: the machine's, or its control group's limit."""
    return min([int(psutil.virtual_memory().total), *(limit for limit, _ in _limits())])


def available_memory() -> int:
    """Bytes of memory that can be taken without others being pushed out to disk."""
    free = [max(0, limit - used) for limit, used in _limits()]
    return min([int(psutil.virtual_memory().available), *free])


def _limits() -> Iterator[tuple[int, int]]:
    """Limits of the control groups that this process is in (Linux), and what is used of each."""
    for folder in _folders():
        v1 = (folder / "memory.limit_in_bytes").is_file()
        limit = _number(folder / ("memory.limit_in_bytes" if v1 else "memory.max"))
        used = _number(folder / ("memory.usage_in_bytes" if v1 else "memory.current"))
        if limit:
            # Pages of files are given back when memory is short.
            yield limit, max(0, (used or 0) - _of_files(folder / "memory.stat"))


def _folders() -> Iterator[Path]:
    """Folders of the groups, each before the one that it is in; a container sees its own alone."""
    try:
        lines = _OWN_GROUPS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, kinds, place = line.split(":", 2)
        if kinds not in ("", "memory"):
            continue
        root = _GROUPS / kinds
        own = root / place.strip("/")
        yield from (one for one in (own, *own.parents) if one == root or root in one.parents)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no such file, or “max”
        return None


def _of_files(path: Path) -> int:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    found = dict(line.split() for line in lines if len(line.split()) == 2)
    total = "total_" if "total_inactive_file" in found else ""
    return sum(int(found.get(f"{total}{kind}_file", 0)) for kind in ("inactive", "active"))
