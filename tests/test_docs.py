"""The documentation: its links lead somewhere, its settings are the app's, its README is short."""

import re
import subprocess

import pytest

from rare_app.settings import CODE_FOLDER
from scripts.write_settings import PAGE, TITLE, settings_table

LINK = re.compile(r"(?:\]\(|(?:src|href)=\")([^)\s\"]+)")
NAMED = re.compile(r"(?<![\w./-])((?:docs|models)/[\w-]+\.md)")


def files(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=CODE_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    return [CODE_FOLDER / one for one in listed.stdout.splitlines() if (CODE_FOLDER / one).exists()]


def prose(path):
    """Read a page without its blocks of code."""
    return re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def anchors(path):
    """Name the places of a page as GitHub does."""
    heads = re.findall(r"^#+ (.+)$", prose(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


PAGES = [
    one
    for one in files("*.md")
    if one.name == "README.md" or not one.parent.name.endswith(("documents", "samples"))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda one: str(one.relative_to(CODE_FOLDER)))
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(prose(page)):
        place, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {link}"


def test_the_code_names_pages_that_exist():
    named = {
        (path.name, page)
        for path in files("*.py", "*.toml", "Makefile", "CHANGELOG.md")
        for page in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert not [one for one in named if not (CODE_FOLDER / one[1]).is_file()]


def test_the_page_of_settings_is_what_the_code_says():
    written = PAGE.read_text(encoding="utf-8").partition(TITLE)[2]
    assert written == settings_table(), "run “python -m scripts.write_settings”"


def test_the_readme_is_short_and_has_the_two_commands():
    readme = (CODE_FOLDER / "README.md").read_bytes()
    assert len(readme) <= 6144
    for block in re.findall(rb"^```sh\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE):
        if {b"make run", b"make test"} <= {line.partition(b"  ")[0] for line in block.splitlines()}:
            return
    pytest.fail("no block of code has both “make run” and “make test”")
