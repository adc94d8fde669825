"""Answers as files: Markdown, DOCX and PDF with sources, quotes and page pictures."""

from rare_app.export.export import export_format, export_turns, write_export
from rare_app.export.pictures import PagePictures
from rare_app.export.types import FORMATS, AnsweredTurn, ExportedFile, ExportFormat

__all__ = [
    "FORMATS",
    "AnsweredTurn",
    "ExportFormat",
    "ExportedFile",
    "PagePictures",
    "export_format",
    "export_turns",
    "write_export",
]
