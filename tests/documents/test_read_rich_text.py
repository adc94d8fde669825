"""RTF and OpenDocument text, written by hand and by pandoc."""

import zipfile
from pathlib import Path

import pytest

from rare_app.documents import CorruptFileError, EncryptedFileError, read_document

FILES = Path(__file__).parent / "files"


@pytest.fixture
def read(settings):
    def read(path: Path):
        return read_document(path, name=path.name, settings=settings)

    return read


def blocks(document):
    page = document.pages[0]
    return [(one.kind, page.text[one.start : one.end]) for one in page.blocks]


@pytest.mark.parametrize("name", ["filters.odt", "filters.rtf"])
def test_pandoc_writes_headings_tables_lists_and_notes(read, name):
    document = read(FILES / name)
    text = document.pages[0].text
    assert "# Wartungsplan\n\nDie Filter werden regelmäßig getauscht." in text
    assert (
        "| Filter | Intervall | Kosten |\n| --- | --- | --- |\n| F7 | 90 Tage | 145,50 € |\n"
        "| F9 | 30 Tage | 88,00 € |"
    ) in text
    assert ("note", "[Footnote] Nur Originalteile verwenden.") in blocks(document)
    assert "2. Ventil V3 schließen" in text
    assert ("heading", "## Ablauf") in blocks(document)


def test_rtf_tracked_changes_comments_merged_cells_and_other_scripts(read):
    document = read(FILES / "pumps.rtf")
    found = blocks(document)
    assert document.title == "Pumpenhandbuch Werk Süd"
    assert found[:2] == [("running", "ACME 2026"), ("heading", "## Druck und Schlüssel")]
    at = found.index(("paragraph", "Der Druck beträgt 6 bar im Kreis A."))
    assert found[at + 1 : at + 4] == [
        ("note", "[Comment by Eva Lund] Check against DIN 4754."),
        ("note", "[Tracked change by Nils Frey: deleted] 8"),
        ("note", "[Tracked change by Nils Frey: inserted] 6"),
    ]
    assert ("paragraph", "Das Wort Ключ heißt Schlüssel 😀.") in found
    table = next(text for kind, text in found if kind == "table")
    assert table.split("\n")[2:] == [
        "| Halle 4 | P1 | 12 kW |",
        "| Halle 4 | P2 | 15 kW |",
        "| Summe |  | 27 kW |",
    ]
    assert found[-1] == ("note", "[Footnote] Gilt ab 1. März.")
    assert "SECRET" not in document.pages[0].text
    assert document.notes == ("1 picture was not read.", "Hidden text was not read.")


def test_odt_tracked_changes_comments_merged_cells_and_fields(read):
    document = read(FILES / "delta.odt")
    found = blocks(document)
    assert found[:2] == [("running", "Werk Nord intern"), ("heading", "# Projekt Delta")]
    assert found[2:6] == [
        ("paragraph", "Die Anlage liefert 320 Liter je Stunde."),
        ("note", "[Tracked change by Rosa Klee, 2026-04-02: deleted] 250"),
        ("note", "[Tracked change by Rosa Klee, 2026-04-02: inserted] 320"),
        ("note", "[Comment by Tim Voss, 2026-04-05] Bitte bei Frau Groß prüfen."),
    ]
    table = next(text for kind, text in found if kind == "table")
    assert table.split("\n")[2:] == [
        "| Nord | Kiel | 14 |",
        "| Nord | Husum | 9 |",
        "| Süd |  | 31 |",
    ]
    assert [text for kind, text in found if kind == "item"] == [
        "1. Ventil öffnen",
        "2. Pumpe starten",
        "- warten",
    ]
    assert ("note", "[Footnote] Stand Mai.") in found
    assert ("paragraph", "Kasten: Notruf 112") in found
    assert found[-1] == ("field", "Budget: 5200")
    assert "GEHEIM" not in document.pages[0].text
    assert document.notes == ("1 picture was not read.", "Hidden text was not read.")


def test_a_heading_is_one_though_its_program_puts_it_into_a_list(tmp_path, read):
    path = tmp_path / "a.rtf"
    path.write_bytes(
        b"{\\rtf1\\pard\\plain\\s1\\outlinelevel1{\\listtext\\pard\\plain\\tab}\\ls1 Notice\\par"
        b"\\pard\\plain Four months.\\par}"
    )
    assert read(path).pages[0].text == "## Notice\n\nFour months."


def test_hostile_rtf_is_bounded(tmp_path, read):
    path = tmp_path / "a.rtf"
    deep = b"{\\rtf1 " + b"{" * 200_000 + b"Hello." + b"\\trowd\\cellx1" * 5000 + b"}" * 300
    path.write_bytes(deep + b"\\bin999999999 x")
    assert "Hello." in read(path).pages[0].text
    path.write_bytes(b"{\\rtf1 A\\bin-5 B\\u99999999 C\\'zz D\\par}")
    assert "D" in read(path).pages[0].text


def test_hostile_odt_is_refused_or_bounded(tmp_path, read):
    space = "urn:oasis:names:tc:opendocument:xmlns"
    head = (
        f'<o:d xmlns:o="{space}:office:1.0" xmlns:text="{space}:text:1.0"'
        f' xmlns:table="{space}:table:1.0"><o:body><o:text>'
    )
    tail = "</o:text></o:body></o:d>"

    def write(content: str, **more: str) -> Path:
        path = tmp_path / "a.odt"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr("mimetype", "application/vnd.oasis.opendocument.text")
            container.writestr("content.xml", content)
            for name, data in more.items():
                container.writestr(f"META-INF/{name}.xml", data)
        return path

    cell = (
        '<table:table-cell table:number-columns-repeated="999999999"><text:p>x</text:p>'
        "</table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="3">{cell}</table:table-row>'
    many = f"{head}<text:p>Hi<text:s text:c='99999999'/>there</text:p><table:table>{row}"
    assert "Hi there" in read(write(f"{many}</table:table>{tail}")).pages[0].text
    bomb = (
        '<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        f"{head}<text:p>safe &b;</text:p>{tail}"
    )
    assert "aaa" not in read(write(bomb)).pages[0].text
    with pytest.raises(CorruptFileError):
        read(write(head + "<text:span>" * 5000))
    with pytest.raises(EncryptedFileError, match="protected by a password"):
        read(write(f"{head}{tail}", manifest="<m><encryption-data/></m>"))
