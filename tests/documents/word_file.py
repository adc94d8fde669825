"""Word files written part by part, with nothing but their XML."""

import zipfile
from pathlib import Path

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
}
DECLARED = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
WHO = 'w:author="N. Fell" w:date="2026-05-09T07:30:00Z"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = NAMESPACES["r"]


def run(text: str, look: str = "") -> str:
    own = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{own}<w:t xml:space="preserve">{text}</w:t></w:r>'


def par(content: str, look: str = "") -> str:
    own = f"<w:pPr>{look}</w:pPr>" if look else ""
    inner = content if content.startswith("<") else run(content)
    return f"<w:p>{own}{inner}</w:p>"


def styled(content: str, style: str) -> str:
    return par(content, f'<w:pStyle w:val="{style}"/>')


def ins(text: str) -> str:
    return f'<w:ins w:id="1" {WHO}>{run(text)}</w:ins>'


def gone(text: str) -> str:
    inner = f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>'
    return f'<w:del w:id="2" {WHO}>{inner}</w:del>'


def cell(content: str, look: str = "") -> str:
    inner = content if content.startswith("<") else par(content)
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, look: str = "") -> str:
    inner = "".join(one if one.startswith(("<w:tc", "<w:sdt")) else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{look}</w:trPr>{inner}</w:tr>"


def write_docx(path: Path, body: str, **parts: str) -> Path:
    """Write a Word file.

    Parameters
    ----------
    path : Path
    body : str
        Inside of ``w:body``.
    parts : str
        By name (``styles``, ``header1``, …) the whole inside of the part's root element.
    """
    roots = {"numbering": "numbering", "settings": "settings", "styles": "styles"}
    members = {"word/document.xml": f"<w:document {DECLARED}><w:body>{body}</w:body></w:document>"}
    relations = ""
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = roots.get(kind) or {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        prefix = "w15" if kind == "commentsExtended" else "w"
        root = "commentsEx" if kind == "commentsExtended" else root
        members[f"word/{name}.xml"] = f"<{prefix}:{root} {DECLARED}>{inner}</{prefix}:{root}>"
        relations += f'<Relationship Id="{name}" Type="{_KINDS}/{kind}" Target="{name}.xml"/>'
    members["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'
    )
    members["_rels/.rels"] = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="d" Type="{_KINDS}/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, _HEAD + content)
    return path
