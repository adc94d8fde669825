"""Keep chats: each question before it is answered, each answer as soon as it is done."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from rare_app.chats.types import (
    Asked,
    ChatInfo,
    StoredAnswer,
    StoredChat,
    StoredTurn,
    UnknownChatError,
)
from rare_app.chats.words import around, fold, title_of
from rare_app.library import Database

_TERMS = 12
"""Words of a search that are looked for."""


class ChatStore:
    """The chats of a library; safe to share between threads.

    Parameters
    ----------
    database : Database
        The library's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- writing ---

    def add_turn(self, question: str, *, collection: str, chat_id: int | None = None) -> StoredTurn:
        """Keep a question; without a chat, or in one that is gone, a new one begins with it.

        Parameters
        ----------
        question : str
            As it was typed.
        collection : str
            What a new chat is about.
        """
        now = _now()
        with self._database.transaction_aside() as db:
            known = db.execute("SELECT 1 FROM chats WHERE id = ?", (chat_id,)).fetchone()
            if known is None:
                title = title_of(question)
                chat_id = db.execute(
                    "INSERT INTO chats (title, collection, words, created_at, changed_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (title, collection, fold(title), now, now),
                ).lastrowid
            turn_id = db.execute(
                "INSERT INTO turns (chat_id, question, words, created_at) VALUES (?, ?, ?, ?)",
                (chat_id, question, fold(question), now),
            ).lastrowid
            db.execute("UPDATE chats SET changed_at = ? WHERE id = ?", (now, chat_id))
        return StoredTurn(
            turn_id=turn_id or 0, question=question, created_at=now, answers=(), shown=0
        )

    def chat_of(self, turn_id: int) -> int | None:
        """Key of the chat that a turn belongs to; ``None`` where it is gone."""
        found = self._database.rows("SELECT chat_id FROM turns WHERE id = ?", turn_id)
        return int(found[0][0]) if found else None

    def begin_answer(self, turn_id: int, *, standalone: str, asked: Asked) -> int | None:
        """Note that a question is being answered; it is what the turn shows from now on.

        Returns
        -------
        int or None
            The answer's key; ``None`` where the turn is gone: its chat was deleted meanwhile.
        """
        with self._database.transaction_aside() as db:
            if db.execute("SELECT 1 FROM turns WHERE id = ?", (turn_id,)).fetchone() is None:
                return None
            answer_id = db.execute(
                "INSERT INTO answers (turn_id, standalone, options, data, error, seconds, rating,"
                " created_at) VALUES (?, ?, ?, NULL, '', 0, 0, ?)",
                (turn_id, standalone, json.dumps(asdict(asked), ensure_ascii=False), _now()),
            ).lastrowid
            db.execute("UPDATE turns SET shown = ? WHERE id = ?", (answer_id, turn_id))
            return answer_id

    def end_answer(
        self,
        answer_id: int,
        *,
        standalone: str,
        data: dict[str, Any] | None = None,
        error: str = "",
        seconds: float = 0.0,
    ) -> None:
        """Keep a whole answer, or why there is none.

        Parameters
        ----------
        standalone : str
            The question as it was searched and answered.
        data : dict, optional
            The answer as :func:`rare_app.present.answer_data` writes it.
        """
        kept = None if data is None else json.dumps(data, ensure_ascii=False)
        with self._database.transaction_aside() as db:
            db.execute(
                "UPDATE answers SET standalone = ?, data = ?, error = ?, seconds = ? WHERE id = ?",
                (standalone, kept, error, round(seconds, 2), answer_id),
            )
            row = db.execute("SELECT turn_id FROM answers WHERE id = ?", (answer_id,)).fetchone()
            if row is None:
                return
            _note_words(db, int(row[0]))
            db.execute(
                "UPDATE chats SET changed_at = ?"
                " WHERE id = (SELECT chat_id FROM turns WHERE id = ?)",
                (_now(), row[0]),
            )

    def rate(self, answer_id: int, rating: int) -> None:
        """Keep what the user thinks of an answer: 1 for good, -1 for bad, 0 for neither."""
        with self._database.transaction_aside() as db:
            db.execute("UPDATE answers SET rating = ? WHERE id = ?", (rating, answer_id))

    def show(self, turn_id: int, answer_id: int) -> None:
        """Choose which of a question's answers is shown."""
        with self._database.transaction_aside() as db:
            db.execute(
                "UPDATE turns SET shown = ? WHERE id = ? AND EXISTS"
                " (SELECT 1 FROM answers WHERE id = ? AND turn_id = turns.id)",
                (answer_id, turn_id, answer_id),
            )

    def rename(self, chat_id: int, title: str) -> str:
        """Give a chat another title; an empty one leaves it as it is.

        Returns
        -------
        str
            The title that it has now.

        Raises
        ------
        UnknownChatError
            There is no such chat.
        """
        title = title_of(title) or self.info(chat_id).title
        with self._database.transaction_aside() as db:
            changed = db.execute(
                "UPDATE chats SET title = ?, words = ? WHERE id = ?", (title, fold(title), chat_id)
            ).rowcount
        if not changed:
            raise _unknown(chat_id)
        return title

    def delete(self, chat_id: int) -> ChatInfo:
        """Delete a chat with its questions and answers.

        Raises
        ------
        UnknownChatError
            There is no such chat.
        """
        info = self.info(chat_id)
        with self._database.transaction_aside() as db:
            db.execute("DELETE FROM chats WHERE id = ?", (chat_id,))
        return info

    # --- reading ---

    def chats(self, *, search: str = "", most: int = 200) -> list[ChatInfo]:
        """List chats, the last changed first.

        Parameters
        ----------
        search : str
            Words, or parts of words, that all have to stand in the title, the questions or the
            answers; capitals and accents aside.
        most : int
            No more than these.
        """
        terms = fold(search).split()[:_TERMS]
        where = " AND ".join(
            "(instr(c.words, ?) OR EXISTS"
            " (SELECT 1 FROM turns t WHERE t.chat_id = c.id AND instr(t.words, ?)))"
            for _ in terms
        )
        rows = self._database.rows(
            f"{_INFO} WHERE {where or '1'} ORDER BY c.changed_at DESC, c.id DESC LIMIT ?",
            *(term for one in terms for term in (one, one)),
            most,
        )
        return [_info(row, found=self._found(row, terms)) for row in rows]

    def _found(self, row: Sequence[Any], terms: Sequence[str]) -> str:
        """Give the words round the first term that the title does not hold."""
        for term in terms:
            if term in fold(str(row[1])):
                continue
            said = self._database.rows(
                "SELECT t.question, a.data FROM turns t LEFT JOIN answers a ON a.turn_id = t.id"
                " WHERE t.chat_id = ? AND instr(t.words, ?) ORDER BY t.id, a.id",
                row[0],
                term,
            )
            for question, data in said:
                for text in (str(question), _answer_text(data)):
                    if words := around(text, term):
                        return words
        return ""

    def info(self, chat_id: int) -> ChatInfo:
        """Find a chat.

        Raises
        ------
        UnknownChatError
            There is no such chat.
        """
        rows = self._database.rows(f"{_INFO} WHERE c.id = ?", chat_id)
        if not rows:
            raise _unknown(chat_id)
        return _info(rows[0])

    def chat(self, chat_id: int) -> StoredChat:
        """Read a whole chat.

        Raises
        ------
        UnknownChatError
            There is no such chat.
        """
        with self._database.reading():
            info = self.info(chat_id)
            turns = self._database.rows(
                "SELECT id, question, created_at, shown FROM turns WHERE chat_id = ? ORDER BY id",
                chat_id,
            )
            answers: dict[int, list[StoredAnswer]] = {}
            for turn_id, *row in self._database.rows(
                "SELECT a.turn_id, a.id, a.standalone, a.options, a.data, a.error, a.seconds,"
                " a.rating, a.created_at FROM answers a JOIN turns t ON t.id = a.turn_id"
                " WHERE t.chat_id = ? ORDER BY a.id",
                chat_id,
            ):
                answers.setdefault(int(turn_id), []).append(_answer(row))
        return StoredChat(
            info=info,
            turns=tuple(
                _turn(turn_id, question, at, shown, answers.get(turn_id, []))
                for turn_id, question, at, shown in turns
            ),
        )


