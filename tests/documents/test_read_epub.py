"""What is read of e-books."""

import zipfile
from pathlib import Path

import pytest

from rare_app.documents import CorruptFileError, EncryptedFileError

from . import make
from .test_read_docx import texts, value

FILES = Path(__file__).parent / "files"


def write_book(path, *, spine, contents, members):
    """Write an e-book of the second version, with its contents in an NCX file."""
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(members)
    )
    order = "".join(f'<itemref idref="i{list(members).index(name)}"/>' for name in spine)
    points = "".join(
        f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{href}"/></navPoint>'
        for href, title in contents
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="text/book.opf"/></rootfiles></container>',
        )
        book.writestr(
            "text/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/'
            f'elements/1.1/"><dc:title>Keeping bees</dc:title></metadata><manifest>{items}<item '
            'id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
            f'<spine toc="ncx">{order}</spine></package>',
        )
        book.writestr(
            "text/toc.ncx",
            '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>'
            + points
            + "</navMap></ncx>",
        )
        for name, body in members.items():
            book.writestr(f"text/{name}", body)
    return path


XHTML = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head>'
    "<body>{}</body></html>"
)


@pytest.fixture
def bees(tmp_path, read):
    return read(
        write_book(
            tmp_path / "bees.epub",
            spine=["two words.xhtml", "one.xhtml", "three.xhtml"],
            contents=[
                ("two%20words.xhtml#top", "The hive"),
                ("one.xhtml", "Feeding"),
                ("three.xhtml", "Harvest"),
            ],
            members={
                "one.xhtml": XHTML.format(
                    "<h2>Feeding</h2><p>Give 3 litres of syrup in August.</p>"
                    "<p hidden=''>5 litres</p>"
                ),
                "two words.xhtml": XHTML.format(
                    '<p><a id="top"/>A hive has ten frames.</p><table><tr><th>Month</th>'
                    "<th>Frames</th><th>Weight (kg)</th></tr><tr><td>April</td><td>6</td><td/></tr>"
                    "<tr><td>June</td><td>10</td><td>31.5</td></tr></table>"
                ),
                "three.xhtml": "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.1//EN' 'x.dtd'>"
                + XHTML.format(
                    "<h1>Harvest</h1><p>Honey below&nbsp;18 per cent of water is ripe.</p>"
                ),
            },
        )
    )


def test_chapters_stand_in_the_order_of_the_book_under_their_titles(bees):
    assert bees.page_kind == "chapter"
    assert bees.title == "Keeping bees"
    assert [page.text.split("\n")[0] for page in bees.pages] == [
        "# The hive", "## Feeding", "# Harvest",
    ]  # fmt: skip
    assert "A hive has ten frames." in bees.pages[0].text
    assert value(bees, "June", "Weight (kg)") == "31.5"
    assert value(bees, "April", "Weight (kg)") == ""
    assert bees.pages[1].text == "## Feeding\n\nGive 3 litres of syrup in August."
    assert "Honey below 18 per cent of water is ripe." in bees.pages[2].text
    assert bees.notes == ("1 part of the page that is not shown was left out.",)


def test_a_book_of_pandoc(read):
    book = read(FILES / "guide.epub")
    assert [page.text.split("\n")[0] for page in book.pages[1:]] == [
        "# Kaltenbach hut", "# Sirenwald hut", "# Huts without a warden",
    ]  # fmt: skip
    assert "38 francs.¹\n\n[Footnote 1] Members of the club pay 27 francs." in book.pages[1].text
    assert value(book, "Double", "Winter") == "118"
    assert value(book, "Dormitory", "Winter") == ""
    assert texts(book, "table")[0].startswith("Prices a night (francs)\n")
    assert "Wood: 8 francs a bundle" in book.pages[3].text


def test_a_long_chapter_becomes_parts(tmp_path, read):
    chapter = "<h1>Long</h1>" + "".join(f"<p>{' '.join(make.PROSE)}</p>" for _ in range(200))
    book = read(make.make_epub(tmp_path / "a.epub", [chapter, "<p>Short.</p>"], title="T"))
    assert book.page_kind == "part"
    assert all(len(page.text) <= 20_000 for page in book.pages)
    assert sum(page.text.count("committee") for page in book.pages) == 200
    assert book.pages[-1].text == "Short."


@pytest.mark.parametrize("member", ["META-INF/rights.xml", "META-INF/encryption.xml"])
def test_protected_books_are_refused(tmp_path, read, member):
    path = make.make_epub(tmp_path / "a.epub", ["<p>Text.</p>"], title="T")
    with zipfile.ZipFile(path, "a") as book:
        book.writestr(member, '<e><CipherReference URI="OPS/chapter0.xhtml"/></e>')
    with pytest.raises(EncryptedFileError, match="rights management"):
        read(path)


def test_a_book_without_its_package_is_refused(tmp_path, read):
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", "<container/>")
    with pytest.raises(CorruptFileError, match="damaged or incomplete"):
        read(tmp_path / "a.epub")
