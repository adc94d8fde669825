"""Fonts of the PDF export: Noto from packages, then what the system has for other scripts."""

import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_PACKAGED = ("Noto Sans", "Noto Sans Arabic")
"""Latin, Greek and Cyrillic; Arabic. Both come with the requirements."""

# Well-known files with many scripts, the ones to be taken first at the top: Debian's and Fedora's
# Noto and DejaVu, then what Windows and macOS come with.
_SYSTEM = (
    "DejaVuSans.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-VF.otf.ttc",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "segoeui.ttf",
    "msyh.ttc",
    "YuGothR.ttc",
    "msgothic.ttc",
    "malgun.ttf",
    "Nirmala.ttc",
    "Nirmala.ttf",
    "LeelawUI.ttf",
    "seguisym.ttf",
    "Arial Unicode.ttf",
    "Hiragino Sans GB.ttc",
    "PingFang.ttc",
    "AppleSDGothicNeo.ttc",
    "Apple Symbols.ttf",
    "unifont.ttf",
)


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font file and the characters that it can draw."""

    path: Path
    characters: frozenset[int]


def packaged_fonts() -> list[FontFile]:
    """List the fonts that come with the app; the first one is that of the text.

    Raises
    ------
    ImportError
        The packages of requirements.txt are not installed.
    """
    import fontpkg

    found = (_read(Path(fontpkg.path(name))) for name in _PACKAGED)
    return [one for one in found if one is not None]


def fonts_for(text: str) -> tuple[list[FontFile], frozenset[str]]:
    """Choose the fonts that a text needs.

    Returns
    -------
    fonts : list of FontFile
        The packaged ones, then those of the system that hold what is still missing.
    missing : frozenset of str
        Characters that no font of this computer was found for.
    """
    fonts = packaged_fonts()
    wanted = {one for one in map(ord, set(text)) if not chr(one).isspace()}
    missing = wanted.difference(*(one.characters for one in fonts))
    for path in _system_files() if missing else ():
        found = _read(path)
        if found is not None and missing & found.characters:
            fonts.append(found)
            missing -= found.characters
        if not missing:
            break
    return fonts, frozenset(map(chr, missing))


def _system_files() -> Iterator[Path]:
    known = _known_files()
    yield from (known[name] for name in _SYSTEM if name in known)


@lru_cache(maxsize=1)
def _known_files() -> dict[str, Path]:
    """Where the well-known files are on this computer; looked for once."""
    found: dict[str, Path] = {}
    wanted = set(_SYSTEM)
    for folder in _folders():
        for root, _, names in os.walk(folder):
            for name in wanted.intersection(names):
                found.setdefault(name, Path(root) / name)
    return found


def _folders() -> list[Path]:
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", ""))
        return [
            Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
            local / "Microsoft/Windows/Fonts",
        ]
    if sys.platform == "darwin":
        return [
            Path("/System/Library/Fonts"),
            Path("/Library/Fonts"),
            Path.home() / "Library/Fonts",
        ]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".local/share/fonts",
        Path.home() / ".fonts",
    ]


@lru_cache(maxsize=32)
def _read(path: Path) -> FontFile | None:
    """Read which characters a font holds; ``None`` for a file that is none."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            table: Any = font.getBestCmap() or {}
            return FontFile(path=path, characters=frozenset(table))
    except Exception as error:  # noqa: BLE001 - a damaged font must not end an export
        log.warning("The font %s cannot be read: %s", path, error)
        return None
