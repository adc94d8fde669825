"""An answer is downloaded in each format, and the whole chat in one."""

import io
import zipfile
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.app_process import PROJECT
from tests.browser.steps import ask, upload

QUESTION = "How often must the oil in the pump be changed?"


def _download(page: Page, name: str) -> bytes:
    with page.expect_download(timeout=120_000) as started:
        page.get_by_role("button", name=name, exact=True).last.click()
    assert started.value.suggested_filename.startswith("How often must the oil in the pump")
    return Path(started.value.path()).read_bytes()


def test_download_in_each_format(page: Page) -> None:
    upload(page, PROJECT / "assets" / "samples" / "Pump HX-40 service manual.pdf")
    ask(page, QUESTION)
    shown = page.locator(".rare-answer .rare-text, .rare-answer .rare-refusal").last.inner_text()
    first_word = shown.split()[0]
    page.locator(".rare-exports summary").last.click()

    pdf = _download(page, "Download this answer as PDF")
    reader = PdfReader(io.BytesIO(pdf))
    text = " ".join(one.extract_text() for one in reader.pages)
    assert QUESTION in " ".join(text.split())
    assert first_word in text
    cited = page.locator(".rare-answer").last.locator(".rare-number").count()
    assert bool(cited) == any(one.images for one in reader.pages)

    docx = Document(io.BytesIO(_download(page, "Download this answer as Word")))
    assert docx.paragraphs[0].text == QUESTION
    markdown = _download(page, "Download this answer as Markdown")
    if cited:
        archive = zipfile.ZipFile(io.BytesIO(markdown))
        assert archive.read("pages/page-1.png").startswith(b"\x89PNG")
        markdown = archive.read("answer.md")
    assert QUESTION in markdown.decode()
    expect(page.locator("#rare-export [role='status']")).to_contain_text("Exported as")

    ask(page, "What is the maximum operating temperature of the pump?")
    page.locator(".rare-exports summary").last.click()
    whole = Document(io.BytesIO(_download(page, "Download the whole chat as Word")))
    headings = [one.text for one in whole.paragraphs if one.style and one.style.name == "Heading 1"]
    assert headings == [QUESTION, "What is the maximum operating temperature of the pump?"]
