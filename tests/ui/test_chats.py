"""The chat of a tab and the list of chats: kept, brought back, rated, asked again; escaped."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from rare_app.answer import Draft
from rare_app.chats import Asked, ChatInfo, ChatStore
from rare_app.errors import UserError
from rare_app.settings import Settings
from rare_app.types import Answer, Citation, Claim, Done, Understood
from rare_app.ui.answer_tools import plain_text, tools_html, understood_html
from rare_app.ui.chat import Chat, ChatHandlers
from rare_app.ui.exchange import UNFINISHED
from rare_app.ui.history import HistoryHandlers, chats_html, when_of
from rare_app.ui.page_view import PageHandlers

from ..conftest import passage

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=timezone(timedelta(hours=1)))
REQUEST = SimpleNamespace(session_hash="tab")
TEXT = "The landlord repairs the roof & the <b>walls</b>."
PASSAGE = passage(TEXT, number=7, document="Lease.md")
ANSWER = Answer(
    answered=True,
    answer="The landlord.",
    claims=(Claim("The landlord.", True, 1.0, (Citation(0, "Lease.md", 7, 0, 12, TEXT[:12]),)),),
    passages=(PASSAGE,),
    model="m",
)


class Teller:
    """An assistant that says what it is told, and notes what it was asked."""

    def __init__(self, *said):
        self.said = list(said)
        self.asked = []

    def ask(self, question, **options):
        self.asked.append((question, options))
        said = self.said.pop(0)
        if isinstance(said, Exception):
            raise said
        yield from said


@pytest.fixture
def talk(tmp_path, library):
    """Handlers over a real store, with a teller in the model's place."""

    def make(*said):
        services = SimpleNamespace(
            settings=Settings(home=tmp_path),
            library=library,
            chats=ChatStore(library.database),
            assistant=Teller(*said),
        )
        return ChatHandlers(services=services), services

    return make


def ask(handlers, chat, question, documents=()):
    *_, last = handlers.ask(question, chat, "default", "m", 4, True, documents, REQUEST)
    return last


def again(handlers, chat, **form):
    *_, last = handlers.ask_again(form, chat, "default", True, [], REQUEST)
    return last


def shown(messages):
    return "".join(message["content"].value for message in messages)


def test_questions_are_kept_and_come_back(talk):
    handlers, services = talk(
        [Done(ANSWER)], [Understood("Who repairs the walls?"), Done(ANSWER)], UserError("No <i>.")
    )
    chat = Chat()
    ask(handlers, chat, " Who repairs the roof? ", ["Lease.md"])
    ask(handlers, chat, "And the walls?")
    _, messages = ask(handlers, chat, "And the rest?")
    [(_, first), (_, second), _] = services.assistant.asked
    assert (first["documents"], first["k"], first["history"]) == (("Lease.md",), 4, [])
    assert [turn.question for turn in second["history"]] == ["Who repairs the roof?"]
    third = services.assistant.asked[2][1]["history"]
    assert [turn.question for turn in third][-1] == "Who repairs the walls?"
    assert "No &lt;i&gt;." in shown(messages)

    back = handlers.open(chat.chat_id)
    assert back.chat_id == chat.chat_id
    assert [one.question for one in back.exchanges] == [
        "Who repairs the roof?",
        "And the walls?",
        "And the rest?",
    ]
    html = shown(back.messages())
    assert "Understood as:</span> <b>Who repairs the walls?</b>" in html
    assert "&lt;b&gt;walls" in html
    assert "<b>walls" not in html
    assert "only in Lease.md" in html
    assert "“Lease.md” is no longer in the library" in html
    assert [one.title for one in services.chats.chats()] == ["Who repairs the roof?"]
    assert handlers.open(999).exchanges == handlers.open(None).exchanges == []


