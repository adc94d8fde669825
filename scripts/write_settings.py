"""Write the table of all settings in ``docs/settings.md``: ``python -m scripts.write_settings``."""

import ast
import inspect
import itertools
import re
from dataclasses import MISSING, fields
from pathlib import Path

from rare_app.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
TITLE = "## All of them\n\n"


def settings_table() -> str:
    """Make the table: name, default, and what stands below the option in its class."""
    body = ast.parse(inspect.getsource(Settings)).body[0].body  # type: ignore[attr-defined]
    said = {
        option.target.id: " ".join(text.value.value.split())
        for option, text in itertools.pairwise(body)
        if isinstance(option, ast.AnnAssign) and isinstance(text, ast.Expr)
    }
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for one in fields(Settings):
        default = (
            ""
            if one.default is MISSING
            else f"{one.default:g}"
            if one.type is float
            else one.default
        )
        text = said[one.name].replace("``", "`").replace("|", "\\|")
        text = re.sub(r"docs/([\w-]+\.md)", r"[\1](\1)", text)
        rows.append(f"| `{one.name}` | {default} | {text} |")
    return "\n".join(rows) + "\n"


def write(page: Path = PAGE) -> None:
    """Put the table at the end of the page."""
    before = page.read_text(encoding="utf-8").split(TITLE)[0].rstrip()
    page.write_text(f"{before}\n\n{TITLE}{settings_table()}", encoding="utf-8")


if __name__ == "__main__":
    write()
