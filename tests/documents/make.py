"""Small files of every kind, made on the spot."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PROSE = (
    "The committee reviewed the findings in detail and agreed on the following steps.",
    "Every measurement was repeated three times under the same conditions as before.",
    "No difference was found between the groups that were compared in this study.",
)


def make_pdf(path: Path, pages: Sequence[str], *, title: str = "") -> Path:
    """Write each page's lines as text."""
    canvas = Canvas(str(path))
    if title:
        canvas.setTitle(title)
    for page in pages:
        text = canvas.beginText(50, 800)
        for line in page.split("\n"):
            text.textLine(line)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return path


def make_raw_pdf(
    path: Path, content: str, *, annotations: Sequence[str] = (), rotate: int = 0
) -> Path:
    """Write a page of operators by hand, with annotations and form fields as dictionaries."""
    first = 6
    kids = " ".join(f"{first + n} 0 R" for n in range(len(annotations)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{kids}] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {rotate} /Contents 4 0 R "
        f"/Annots [{kids}] /Resources << /Font << /F 5 0 R /B << /Type /Font /Subtype /Type1 "
        "/BaseFont /Times-Bold >> >> >> >>",
        f"<< /Length {len(content.encode('latin-1'))} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        *annotations,
    ]
    data = b"%PDF-1.5\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    data += (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
        f"startxref\n{len(data)}\n%%EOF\n"
    ).encode("latin-1")
    path.write_bytes(data)
    return path


def show_text(x: float, y: float, text: str, *, size: float = 10, font: str = "F") -> str:
    """Give the operators that show a text at a place."""
    text = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n"


def make_picture_pdf(path: Path, *, pages: int = 2) -> Path:
    """Write pages that hold a picture and no text, as a scanner does."""
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 60), "grey").save(picture, "PNG")
    picture.seek(0)
    canvas = Canvas(str(path))
    for _ in range(pages):
        canvas.drawImage(ImageReader(picture), 0, 0, 500, 700)
        canvas.showPage()
    canvas.save()
    return path


def make_blank_pdf(path: Path, *, pages: int) -> Path:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=200)
    writer.write(path)
    return path


def encrypt_pdf(path: Path, *, user: str, owner: str) -> Path:
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.encrypt(user_password=user, owner_password=owner, algorithm="AES-256")
    writer.write(path)
    return path


def make_slow_pdf(path: Path, *, operations: int = 3_000_000) -> Path:
    """Write one page whose text takes minutes to extract but is small on the disk."""
    from pypdf.generic import DecodedStreamObject, NameObject

    make_pdf(path, ["Start"])
    writer = PdfWriter(clone_from=PdfReader(path))
    content = DecodedStreamObject()
    content.set_data(b"BT /F1 12 Tf 50 700 Td " + b"(a) Tj 1 0 Td " * operations + b"ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(content.flate_encode())
    writer.write(path)
    return path


def make_docx(
    path: Path, body: str, *, title: str = "", more: dict[str, bytes] | None = None
) -> Path:
    """Write a Word file whose document holds the given WordprocessingML."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    members = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org'
        '/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/word/document.xml" ContentType="{types}.document'
        f'.main+xml"/><Override PartName="/word/styles.xml" ContentType="{types}.styles+xml"/>'
        "</Types>",
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org'
        '/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org'
        '/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<?xml version="1.0"?><w:document xmlns:w="{word}"><w:body>{body}'
        "</w:body></w:document>",
        "word/styles.xml": f'<?xml version="1.0"?><w:styles xmlns:w="{word}"><w:style w:type='
        '"paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>',
        "word/_rels/document.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.'
        'openxmlformats.org/package/2006/relationships"><Relationship Id="r2" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
        "</Relationships>",
        "docProps/core.xml": '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.'
        'openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/'
        f'elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
        for name, data in (more or {}).items():
            container.writestr(name, data)
    return path


def paragraph(text: str, *, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def make_epub(path: Path, chapters: Sequence[str], *, title: str) -> Path:
    names = [f"chapter{number}.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(names)))
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("mimetype", "application/epub+zip")
        container.writestr(
            "META-INF/container.xml",
            '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:'
            'xmlns:container"><rootfiles><rootfile full-path="OPS/content.opf" media-type='
            '"application/oebps-package+xml"/></rootfiles></container>',
        )
        container.writestr(
            "OPS/content.opf",
            '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
            f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
            f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for name, chapter in zip(names, chapters, strict=True):
            container.writestr(
                f"OPS/{name}", f"<html><head><title>x</title></head><body>{chapter}</body></html>"
            )
    return path