def test_a_cited_document_that_is_gone_is_shown_as_it_was_read(talk):
    handlers, services = talk([Done(ANSWER)])
    chat = Chat()
    ask(handlers, chat, "Who?")
    back = handlers.open(chat.chat_id)
    pages = PageHandlers(services=services)
    html = pages.open(back, SimpleNamespace(_data={"turn": 1, "place": 0}))
    assert "<mark>The landlord</mark> repairs the roof &amp; the &lt;b&gt;" in html
    assert "“Lease.md” is no longer in the library" in html


def test_a_document_that_came_back_is_opened_again(talk, library, write):
    library.add([write("Lease.md", TEXT)])
    [stored] = library.documents()
    here = passage(TEXT, number=7, document="Lease.md", document_id=stored.document_id, page=1)
    answer = Answer(answered=True, answer="x", passages=(here,), model="m")
    handlers, services = talk([Done(answer)])
    services.pages = None
    chat = Chat()
    ask(handlers, chat, "Who?")
    library.remove("Lease.md")
    library.add([write("Lease.md", TEXT)])
    pages = PageHandlers(services=services)
    back = handlers.open(chat.chat_id)
    html = pages.open(back, SimpleNamespace(_data={"turn": 1, "place": 0}))
    assert "no longer" not in html
    assert "/rare/original/" in html
    library.remove("Lease.md")
    library.add([write("Lease.md", "Quite another text.")])
    html = pages.open(back, SimpleNamespace(_data={"turn": 1, "place": 0}))
    assert "or has changed" in html


def test_asked_again_the_older_answer_is_kept(talk):
    other = Answer(answered=True, answer="The tenant.", model="m")
    handlers, services = talk([Done(ANSWER)], [Done(other)])
    chat = Chat()
    ask(handlers, chat, "Who?")
    _, messages = again(
        handlers, chat, turn=1, question="Who pays?", passages="2", quoting="free", memory=False
    )
    question, options = services.assistant.asked[1]
    assert (question, options["standalone"], options["k"]) == ("Who pays?", True, 2)
    assert (options["quoting"], options["memory"], options["history"]) == ("free", False, [])
    html = shown(messages)
    assert "2 of 2" in html
    assert "2 passages · free quotes · no memory" in html
    assert "The tenant." in html
    [turn] = services.chats.chat(chat.chat_id).turns
    assert [one.data["answer"] for one in turn.answers] == ["The landlord.", "The tenant."]

    event = SimpleNamespace(_data={"turn": 1, "place": 0})
    _, messages = handlers.show_version(chat, event)
    assert "1 of 2" in shown(messages)
    assert "The landlord." in shown(handlers.open(chat.chat_id).messages())
    handlers.rate(chat, SimpleNamespace(_data={"turn": 1, "rating": 1}))
    back = handlers.open(chat.chat_id)
    assert [one.rating for one in back.exchanges[0].versions] == [1, 0]
    for wrong in ({}, {"turn": 9}, {"turn": "x"}, {"turn": 1, "place": 5}):
        handlers.show_version(chat, SimpleNamespace(_data=wrong))
        handlers.rate(chat, SimpleNamespace(_data=wrong))


def test_what_the_form_says_is_checked(talk):
    handlers, services = talk([Done(ANSWER)], [Done(ANSWER)])
    chat = Chat()
    ask(handlers, chat, "Who?")
    again(handlers, chat, turn=1, question="  ", passages="x", quoting="<b>")
    question, options = services.assistant.asked[1]
    assert (question, options["k"], options["quoting"]) == ("Who?", 6, "")
    [*_] = handlers.ask_again({"turn": 7}, chat, "default", True, [], REQUEST)
    assert len(services.assistant.asked) == 2


def test_a_question_that_cannot_be_asked_begins_no_chat(talk):
    handlers, services = talk()
    chat = Chat()
    ask(handlers, chat, "   ")
    ask(handlers, chat, "x" * 9000)
    assert [bool(one.error) for one in chat.exchanges] == [True, True]
    assert services.chats.chats() == []


