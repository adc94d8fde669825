"""Commands on the chats: list, show, delete."""

import argparse
from typing import IO

from rare_app.commands.types import Declare, write_json
from rare_app.plain import counted
from rare_app.settings import Settings


def declare(command: Declare) -> None:
    """Declare the command."""
    one = command("chats", _chats, "List the chats, or show or delete one.")
    one.add_argument(
        "work", nargs="?", choices=("list", "show", "delete"), default="list", metavar="WORK"
    )
    one.add_argument("chat", nargs="?", type=int, metavar="ID", help="for show and delete")
    one.add_argument("--search", default="", metavar="WORDS", help="only chats that hold these")


def _chats(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.chats import ChatStore
    from rare_app.library import Library
    from rare_app.present import chat_data, chat_info_data

    library = Library(settings=settings)
    try:
        store = ChatStore(library.database)
        if options.work == "show":
            chat = store.chat(options.chat)
            if options.json:
                write_json(out, chat_data(chat))
                return 0
            out.write(f"{chat.info.title} ({chat.info.collection}, {chat.info.changed_at[:10]})\n")
            for turn in chat.turns:
                out.write(f"\n> {turn.question}\n")
                shown = turn.answer
                if shown is not None and shown.standalone != turn.question:
                    out.write(f"  understood as: {shown.standalone}\n")
                answer = shown.data if shown else None
                out.write(f"{answer['answer'] if answer else (shown and shown.error) or '–'}\n")
                for claim in answer["claims"] if answer else ():
                    for cited in claim["citations"]:
                        quote = " ".join(cited["quote"].split())
                        out.write(f"  – {cited['document']}, {cited['page']}: “{quote}”\n")
            return 0
        if options.work == "delete":
            gone = store.delete(options.chat)
            if options.json:
                write_json(out, {"deleted": chat_info_data(gone)})
            else:
                out.write(f"Deleted “{gone.title}”.\n")
            return 0
        found = store.chats(search=options.search, most=100_000)
    finally:
        library.close()
    if options.json:
        write_json(out, {"chats": [chat_info_data(one) for one in found]})
    elif not found:
        says = "No chat holds these words." if options.search else "There are no chats yet."
        out.write(f"{says}\n")
    else:
        for one in found:
            count = counted(one.turns, "question")
            out.write(f"{one.chat_id}\t{one.changed_at[:10]}\t{count}\t{one.title}\n")
    return 0
