"""Exports open again and hold what the answer rests on."""

import io
import itertools
import re
import zipfile
from datetime import datetime

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader

from rare_app.errors import UserError
from rare_app.export import FORMATS, AnsweredTurn, export_turns, write_export

from .conftest import QUOTE

NOW = datetime(2026, 11, 22, 9, 30)
MANY_SCRIPTS = (
    "Ελληνικά Привет مرحبا بالعالم 中文 日本語 한국어 שלום नमस्ते ไทย 😀 \x00\x1b[31m\ufffe 𝔘"
)


def pdf_text(data):
    return " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages
    )


def docx_text(data):
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def yellow_rows(png):
    """Heights (0-1) at which the picture is marked."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    small = picture.resize((200, 280))
    return [
        y / 280
        for y in range(280)
        if any(
            r > 200 and g > 150 and b < 190
            for r, g, b in (small.getpixel((x, y)) for x in range(200))
        )
    ]


def test_markdown_comes_with_its_pictures(turn, pictures):
    file = export_turns([turn], form="md", pictures=pictures, now=NOW)
    assert file.name == "How much does the pump of loop B deliver.zip"
    archive = zipfile.ZipFile(io.BytesIO(file.data))
    text = archive.read("answer.md").decode()
    assert text.startswith("# How much does the pump of loop B deliver?")
    assert (
        "It delivers 52 litres per second. \\[1\\] It is blue. *(not found in the passages)*"
        in text
    )
    assert "- It delivers 52 litres per second. – supported, \\[1\\]" in text
    assert f"\\[1\\] **Coolant.pdf**, page 2\n\n> {QUOTE}\n" in text
    assert f"Quote 1: “{QUOTE}” (Coolant.pdf, page 2)\\\ntells how much." in text
    assert "**Notes.md**, part 1" in text
    assert "small-model with the adapter ours" in text
    assert "2026-11-22 09:30" in text
    (named,) = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    assert named == ("Page 2 of Coolant.pdf, the cited words marked", "pages/page-1.png")
    assert sorted(archive.namelist()) == ["answer.md", "pages/page-1.png"]
    rows = yellow_rows(archive.read("pages/page-1.png"))
    # The second of three lines at the top of the page.
    assert rows
    assert 0.08 < min(rows) <= max(rows) < 0.16


def test_markdown_without_pictures_is_one_file(turn):
    file = export_turns([turn], form="md", now=NOW)
    assert file.name.endswith(".md")
    assert b"In the passage:" in file.data
    assert b"![" not in file.data


def test_docx_opens_and_holds_everything(turn, pictures):
    file = export_turns([turn], form="docx", pictures=pictures, now=NOW)
    document = Document(io.BytesIO(file.data))
    text = docx_text(file.data)
    for wanted in (
        turn.question,
        "It delivers 52 litres per second. [1]",
        QUOTE,
        "Coolant.pdf, page 2",
    ):
        assert wanted in text
    assert "It is blue. (not found in the passages)" in text
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows][1:] == [
        ["It delivers 52 litres per second.", "supported", "1"],
        ["It is blue.", "not found in the passages", ""],
    ]
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == "Page 2 of Coolant.pdf, the cited words marked"
    assert document.core_properties.title == turn.question


def test_pdf_opens_and_holds_everything(turn, pictures):
    file = export_turns([turn], form="pdf", pictures=pictures, now=NOW)
    reader = PdfReader(io.BytesIO(file.data))
    text = pdf_text(file.data)
    for wanted in (
        turn.question,
        "It delivers 52 litres per second. [1]",
        QUOTE,
        "Coolant.pdf, page 2",
    ):
        assert wanted in text
    assert "(not found in the passages)" in text
    assert sum(len(page.images) for page in reader.pages) == 1
    assert reader.metadata.title == turn.question
    assert "�" not in text


def test_every_export_holds_the_steps(turn):
    data = {
        **turn.answer,
        "reasoning": (
            f"<quote>{QUOTE}</quote> <calc>52 * 60</calc> = 3120 <calc>52 / 0</calc> (not worked "
            "out: it divides by zero) <search>litres</search> <search>years</search> (nothing)"
        ),
        "steps": [
            {"kind": "calculation", "text": "52 * 60", "result": "3120", "quotes": [0]},
            {"kind": "calculation", "text": "52 / 0", "trouble": "it divides by zero"},
            {"kind": "search", "text": "litres", "passages": [0, 1]},
            {"kind": "search", "text": "years", "trouble": "nothing"},
        ],
    }
    steps = AnsweredTurn(turn.question, data)
    for text in (
        export_turns([steps], form="md").data.decode().replace("\\", ""),
        docx_text(export_turns([steps], form="docx").data),
        pdf_text(export_turns([steps], form="pdf").data),
    ):
        for line in (
            f"Quote 1: “{QUOTE}” (Coolant.pdf, page 2)",
            "52 × 60 = 3120 (from quote 1)",
            "52 ÷ 0 (not worked out: it divides by zero)",
            "Looked for “litres”: found Coolant.pdf, page 2; Notes.md, part 1",
            "Looked for “years”: nothing",
        ):
            assert line in text


def test_a_page_is_drawn_once_for_all_its_sources(turn, pictures, manual):
    data = dict(turn.answer)
    passage, other = data["passages"]
    middle = passage["text"].index("Emergency")
    split = [
        {**passage, "end": middle, "text": passage["text"][:middle]},
        {**passage, "start": middle, "text": passage["text"][middle:]},
    ]
    drill = {**data["quotes"][0], "start": middle, "end": middle + 16, "quote": "Emergency drills"}
    data["passages"] = [*split, other]
    data["claims"] = [
        data["claims"][0],
        {"text": "It is blue.", "supported": True, "citations": [{**drill, "passage": 1}]},
    ]
    file = export_turns([AnsweredTurn("?", data)], form="md", pictures=pictures)
    archive = zipfile.ZipFile(io.BytesIO(file.data))
    text = archive.read("answer.md").decode()
    assert "It is blue. \\[2\\]" in text
    assert text.count("![") == 1
    rows = yellow_rows(archive.read("pages/page-1.png"))
    gaps = [b - a for a, b in itertools.pairwise(rows)]
    assert max(gaps) > 0.005, "two lines are marked, with a gap between them"


def test_pictures_are_left_out_where_the_words_no_longer_stand(turn, pictures, manual):
    changed = dict(turn.answer)
    changed["claims"] = [
        {
            **changed["claims"][0],
            "citations": [{**changed["quotes"][0], "quote": "delivers 99 litres per second"}],
        }
    ]
    changed["quotes"] = []
    file = export_turns([AnsweredTurn("?", changed)], form="md", pictures=pictures)
    assert file.name.endswith(".md")
    manual.remove("Coolant.pdf")
    assert export_turns([turn], form="md", pictures=pictures).name.endswith(".md")


def test_words_of_a_page_that_was_read_anew_are_marked_where_they_stand_now(turn, pictures):
    read_before = {
        **turn.answer["quotes"][0],
        "start": 0,
        "end": len("delivers  52 litres-per second"),
        "quote": "delivers  52 litres-per\nsecond",
    }
    data = {**turn.answer, "quotes": [read_before]}
    data["claims"] = [{**turn.answer["claims"][0], "citations": [read_before]}]
    moved = export_turns([AnsweredTurn("?", data)], form="md", pictures=pictures)
    marked = [
        yellow_rows(zipfile.ZipFile(io.BytesIO(file.data)).read("pages/page-1.png"))
        for file in (moved, export_turns([turn], form="md", pictures=pictures))
    ]
    assert marked[0]
    assert marked[0] == marked[1]


def test_a_chat_is_one_file(turn, pictures):
    refused = AnsweredTurn(
        "What does it cost?",
        {
            "answered": False,
            "answer": "The documents do not answer this.",
            "passages": [turn.answer["passages"][1]],
        },
    )
    turns = [turn, refused]
    text = (
        zipfile.ZipFile(
            io.BytesIO(export_turns(turns, form="md", pictures=pictures, title="Pumps").data)
        )
        .read("answer.md")
        .decode()
    )
    assert text.startswith("# Pumps\n")
    assert "## How much" in text
    assert "## What does it cost?" in text
    assert "**Not answered**\n\nThe documents do not answer this.\n\n**Closest passages**" in text
    assert "Other words." in text
    document = export_turns(turns, form="docx", title="Pumps")
    assert document.name == "Pumps.docx"
    assert "What does it cost?" in docx_text(document.data)
    outline = PdfReader(io.BytesIO(export_turns(turns, form="pdf", title="Pumps").data)).outline
    titles = [
        one.title for level in outline for one in (level if isinstance(level, list) else [level])
    ]
    assert titles == ["Pumps", turn.question, "What does it cost?"]
    with pytest.raises(ValueError, match="nothing"):
        export_turns([], form="md")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", [MANY_SCRIPTS, "x" * 20_000, "\n\n  \t\n", "مرحبا بالعالم" * 40])
def test_any_text_can_be_exported(made, form, text):
    data = made(f"{QUOTE} {text}").answer
    turn = AnsweredTurn(text, {**data, "answer": text, "reasoning": text, "claims": []})
    file = export_turns([turn, turn], form=form, title=text)
    assert len(file.data) > 200
    assert file.name.rsplit(".", 1)[0]
    if form == "pdf":
        assert PdfReader(io.BytesIO(file.data)).pages
    elif form == "docx":
        assert docx_text(file.data)


def test_scripts_that_come_with_the_app_are_in_the_pdf(made):
    text = pdf_text(export_turns([made(f"{QUOTE} Ελληνικά Привет ñ")], form="pdf").data)
    assert "Ελληνικά Привет ñ" in text


def test_what_no_font_holds_is_said(made, monkeypatch):
    monkeypatch.setattr("rare_app.export.fonts._known_files", dict)
    text = pdf_text(export_turns([made(f"{QUOTE} 中文")], form="pdf").data)
    assert "��" in text
    assert "no font of this computer holds" in text


def test_right_to_left_paragraphs_are_set_so(made):
    data = {**made(QUOTE).answer, "answer": "مرحبا بالعالم", "claims": []}
    file = export_turns([AnsweredTurn("Hello?", data)], form="docx")
    xml = zipfile.ZipFile(io.BytesIO(file.data)).read("word/document.xml").decode()
    assert xml.count("<w:bidi/>") == 1


def test_a_citation_without_its_passage_number_finds_it_by_its_place(made):
    data = made(QUOTE).answer
    for one in (*data["claims"][0]["citations"], *data["quotes"]):
        one.pop("passage", None)
    assert (
        b"\\[1\\] **Coolant.pdf**, page 2"
        in export_turns([AnsweredTurn("?", data)], form="md").data
    )


def test_verdicts_of_the_check_are_said(made):
    data = made(QUOTE).answer
    data["claims"][1]["verdict"] = "contradicted"
    text = export_turns([AnsweredTurn("?", data)], form="md").data.decode()
    assert "It is blue. *(contradicted)*" in text


def test_written_to_a_file(turn, pictures, tmp_path):
    paths = write_export([turn], tmp_path / "My answer.md", pictures=pictures)
    assert paths == [tmp_path / "My answer.md", tmp_path / "My-answer-pages"]
    text = paths[0].read_text(encoding="utf-8")
    assert "(My-answer-pages/page-1.png)" in text
    assert (tmp_path / "My-answer-pages" / "page-1.png").stat().st_size > 1000
    for name in ("a.zip", "a.DOCX", "a.pdf"):
        (path,) = write_export([turn], tmp_path / name)
        assert path.stat().st_size > 200
    with pytest.raises(UserError, match=r"must end in \.md"):
        write_export([turn], tmp_path / "a.txt")
    with pytest.raises(UserError, match="make it first"):
        write_export([turn], tmp_path / "none" / "a.pdf")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write_export([turn], tmp_path / "folder.pdf")


def test_several_answers_stand_each_below_what_it_answers(made):
    asked = {"question": "q", "withheld": False}
    parts = [
        {**asked, "asked": "Flow?", "answer": "52 litres", "answered": True, "doubtful": True},
        {**asked, "asked": "Is 52 blue?", "answer": "52", "answered": True, "doubtful": False},
    ]
    text = "The pump delivers 52 litres per second."
    turn = made(text, quote="52 litres per second")
    data = turn.answer
    claims = [{**data["claims"][0], "text": one["answer"]} for one in parts]
    answer = {
        **data,
        "answer": "Flow?\n52 litres\nIs 52 blue?\n52",
        "claims": claims,
        "parts": [{**one, "claims": 1} for one in parts],
    }
    made_of = AnsweredTurn("Flow, and is it blue?", answer)
    shown = export_turns([made_of], form="md", now=NOW).data.decode()
    body = shown.split("**Claims**")[0]
    assert "Flow?\\\n52 litres \\[1\\] *(may not be what was asked for)*" in body
    assert "Is 52 blue?\\\n52 \\[1\\]" in body


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_of_answers_is_a_table_in_every_format(made, form):
    turn = made("The pump delivers 52 litres per second.", quote="52 litres per second")
    part = {"question": "q", "withheld": False, "doubtful": False}
    said = {**part, "asked": "a – Flow", "answer": "52 litres", "answered": True, "claims": 1}
    blank = {**part, "asked": "b – Flow", "answer": "Not told.", "answered": False, "claims": 0}
    data = turn.answer
    claims = [{**data["claims"][0], "text": "52 litres"}] * 2
    answer = {
        **data,
        "answer": "|",
        "claims": claims,
        "parts": [said, blank, {**said, "asked": "Which is best?"}],
        "grid": {"rows": ["a|b.md", "<b>"], "columns": ["Flow *rate*"]},
    }
    file = export_turns([AnsweredTurn("Compare.", answer)], form=form)
    if form == "md":
        text = file.data.decode()
        assert "|  | Flow \\*rate\\* |\n| --- | --- |\n" in text
        assert "| a\\|b.md | 52 litres \\[1\\] |\n| &lt;b&gt; | – |" in text
        assert "Which is best?\\\n52 litres \\[1\\]" in text
        assert "Not told." not in text
    elif form == "docx":
        table = Document(io.BytesIO(file.data)).tables[0]
        cells = [[cell.text for cell in row.cells] for row in table.rows]
        assert cells == [["", "Flow *rate*"], ["a|b.md", "52 litres [1]"], ["<b>", "–"]]
    else:
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.data)).pages)
        for words in ("Flow *rate*", "a|b.md", "52 litres [1]", "<b>", "Which is best?"):
            assert words in text