def test_a_chat_that_was_left_is_kept_but_not_shown(talk):
    handlers, services = talk([Done(ANSWER)])
    chat = Chat()
    running = handlers.ask("Who?", chat, "default", "m", 4, True, [], REQUEST)
    next(running)
    chat.left = True
    *_, (last, _) = running
    assert last is not chat
    [turn] = services.chats.chat(chat.chat_id).turns
    assert turn.answer.data["answer"] == "The landlord."


def test_an_answer_that_was_cut_off_is_said_to_be(talk):
    handlers, _ = talk([Done(ANSWER)])
    chat = Chat()
    running = handlers.ask("Who?", chat, "default", "m", 4, True, [], REQUEST)
    next(running)
    running.close()  # as when the app ends
    html = shown(handlers.open(chat.chat_id).messages())
    assert UNFINISHED in html
    assert "Ask again" in html


def test_a_full_disk_does_not_cost_the_answer(talk, monkeypatch):
    handlers, services = talk([Done(ANSWER)])

    def fail(*_, **__):
        raise UserError("full")

    monkeypatch.setattr(services.chats, "add_turn", fail)
    monkeypatch.setattr("rare_app.ui.chat.gr.Warning", lambda _: None)
    _, messages = ask(handlers, Chat(), "Who?")
    assert "The landlord." in shown(messages)


def info(title, back, **more):
    at = (NOW - back).isoformat()
    values = {"chat_id": 5, "collection": "default", "created_at": at, "turns": 1, **more}
    return ChatInfo(title=title, changed_at=at, **values)


def test_the_list_is_grouped_and_escaped():
    days = timedelta(days=1)
    chats = [
        info("<b>Roof's</b> \"", timedelta(hours=1), found="<i>found</i>"),
        info("Late", timedelta(hours=10), chat_id=6, turns=3),
        info("Old", 40 * days, collection="2023"),
    ]
    html = chats_html(chats, current=6, search="", now=NOW)
    assert html.index("Today") < html.index("Yesterday") < html.index("January 2026")
    assert "<b>Roof" not in html
    assert "<i>found" not in html
    assert html.count("aria-current='true'") == 1
    assert "23:30 · 3 questions · default" in html
    assert "31 Jan · 1 question · 2023" in html
    assert "data-current='6'" in html
    assert "No chats yet" in chats_html([], current=None, search=" ", now=NOW)
    assert "No chat holds" in chats_html([], current=None, search="x", now=NOW)
    assert when_of((NOW - 5 * days).date(), NOW) == "Last 7 days"
    assert when_of((NOW - 20 * days).date(), NOW) == "Last 30 days"


def test_what_goes_wrong_in_the_list_is_said(library):
    handlers = HistoryHandlers(chats=ChatStore(library.database))
    assert handlers.rename(7, "x") == handlers.delete(7) != ""
    assert "There is no chat 7" in handlers.list("", None, handlers.delete(7))


def test_an_answer_is_copied_with_its_sources():
    assert plain_text(ANSWER, question="Who?") == (
        "Who?\n\nThe landlord.\n\nSources\n[1] Lease.md, page 7\n    “The landlord”"
    )
    row = tools_html(
        ANSWER,
        question="Who's <b>?",
        asked=Asked(collection="c", model="<m>"),
        turn=2,
        rating=-1,
        shown=0,
        versions=1,
    )
    assert "<b>?" not in row
    assert "<m>" not in row
    assert row.count("aria-pressed='true'") == 1
    assert "of 1" not in row
    assert "<b>&lt;x&gt;</b>" in understood_html("<x>", turn=1)


def test_what_is_typed_is_noted_with_what_it_would_be_asked_with(talk):
    handlers, services = talk()
    noted = []
    services.prefetch = SimpleNamespace(note=noted.append)
    handlers.draft("How long is the le", "contracts", "", 4, False, ["Lease.md"])
    handlers.draft("How", "", "other", 6, True, None)
    assert noted == [
        Draft("How long is the le", "contracts", ("Lease.md",), 4, "", "none"),
        Draft("How", "", (), 6, "other", ""),
    ]