_INFO = (
    "SELECT c.id, c.title, c.collection, c.created_at, c.changed_at,"
    " (SELECT count(*) FROM turns t WHERE t.chat_id = c.id) FROM chats c"
)


def _info(row: Sequence[Any], *, found: str = "") -> ChatInfo:
    return ChatInfo(
        chat_id=int(row[0]),
        title=str(row[1]),
        collection=str(row[2]),
        created_at=str(row[3]),
        changed_at=str(row[4]),
        turns=int(row[5]),
        found=found,
    )


def _turn(
    turn_id: int, question: str, created_at: str, shown: int | None, answers: list[StoredAnswer]
) -> StoredTurn:
    places = {one.answer_id: place for place, one in enumerate(answers)}
    return StoredTurn(
        turn_id=turn_id,
        question=question,
        created_at=created_at,
        answers=tuple(answers),
        shown=places.get(shown or 0, max(0, len(answers) - 1)),
    )


def _answer(row: Sequence[Any]) -> StoredAnswer:
    answer_id, standalone, options, data, error, seconds, rating, created_at = row
    return StoredAnswer(
        answer_id=int(answer_id),
        standalone=str(standalone),
        asked=_asked(json.loads(options)),
        data=None if data is None else json.loads(data),
        error=str(error),
        seconds=float(seconds),
        rating=int(rating),
        created_at=str(created_at),
    )


def _asked(options: dict[str, Any]) -> Asked:
    """Read the options; those of another version of the app that are not known are left out."""
    known = {one.name: options[one.name] for one in fields(Asked) if one.name in options}
    return Asked(**{**known, "documents": tuple(known.get("documents", ()))})


def _note_words(db: sqlite3.Connection, turn_id: int) -> None:
    """Write down what a search finds a turn by: its question and all its answers."""
    rows = db.execute(
        "SELECT t.question, a.standalone, a.data FROM turns t JOIN answers a ON a.turn_id = t.id"
        " WHERE t.id = ?",
        (turn_id,),
    ).fetchall()
    said = dict.fromkeys(
        text
        for question, standalone, data in rows
        for text in (question, standalone, _answer_text(data))
    )
    words = fold(" ".join(said))
    db.execute("UPDATE turns SET words = ? WHERE id = ?", (words, turn_id))


def _answer_text(data: str | None) -> str:
    """Take the words of an answer out of its JSON; a refusal has none to be found by."""
    answer = json.loads(data) if data else {}
    return str(answer.get("answer", "")) if answer.get("answered") else ""


def _unknown(chat_id: int) -> UnknownChatError:
    return UnknownChatError(f"There is no chat {chat_id}: “chats” lists them.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
