"""The packages of the app: what each may import, and how large its files may be."""

import ast
import functools
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

CODE = Path(__file__).parents[1] / "rare_app"
LONGEST_FILE = 500
"""Lines; no file may become longer than the longest is."""


@functools.cache
def packages() -> dict[str, set[str]]:
    """Say for each package, and each module beside them, which others it imports."""
    found: dict[str, set[str]] = {}
    for path in CODE.rglob("*.py"):
        own = path.relative_to(CODE).parts[0].removesuffix(".py")
        imported = found.setdefault(own, set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rare_app."):
                imported.add(node.module.split(".")[1])
    return {own: imported - {own} for own, imported in found.items()}


def test_no_import_goes_round_in_a_circle():
    order = list(TopologicalSorter(packages()).static_order())
    places = [order.index(one) for one in ("reader", "prompt", "proof", "skills", "answer", "ui")]
    assert places == sorted(places)


def test_only_the_command_line_knows_the_lab():
    assert {own for own, imported in packages().items() if "lab" in imported} == {"cli", "commands"}


@pytest.mark.parametrize(
    ("own", "never"),
    [
        ("reader", {"skills", "proof", "answer", "library", "model"}),
        ("prompt", {"library", "model", "answer"}),
        ("model", {"documents", "library", "answer", "ui"}),
        ("documents", {"library", "model", "reader", "answer"}),
        ("library", {"model", "answer", "ui"}),
        ("proof", {"skills", "answer", "ui"}),
        ("skills", {"answer", "ui"}),
        ("answer", {"ui", "commands", "lab"}),
    ],
)
def test_a_package_does_not_know_those_behind_it(own, never):
    assert not packages()[own] & never


def test_an_everyday_command_loads_nothing_of_the_lab(tmp_path):
    code = (
        "import sys; from rare_app.cli import main; "
        f"main(['list', '--home', {str(tmp_path)!r}]); "
        "print([one for one in sys.modules if one.startswith('rare_app.lab')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_file_grows():
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in CODE.rglob("*.py")}
    assert not [str(path) for path, count in lines.items() if count > LONGEST_FILE]
