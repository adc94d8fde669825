"""What is read of Markdown files: the text as it is, with its blocks."""

import pytest

from rare_app.documents import split_document

from .conftest import count_words
from .test_read_docx import texts, value

YARD = """---
title: Handbook of the yard
---
# Yard *rules*
Open from 6 to 20 h.

```sh
# no heading
| a | b |
| --- | --- |
```

Crane
-----
Rates (euros an hour)

| Class | Day | Night |
|---|---:|:---|
| A | 120 | 160 |
| B |     | 185 |

- oil
  - 15 litres
- grease

      # no heading either
"""

CHANGES = """# Release 4.2

Supported until **31 May 2028**. See [notes](x.md).

## Limits

Plan | Users | Storage
--- | --- | ---
Free | 3 | 500 MB
Team | 40 | 20 GB

1. Stop the service.
2. Run `migrate --all`.
   ~~~
   ## inside
   ~~~
3. Start it.
"""


@pytest.fixture
def written(tmp_path, read):
    def read_source(source):
        (tmp_path / "a.md").write_text(source)
        return read(tmp_path / "a.md")

    return read_source


def test_a_handbook(written):
    document = written(YARD)
    assert document.title == "Handbook of the yard"
    assert document.pages[0].text == YARD.rstrip()
    assert texts(document, "heading") == ["# Yard *rules*", "Crane"]
    assert texts(document, "table")[0].startswith(
        "Rates (euros an hour)\n\n| Class | Day | Night |"
    )
    assert value(document, "B", "Day") == ""
    assert value(document, "B", "Night") == "185"
    assert value(document, "A", "Night") == "160"
    assert texts(document, "item")[:2] == ["- oil", "  - 15 litres"]
    head = next(one.head for one in document.pages[0].blocks if one.kind == "table")
    assert head.split("\n")[-1] == "|---|---:|:---|"


def test_release_notes(written):
    document = written(CHANGES)
    assert document.title == "Release 4.2"
    assert texts(document, "heading") == ["# Release 4.2", "## Limits"]
    assert "Supported until **31 May 2028**." in texts(document, "paragraph")[0]
    assert texts(document, "table") == [
        "Plan | Users | Storage\n--- | --- | ---\nFree | 3 | 500 MB\nTeam | 40 | 20 GB"
    ]
    assert [item.split("\n")[0] for item in texts(document, "item")] == [
        "1. Stop the service.", "2. Run `migrate --all`.", "3. Start it.",
    ]  # fmt: skip


def test_chunks_and_parts_of_a_long_table_repeat_its_heads(written, settings):
    rows = "".join(f"| bolt {n} | {n} | {n % 7} |\n" for n in range(3000))
    document = written(f"# Stock\n\n| Part | Number | Shelf |\n| --- | --- | --- |\n{rows}\nEnd.\n")
    assert len(document.pages) > 2
    assert all("| Part | Number | Shelf |" in page.text for page in document.pages)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    told = [chunk for chunk in chunks if "| bolt " in chunk.text]
    assert all("| Part | Number | Shelf |" in chunk.whole for chunk in told)
    assert sum("| bolt 2222 | 2222 | 3 |" in chunk.text for chunk in told) == 1
    assert document.pages[-1].text.endswith("End.")


def test_code_without_an_end_and_long_files_are_read(written):
    assert texts(written("# A\n\n```\n# b\n"), "heading") == ["# A"]
    text = "# Head\n\n" + "One line of text.\n\n" * 150_000
    document = written(text)
    assert sum(page.text.count("One line of text.") for page in document.pages) == 150_000
    deep = written("> " * 20_000 + "x\n\n" + "- " * 5_000 + "y\n")
    assert "y" in deep.pages[-1].text
