"""Servers that the settings name: the one that writes answers, and what leaves this machine."""

import ipaddress
from urllib.parse import urlsplit

from rare_app.model import ChatServer, ServerWords
from rare_app.settings import Settings

_WORDS = ServerWords(
    called="The language model server",
    address="RARE_LLM_URL",
    model="RARE_LLM_MODEL",
    key="RARE_LLM_KEY",
    way_out="start or mend it, or remove RARE_LLM_URL to use the model of this machine",
)


def find_server(settings: Settings) -> ChatServer | None:
    """Give the server that writes the answers; ``None`` for the model of this machine.

    Without a name in the settings the server's first model is taken, once it is asked.
    """
    if not settings.llm_url:
        return None
    return ChatServer(
        url=settings.llm_url,
        model=settings.llm_model,
        words=_WORDS,
        key=settings.llm_key,
        timeout=settings.llm_seconds,
    )


def is_this_machine(url: str) -> bool:
    """Whether an address names this machine for certain: a loopback address, or ``localhost``."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Host and port of an address, without a user name or password that may stand in it."""
    parts = urlsplit(url)
    host = parts.hostname or url
    host = f"[{host}]" if ":" in host else host
    try:
        return f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return host


def what_leaves(settings: Settings) -> list[str]:
    """Say what leaves this machine, a sentence for each server elsewhere; empty by default."""
    said = []
    if settings.llm_url and not is_this_machine(settings.llm_url):
        said.append(
            "Your questions and the passages found for them leave this machine: answers are "
            f"written by the server {host_of(settings.llm_url)}."
        )
    if settings.chroma_url and not is_this_machine(settings.chroma_url):
        said.append(
            "The vectors of your documents and questions leave this machine, their texts do not: "
            f"they are kept by the server {host_of(settings.chroma_url)}."
        )
    return said


def what_serves(settings: Settings) -> list[str]:
    """Say which servers on this machine are used, a sentence for each; empty by default."""
    said = []
    if settings.llm_url and is_this_machine(settings.llm_url):
        said.append(
            "Answers are written by the server "
            f"{host_of(settings.llm_url)} on this machine; nothing leaves it."
        )
    if settings.chroma_url and is_this_machine(settings.chroma_url):
        said.append(
            f"Vectors are kept by the server {host_of(settings.chroma_url)} on this machine."
        )
    return said
