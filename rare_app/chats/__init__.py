"""Chats and their answers, kept in the library's SQLite file."""

from rare_app.chats.store import ChatStore
from rare_app.chats.types import (
    Asked,
    ChatInfo,
    StoredAnswer,
    StoredChat,
    StoredTurn,
    UnknownChatError,
)

__all__ = [
    "Asked",
    "ChatInfo",
    "ChatStore",
    "StoredAnswer",
    "StoredChat",
    "StoredTurn",
    "UnknownChatError",
]
