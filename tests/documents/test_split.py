import random
import re
from itertools import pairwise

import pytest

from rare_app.documents import Document, split_document
from rare_app.documents.tables import Table
from rare_app.documents.write_page import PageWriter
from rare_app.settings import Settings

from . import make
from .conftest import count_words

TEXT = " ".join(make.PROSE)


def check_chunks(document, chunks, *, count=count_words, limit=200):
    """What holds for every splitting."""
    for number, chunk in enumerate(chunks):
        page = document.pages[chunk.page - 1]
        assert chunk.ordinal == number
        assert page.text[chunk.start : chunk.end] == chunk.text == chunk.text.strip() != ""
        assert len(chunk.section) <= 80
    assert max(count([chunk.text for chunk in chunks]), default=0) <= limit
    for page in document.pages:
        covered = bytearray(len(page.text))
        for chunk in chunks:
            if chunk.page == page.number:
                covered[chunk.start : chunk.end] = b"x" * (chunk.end - chunk.start)
        lost = [
            c for c, seen in zip(page.text, covered, strict=True) if not seen and not c.isspace()
        ]
        assert lost == []


def test_chunks_fit_and_cover_the_text(make_document, settings):
    document = make_document("\n\n".join([TEXT] * 30), "", TEXT)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    check_chunks(document, chunks)
    assert {chunk.page for chunk in chunks} == {1, 3}
    assert all(chunk.text.endswith(".") for chunk in chunks)
    assert all(chunk.text[0].isupper() for chunk in chunks)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "the same words " * 2000,
        "これは日本語の文章です。" * 400,
        "a\n" * 3000,
        "\n\n\n",
        "- " * 1500,
        " ".join(random.Random(0).choices(["A.", "b", "1,000", "\n", "\n\n", "(c)", "é"], k=4000)),
    ],
)
def test_awkward_text(make_document, settings, text):
    document = make_document(text)
    check_chunks(document, split_document(document, count_tokens=count_words, settings=settings))


def test_tokenizer_that_counts_characters(make_document, settings):
    def count(texts):
        return [len(text) for text in texts]

    document = make_document(TEXT * 20)
    chunks = split_document(document, count_tokens=count, settings=settings)
    check_chunks(document, chunks, count=count)
    assert len(chunks) < 60


def test_neighbours_overlap_by_whole_sentences(make_document, tmp_path):
    settings = Settings(home=tmp_path, chunk_tokens=60, chunk_overlap_tokens=20)
    sentences = [f"Sentence number {n} tells of the thing that was found." for n in range(40)]
    document = make_document(" ".join(sentences))
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    check_chunks(document, chunks, limit=60)
    for before, after in pairwise(chunks):
        assert before.start < after.start < before.end < after.end
        assert after.text.startswith("Sentence")
        shared = document.pages[0].text[after.start : before.end]
        assert 0 < count_words([shared])[0] <= 20


def test_rows_stay_whole(make_document, tmp_path):
    settings = Settings(home=tmp_path, chunk_tokens=50, chunk_overlap_tokens=10)
    rows = [f"Line item {n}  {n},100  ({n},200)" for n in range(1, 60)]
    document = make_document("\n".join(rows))
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    check_chunks(document, chunks, limit=50)
    assert all(line in rows for chunk in chunks for line in chunk.text.split("\n"))


def test_wrapped_sentences_are_not_cut_at_line_ends(make_document, tmp_path):
    settings = Settings(home=tmp_path, chunk_tokens=60, chunk_overlap_tokens=0)
    words = (TEXT + " ") * 12
    lines = re.sub(r"(.{60}\S*) ", r"\1\n", words)
    document = make_document(lines.strip())
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    check_chunks(document, chunks, limit=60)
    assert all(chunk.text.endswith(".") for chunk in chunks)


def test_markdown_sections_and_headings_stay_with_their_text(make_document, settings):
    text = (
        f"# Guide\n\n{TEXT}\n\n## Setup\n\n{TEXT * 6}\n\n## Use\n\n{TEXT * 6}\n\n# Other\n\n{TEXT}"
    )
    document = make_document(text, TEXT, media_type="text/markdown")
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    check_chunks(document, chunks)
    sections = list(dict.fromkeys(chunk.section for chunk in chunks))
    assert sections == ["Guide", "Guide › Setup", "Guide › Use", "Other"]
    assert not any(re.search(r"(^|\n)#+ .*$", chunk.text.split("\n")[-1]) for chunk in chunks)
    assert chunks[-1].page == 2
    assert chunks[-1].section == "Other"


