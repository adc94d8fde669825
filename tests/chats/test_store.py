"""Chats are kept turn by turn, found, renamed and deleted."""

import sqlite3

import pytest

from rare_app.chats import Asked, ChatStore, UnknownChatError
from rare_app.chats.words import around, fold, title_of
from rare_app.library import Library, LibraryError, Passage
from rare_app.present import answer_data, answer_from_data
from rare_app.types import Answer, Citation, Claim, Decision, Timings, TokenCounts

ASKED = Asked(collection="c", documents=("a.md", "b.md"), passages=4, quoting="free", memory=False)


@pytest.fixture
def store(library):
    return ChatStore(library.database)


def answered(store, question, answer, *, chat_id=None, collection="c"):
    """Keep one question with its answer; gives chat, turn and answer."""
    turn = store.add_turn(question, collection=collection, chat_id=chat_id)
    answer_id = store.begin_answer(turn.turn_id, standalone=question, asked=ASKED)
    data = answer_data(Answer(answered=True, answer=answer))
    store.end_answer(answer_id, standalone=question, data=data, seconds=1.5)
    return store.chat_of(turn.turn_id), turn.turn_id, answer_id


def test_a_chat_outlives_a_restart_with_all_that_was_said(open_library):
    store = ChatStore(open_library().database)
    chat_id, _, first = answered(store, "  How many eggs\ndoes the queen lay?", "2,000 a day.")
    store.rate(first, -1)
    turn = store.add_turn("And in winter?", collection="other", chat_id=chat_id)
    second = store.begin_answer(turn.turn_id, standalone="And in winter?", asked=ASKED)
    store.end_answer(second, standalone="How many eggs in winter?", error="It went wrong.")
    unfinished = store.add_turn("Why?", collection="c", chat_id=chat_id)
    store.begin_answer(unfinished.turn_id, standalone="Why?", asked=ASKED)

    chat = ChatStore(open_library().database).chat(chat_id)
    assert (chat.info.title, chat.info.collection, chat.info.turns) == (
        "How many eggs does the queen lay?",
        "c",
        3,
    )
    one, two, three = chat.turns
    assert one.question == "  How many eggs\ndoes the queen lay?"
    assert (one.answer.data["answer"], one.answer.rating) == ("2,000 a day.", -1)
    assert (one.answer.asked, one.answer.seconds) == (ASKED, 1.5)
    assert (two.answer.standalone, two.answer.error) == (
        "How many eggs in winter?",
        "It went wrong.",
    )
    assert (three.answer.data, three.answer.error) == (None, "")


def test_a_question_asked_again_keeps_its_older_answers(store):
    chat_id, turn_id, first = answered(store, "How long?", "Two metres.")
    second = store.begin_answer(turn_id, standalone="How long is it?", asked=ASKED)
    data = answer_data(Answer(answered=True, answer="Three metres."))
    store.end_answer(second, standalone="How long is it?", data=data)
    [turn] = store.chat(chat_id).turns
    assert [one.answer_id for one in turn.answers] == [first, second]
    assert turn.answer.answer_id == second
    store.show(turn_id, first)
    assert store.chat(chat_id).turns[0].answer.answer_id == first
    _, other, _ = answered(store, "What?", "That.")
    store.show(other, first)  # an answer of another question is not taken
    assert store.chat(store.chat_of(other)).turns[0].answer.data["answer"] == "That."
    assert [one.title for one in store.chats(search="two metres")] == ["How long?"]
    assert [one.title for one in store.chats(search="three metres")] == ["How long?"]


def test_chats_are_listed_and_found(store):
    roof, _, _ = answered(store, "Who repairs the roof?", "The landlord, at once. 東京都")
    answered(store, "When is the rent due?", "On the third, in Zürich.")
    answered(store, "And the gutters?", "The tenant.", chat_id=roof)
    titles = [one.title for one in store.chats()]
    assert titles == ["Who repairs the roof?", "When is the rent due?"]
    assert len(store.chats(most=1)) == 1

    def found(search):
        return [(one.title, one.found) for one in store.chats(search=search)]

    assert found("ROOF") == [("Who repairs the roof?", "")]
    assert found("zuri") == [("When is the rent due?", "On the third, in Zürich.")]
    assert found("roof gutt") == [("Who repairs the roof?", "And the gutters?")]
    assert found("京都")[0][1].endswith("東京都")
    assert found("landlord zürich") == []
    assert found('100% "or" _') == []
    assert len(found("   ")) == 2
    # What is searched is what is said, not how it is kept.
    assert found("passages") == found("answered") == []


