"""What is said about a slide beside it: speaker notes and comments."""

from typing import TYPE_CHECKING, Any

from rare_app.documents.clean import clean_characters
from rare_app.documents.container import parse_xml
from rare_app.documents.package import text_of

if TYPE_CHECKING:
    from pptx.slide import Slide


def speaker_notes(slide: "Slide") -> list[str]:
    """Give the notes to a slide as a text that says what it is; none where there are none."""
    if not slide.has_notes_slide:
        return []
    frame = slide.notes_slide.notes_text_frame
    text = clean_characters(frame.text.replace("\v", "\n")).strip() if frame is not None else ""
    return [f"[Speaker notes] {text}"] if text else []


def read_authors(part: Any) -> dict[str, str]:
    """Give the names of those who comment, by their key; `part` is the presentation's."""
    found = {}
    for kind in ("/commentAuthors", "/authors"):
        for root in _related(part, kind):
            for one in root.iter("{*}cmAuthor", "{*}author"):
                found[one.get("id", "")] = clean_characters(one.get("name", ""))
    return found


def read_comments(part: Any, authors: dict[str, str]) -> list[str]:
    """Give the comments on a slide, answers too, each with who wrote it and when."""
    said = []
    for root in _related(part, "/comments"):
        for one in root.iter("{*}cm", "{*}reply"):
            # An old comment has its text in one element; a newer one has paragraphs.
            holder = one.find("{*}txBody")
            text = (
                "\n".join(text_of(line) for line in holder.iter("{*}p"))
                if holder is not None
                else one.findtext("{*}text") or ""
            )
            text = " ".join(clean_characters(text).split())
            author = authors.get(one.get("authorId", ""), "")
            day = (one.get("dt") or one.get("created") or "")[:10]
            by = f" by {author}" if author else ""
            if text:
                said.append(f"[Comment{by}{', ' if day else ''}{day}] {text}")
    return said


def _related(part: Any, kind: str) -> list[Any]:
    """Read the parts of a kind that a part refers to."""
    return [
        parse_xml(one.target_part.blob)
        for one in part.rels.values()
        if not one.is_external and str(one.reltype).endswith(kind)
    ]
