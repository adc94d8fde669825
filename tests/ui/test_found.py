"""What the page shows before there is an answer: the passages, their words, how far it is."""

import pytest

from rare_app.model import Reading
from rare_app.present import reading_line
from rare_app.types import Answer, Citation, Done, Judged, Retrieved, Writing
from rare_app.ui.chat import Chat
from rare_app.ui.page_view import PageHandlers
from tests.ui.test_chats import REQUEST, SimpleNamespace, shown, talk  # noqa: F401 - a fixture

from ..conftest import passage

TEXT = "The roof is old. The landlord repairs the <b>roof</b>. It rains."
SOURCES = (
    passage(TEXT, number=7, document="Lease.md", page_kind="part", section="Repairs"),
    passage("Nothing of it.", number=2, document="Pump.pdf"),
)
AT = TEXT.index("The landlord")
BEST = Citation(0, "Lease.md", 7, AT, AT + 36, TEXT[AT : AT + 36])
ANSWER = Answer(answered=True, answer="The landlord.", passages=SOURCES, quotes=(BEST,), model="m")
EVENTS = (
    Retrieved(SOURCES),
    Judged((BEST,)),
    Reading(passages=2, tokens=200, new=True),
    Reading(passages=2, tokens=200, read=1, read_tokens=90, new=True),
    Writing(reasoning="It says so.", answer=""),
    Writing(reasoning="It says so.", answer="The landlord"),
    Done(ANSWER),
)


@pytest.fixture
def told(talk, monkeypatch):  # noqa: F811
    """What the page shows after each event, with the chat."""
    monkeypatch.setattr("rare_app.ui.chat._UPDATE_SECONDS", 0.0)
    handlers, services = talk(EVENTS)
    chat, pages, opened = Chat(), [], []
    for now, messages in handlers.ask("Who?", chat, "default", "m", 4, True, [], REQUEST):
        pages.append(messages)
        event = SimpleNamespace(_data={"turn": 1, "place": 0})
        opened.append(PageHandlers(services=services).open(now, event))
    return pages, opened


def test_the_passages_stand_there_at_once_and_get_their_mark(told):
    searching, found, judged, *_ = map(shown, told[0])
    assert "rare-found" not in searching
    for page in (found, judged):
        assert page.count("<li class='rare-source'>") == 2
        assert "Lease.md" in page
        assert ">part 7</button>" in page
        assert "<span class='rare-section'>Repairs</span>" in page
    assert "<mark>" not in found
    marked = judged[judged.index("<mark>") + 6 : judged.index("</mark>")]
    assert marked == "The landlord repairs the &lt;b&gt;roof&lt;/b&gt;"
    assert judged.count("<mark>") == 1


def test_it_is_told_how_far_the_reading_is(told):
    titles = [next(m["metadata"]["title"] for m in page if "metadata" in m) for page in told[0]]
    assert titles[:5] == [
        "Searching the documents …",
        "Found 2 passages …",
        "Found 2 passages …",
        "Reading 2 passages that are new to the model …",
        "Reading 2 passages that are new to the model … 1 of 2",
    ]
    assert titles[5] == "Reasoning …"
    assert titles[-1].startswith("Reasoning (")
    assert "value='45'" in shown(told[0][4])
    assert "90 of 200 tokens" in shown(told[0][4])


def test_nothing_moves_while_the_answer_is_written(told):
    """The passages keep their message and its words, whatever is written above them."""
    last = [page[-1]["content"].value for page in told[0][2:-1]]
    assert len(set(last)) == 1
    assert len({len(page) for page in told[0][1:-1]}) == 1


def test_the_finished_answer_takes_the_place_of_the_passages(told):
    done = shown(told[0][-1])
    assert "rare-found" not in done
    assert "rare-working" not in done
    assert "Other passages that were read (1)" in done


def test_the_page_of_a_passage_opens_before_there_is_an_answer(told):
    before, *found = told[1]
    assert "no longer in the chat" in before
    assert all("<mark>The roof" in page or "<mark>The landlord" in page for page in found)


def test_nothing_is_said_of_what_the_model_knows():
    assert reading_line(Reading(passages=0, tokens=30, new=True)) == ""
    assert reading_line(Reading(passages=1, tokens=90, new=True)) == (
        "Reading 1 passage that is new to the model …"
    )
    # Without a memory nothing is new; of a server it is not known how far it is.
    assert reading_line(Reading(passages=4, tokens=90)) == "Reading 4 passages …"
    assert reading_line(Reading(passages=4, tokens=90, read=2)) == "Reading 4 passages … 2 of 4"