def test_a_refusal_is_no_word_of_the_chat(store):
    turn = store.add_turn("Who won?", collection="c")
    answer_id = store.begin_answer(turn.turn_id, standalone="Who won?", asked=ASKED)
    refused = Answer(answered=False, answer="The documents do not answer this.")
    store.end_answer(answer_id, standalone="Who won?", data=answer_data(refused))
    assert store.chats(search="documents") == []
    assert len(store.chats(search="won")) == 1


def test_rename_and_delete(store, library):
    chat_id, turn_id, answer_id = answered(store, "Who repairs the roof?", "The landlord.")
    kept, _, _ = answered(store, "What else?", "Nothing.")
    assert store.rename(chat_id, "  Roof & co ") == "Roof & co"
    assert store.rename(chat_id, "  ") == "Roof & co"
    assert [one.chat_id for one in store.chats(search="roof & co")] == [chat_id]
    assert store.delete(chat_id).title == "Roof & co"
    assert [one.chat_id for one in store.chats()] == [kept]
    for table, count in (("turns", 1), ("answers", 1)):
        assert library.database.rows(f"SELECT count(*) FROM {table}") == [(count,)]
    for wrong in (store.chat, store.delete, store.info, lambda one: store.rename(one, "x")):
        with pytest.raises(UnknownChatError, match=f"There is no chat {chat_id}"):
            wrong(chat_id)
    # Whoever still answers a question of it does no harm.
    store.end_answer(answer_id, standalone="x", data={"answered": True, "answer": "x"})
    assert store.begin_answer(turn_id, standalone="x", asked=ASKED) is None
    assert store.chat_of(turn_id) is None
    again = store.add_turn("Goes on", collection="c", chat_id=chat_id)
    assert store.info(store.chat_of(again.turn_id)).title == "Goes on"


def test_a_growing_chat_is_no_change_of_the_library(store, library, write):
    library.add([write("bees.md")])
    before = library.database.version
    answered(store, "Who?", "Bees.")
    assert library.database.version == before
    library.remove("bees.md")
    assert library.database.version != before


def test_what_cannot_be_written_is_undone_and_said(store, library, monkeypatch):
    chat_id, _, _ = answered(store, "Who?", "Bees.")

    def refuse(action, table, *_):
        full = action == sqlite3.SQLITE_INSERT and table == "turns"
        return sqlite3.SQLITE_DENY if full else sqlite3.SQLITE_OK

    library.database._db.set_authorizer(refuse)
    with pytest.raises((sqlite3.DatabaseError, LibraryError)):
        store.add_turn("Where?", collection="c")
    library.database._db.set_authorizer(None)
    assert [one.chat_id for one in store.chats()] == [chat_id]


def test_another_window_sees_the_chats(settings, embedder, store):
    chat_id, _, _ = answered(store, "Who?", "Bees.")
    second = Library(settings=settings, embedder=embedder)
    assert [one.chat_id for one in ChatStore(second.database).chats()] == [chat_id]
    second.close()


def test_an_answer_is_read_back_as_it_was():
    text = "The landlord repairs the roof."
    passage = Passage(3, 7, "a.pdf", "A", "§ 1", 2, "page", 5, 35, text, 0.8123)
    citation = Citation(0, "a.pdf", 2, 5, 17, "The landlord")
    whole = Answer(
        answered=True,
        answer="The landlord.",
        reasoning="<quote>The landlord</quote>",
        claims=(Claim("The landlord.", True, 0.9, (citation,)),),
        quotes=(citation,),
        invented_quotes=("The king",),
        passages=(passage,),
        model="m",
        adapter="a",
        timings=Timings(0.1, 0.2, 0.3),
        tokens=TokenCounts(10, 5, 3),
        decision=Decision(True, 1.5, None),
        stopped=True,
        notice="Look.",
    )
    data = answer_data(whole)
    assert answer_from_data(data) == whole
    # A newer version may know more of a claim than this one.
    data["claims"][0]["verdict"] = "weak"
    assert answer_from_data({**data, "more": 1}) == whole
    bare = answer_from_data({"answered": False, "answer": "No."})
    assert bare == Answer(answered=False, answer="No.")


def test_words_and_titles():
    assert fold("  Größe\n ÉTÉ ") == "grosse ete"
    assert title_of("Why?\n\nBecause") == "Why? Because"
    long = title_of("word " * 40)
    assert len(long) <= 72
    assert long.endswith("word …")
    assert title_of("x" * 200) == f"{'x' * 70} …"
    text = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."
    assert around(text, "one") == "One two three four five six seven …"
    assert around(text, "ten eleven").startswith("… four five six seven eight nine ten eleven tw")
    assert around("Größe zählt", "grosse z") == "Größe zählt"
    assert around(text, "twenty") == ""