def test_sections_of_a_filing(make_document, settings):
    first = f"PART I. FINANCIAL INFORMATION\nITEM 1. FINANCIAL STATEMENTS\n{TEXT}"
    second = (
        f"NOTE 4 — INVESTMENTS\nThe components were as follows:\n\nFair Value\nLevel\n\n"
        f"Total  4,268  3,742\n\nForeign Currencies\n{TEXT * 6}"
    )
    document = make_document(first, second)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    check_chunks(document, chunks)
    assert chunks[0].section == "PART I. FINANCIAL INFORMATION › ITEM 1. FINANCIAL STATEMENTS"
    assert chunks[1].section == "ITEM 1. FINANCIAL STATEMENTS › NOTE 4 — INVESTMENTS"
    assert chunks[-1].section.endswith("NOTE 4 — INVESTMENTS › Foreign Currencies")


def test_no_junk_sections(make_document, settings):
    junk = "Three Months Ended\n(In Millions) Apr 1, 2023\nNet Revenue  5,767  9,322\nTotal  1  2"
    prose = "We met\nDr. Smith in\nNew York\nand agreed on all of the terms of the contract."
    contents = "Table of Contents\nItem 1. Business 3\nItem 2. Risks 9\nItem 3. Law 11\nItem 4. X 9"
    document = make_document(junk, prose, contents)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    assert {chunk.section for chunk in chunks} == {""}


def test_numbered_headings(make_document, settings):
    text = f"1 Introduction\n{TEXT}\n1.1 Aims and scope\n{TEXT * 5}\n2 Methods\n{TEXT * 5}"
    document = make_document(text)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    sections = [chunk.section for chunk in chunks]
    assert sections[0] == "1 Introduction"
    assert "1 Introduction › 1.1 Aims and scope" in sections
    assert sections[-1] == "2 Methods"


def test_counting_is_batched(make_document, settings):
    calls = []

    def count(texts):
        calls.append(len(texts))
        return count_words(texts)

    document = make_document(*["\n\n".join([TEXT] * 8)] * 20)
    split_document(document, count_tokens=count, settings=settings)
    assert len(calls) <= 22


def document_of(page):
    return Document(
        name="report.xlsx",
        content_hash="0" * 64,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        title="Report",
        page_kind="sheet",
        pages=(page,),
    )


def test_every_chunk_of_a_table_has_its_head_and_its_group(settings):
    groups = [
        (("North", "", ""), *((f"Branch {n}", str(n), str(n + 1)) for n in range(40))),
        (("South", "", ""), *((f"Office {n}", str(n), "") for n in range(40))),
    ]
    page = PageWriter()
    page.add("heading", "Results", level=1)
    page.add("paragraph", "What follows is not audited.")
    page.add_table(
        Table(
            rows=(("Branch", "2024", "2025"), *groups[0], *groups[1]),
            title="By branch",
            unit="in thousands",
        )
    )
    made = page.page(1)
    limit = settings.chunk_tokens
    chunks = split_document(document_of(made), count_tokens=count_words, settings=settings)
    head = made.blocks[2].head
    assert len(chunks) > 3
    assert chunks[0].head == ""
    assert "| Branch 0 | 0 | 1 |" in chunks[0].text
    for chunk in chunks[1:]:
        assert chunk.head.startswith(head)
        assert count_words([chunk.whole])[0] <= limit
        first = chunk.text.split("\n", 1)[0]
        if first.startswith("| Office"):
            assert chunk.head == f"{head}\n| South |  |  |"
    rows = "\n".join(one.text for one in chunks)
    for n in range(40):
        assert rows.count(f"| Branch {n} | {n} | {n + 1} |") == 1
        assert rows.count(f"| Office {n} | {n} |  |") == 1


def test_a_table_head_is_not_left_behind_at_the_end_of_a_chunk(settings):
    page = PageWriter()
    page.add("paragraph", " ".join(f"word{n}" for n in range(settings.chunk_tokens - 12)) + ".")
    page.add_table(Table((("Name", "Phone"), *((f"Person {n}", str(n)) for n in range(9)))))
    made = page.page(1)
    chunks = split_document(document_of(made), count_tokens=count_words, settings=settings)
    assert not chunks[0].text.endswith("|")
    assert chunks[1].text.startswith("| Name | Phone |")


def test_told_headings_name_the_sections(settings):
    page = PageWriter(marked_up=False)
    page.add("heading", "fees and charges", level=1)
    page.add("paragraph", "The fee is 40 euros.")
    [chunk] = split_document(document_of(page.page(1)), count_tokens=count_words, settings=settings)
    assert chunk.section == "fees and charges"
