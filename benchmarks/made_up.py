"""Documents about places that do not exist, with questions whose answers are known."""

from collections.abc import Sequence
from pathlib import Path

from rare_app.lab.evaluation import Case

_FIRST = ("Ard", "Bel", "Cor", "Dun", "Esk", "Far", "Gal", "Hex", "Ing", "Kel", "Lor", "Mor")
_LAST = ("den", "more", "wick", "holt", "leigh", "stead", "by", "thorpe", "mere", "fell", "combe")
_THINGS = ("bridge", "mill", "lighthouse", "library", "tower", "market hall", "quay", "well")
_SIDES = ("northern", "western", "upper", "lower", "eastern", "southern")
_NAMES = ("Anna", "Bruno", "Clara", "David", "Edith", "Franz", "Greta", "Hugo", "Irene", "Jonas")


def place(number: int) -> str:
    """Name a place; no two of the first 132 are the same."""
    return _FIRST[number % len(_FIRST)] + _LAST[number % len(_LAST)]


def thing(number: int) -> str:
    """Name what was built there."""
    return _THINGS[number % len(_THINGS)]


def answer(number: int) -> str:
    """Name who built it."""
    return f"{_NAMES[number % len(_NAMES)]} {place(number * 5 + 3)}son"


def text(number: int) -> str:
    """Write what there is to know of a place, about 90 tokens."""
    where, what = place(number), thing(number)
    return (
        f"{where} has a {what} at its {_SIDES[number % len(_SIDES)]} edge. {answer(number)} built "
        f"it in {1500 + number * 3}. Visitors may climb it on {2 + number % 26} days of the year, "
        f"and pay {1 + number % 9} crowns. The council of {where} has looked after the {what} "
        f"since {1700 + number}, and repairs its roof every {3 + number % 8} years."
    )


def question(number: int) -> str:
    """Ask for what one of the texts says."""
    return f"Who built the {thing(number)} of {place(number)}?"


def write_documents(folder: Path, *, documents: int, sections: int, first: int = 0) -> list[Path]:
    """Write Markdown files with a section for each place; give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(documents):
        begin = first + number * sections
        parts = [f"## {place(i)}\n\n{text(i)}\n" for i in range(begin, begin + sections)]
        path = folder / f"Places {begin + 1} to {begin + sections}.md"
        path.write_text("# Places\n\n" + "\n".join(parts), encoding="utf-8")
        paths.append(path)
    return paths


def cases(count: int, *, passages: int = 4) -> Sequence[Case]:
    """Make cases whose passages hold the answer at changing places."""
    return [
        Case(
            id=f"made-up-{number}",
            question=question(number),
            passages=tuple(text(number + (i - number) % passages * 7) for i in range(passages)),
            answers=(answer(number),),
            choices=None,
            evidence=None,
        )
        for number in range(count)
    ]
