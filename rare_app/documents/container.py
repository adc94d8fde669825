"""What every file that is a ZIP container is checked for before it is unpacked."""

import re
import zipfile
from pathlib import Path

from lxml import etree

from rare_app.documents.errors import EncryptedFileError, TooLargeFileError, show_name

_LARGEST_UNPACKED = 1 << 30  # bytes that a container may hold in all
_MOST_MEMBERS = 50_000
_LARGEST_RATIO = 1000  # XML shrinks to a hundredth at best
_SMALLEST_BOMB = 32 << 20


def check_container(path: Path, *, name: str) -> None:
    """Refuse a container that is locked or unpacks to an absurd size.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.

    Raises
    ------
    EncryptedFileError
        A password or rights management protects it.
    TooLargeFileError
        It would unpack to more than an ordinary document holds.
    """
    shown = show_name(name)
    with zipfile.ZipFile(path) as container:
        members = container.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise EncryptedFileError(
                f"{shown} is protected by a password: save a copy without it and add that."
            )
        unpacked = sum(member.file_size for member in members)
        absurd = any(
            member.file_size > _SMALLEST_BOMB
            and member.file_size > _LARGEST_RATIO * max(1, member.compress_size)
            for member in members
        )
        if unpacked > _LARGEST_UNPACKED or len(members) > _MOST_MEMBERS or absurd:
            raise TooLargeFileError(
                f"{shown} unpacks to {unpacked / (1 << 20):,.0f} MiB, which no ordinary document "
                "does: save it anew in the program it was made with, or split it, and add that."
            )
        names = set(container.namelist())
        locked = "META-INF/rights.xml" in names
        if "META-INF/encryption.xml" in names:
            listed = container.read("META-INF/encryption.xml")
            # Only fonts may be scrambled in an open book.
            locked = locked or bool(re.search(rb"URI=[\"'][^\"']+\.x?html?[\"']", listed))
        if locked:
            raise EncryptedFileError(
                f"{shown} is protected by rights management (DRM): add a copy without protection."
            )


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML that may be hostile: nothing is fetched, no entity is expanded.

    Raises
    ------
    lxml.etree.XMLSyntaxError
        It is not well-formed, or nested more than 256 deep.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    return etree.fromstring(data, parser)


def stated_title(container: zipfile.ZipFile) -> str:
    """Give the title that an Office file states of itself; empty if there is none."""
    try:
        core = parse_xml(container.read("docProps/core.xml"))
    except (KeyError, etree.XMLSyntaxError):
        return ""
    return str(core.findtext("{http://purl.org/dc/elements/1.1/}title") or "").strip()
