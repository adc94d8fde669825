"""The steps of an answer as HTML: what each came to, and where it leads."""

import re
from dataclasses import replace

import pytest

from rare_app.present import answer_data, answer_from_data
from rare_app.types import Answer, Citation, Claim, Done, Retrieved, Searching, Step, Writing
from rare_app.ui.chat import Chat
from rare_app.ui.cited import places_of
from rare_app.ui.steps_html import answer_so_far, steps_html, summary, working_html
from tests.ui.test_chats import REQUEST, shown, talk  # noqa: F401 - a fixture

from ..conftest import passage

ROWS = "| Costs | 30.1 | 28.0 |\n| Staff | 11 | 12 |"
LATER = "Operating income was 4.2 <million> in 2022."
SOURCES = (
    passage(ROWS, number=1, document="Report.md", page=3, page_kind="part"),
    passage("Nothing of it.", number=2, document="Other.pdf", page=8, page_kind="page"),
    passage(LATER, number=3, document="Report 2022.pdf", page=12, page_kind="page"),
)


def quoted(at: int, words: str) -> Citation:
    one = SOURCES[at]
    start = one.start + one.text.index(words)
    return Citation(at, one.document, one.page, start, start + len(words), words)


COSTS, INCOME = quoted(0, "| Costs | 30.1 | 28.0 |"), quoted(2, LATER)
RISE = Step("calculation", "(30.1 - 28.0) / 28.0 * 100", result="7.5", quotes=(0,))
FAILED = Step("calculation", "1 / 0", trouble="it divides by zero")
SEARCH = Step("search", "operating income 2022", passages=(1, 2))
EMPTY = Step("search", "income 1999", trouble="nothing more was found")
ANSWER = Answer(
    answered=True,
    answer="By 7.5%.",
    reasoning=(
        "First. <quote>| Costs | 30.1 | 28.0 |</quote> (2021: 30.1) "
        "<calc>(30.1 - 28.0) / 28.0 * 100</calc> = 7.5 percent. <calc>1 / 0</calc> (not worked "
        "out: it divides by zero)\n<search>operating income 2022</search>\n"
        f"<quote>{LATER}</quote> <search>income 1999</search> (nothing more was found) So be it."
    ),
    claims=(Claim("By 7.5%.", True, 1.0, (quoted(0, "30.1"),)),),
    quotes=(COSTS, INCOME),
    passages=SOURCES,
    steps=(RISE, FAILED, SEARCH, EMPTY),
    model="m",
)


@pytest.fixture
def rows() -> list[str]:
    html = steps_html(ANSWER, turn=2)
    return re.findall(r"<li>(?=<span class='rare-kind')(.*?)</li>(?=<li><span|</ol>)", html)


def opened(row: str) -> list[tuple[str, str]]:
    """What the buttons of a row open, and how they are called for a screen reader."""
    places = places_of(ANSWER)
    found = re.findall(r"data-turn='2' data-place='(\d+)' aria-label='([^']*)'", row)
    return [(places[int(place)].quote, label) for place, label in found]


def test_a_line_says_what_was_done() -> None:
    assert summary(ANSWER) == "2 quotes, 2 calculations, 2 searches"
    assert summary(replace(ANSWER, reasoning="", steps=(SEARCH,))) == "1 search"
    assert summary(replace(ANSWER, reasoning="It says so.", steps=())) == ""


def test_a_quote_opens_its_page_also_where_no_claim_cites_it(rows: list[str]) -> None:
    assert "Quote 1" in rows[0]
    assert "<td>Costs</td><td>30.1</td><td>28.0</td>" in rows[0]
    assert ">Report.md, part 3</button>" in rows[0]
    assert opened(rows[0]) == [(COSTS.quote, "Open part 3 of Report.md")]
    assert opened(rows[4]) == [(LATER, "Open page 12 of Report 2022.pdf")]
    assert "<q class='rare-quote'>Operating income was 4.2 &lt;million&gt; in" in rows[4]
    invented = replace(ANSWER, reasoning="<quote>The king.</quote>", steps=())
    html = steps_html(invented, turn=2)
    assert "<q class='rare-quote'>The king.</q> <i>not found in the passages</i>" in html
    assert "button" not in html


def test_a_calculation_leads_to_the_quotes_of_its_numbers(rows: list[str]) -> None:
    assert "<code class='rare-calc'>(30.1 − 28.0) ÷ 28.0 × 100</code> = <b>7.5</b>" in rows[1]
    assert rows[1].count("7.5") == 1
    assert "<span class='rare-words'>percent.</span>" in rows[1]
    assert opened(rows[1]) == [(COSTS.quote, "Open quote 1, part 3 of Report.md")]
    assert rows[2].count("it divides by zero") == 1


def test_a_search_lists_what_it_brought(rows: list[str]) -> None:
    assert "Looking for <b class='rare-sought'>operating income 2022</b> …" in rows[3]
    assert "found 2 passages:" in rows[3]
    assert opened(rows[3]) == [
        ("Nothing of it.", "Open page 8 of Other.pdf"),
        (LATER, "Open page 12 of Report 2022.pdf"),
    ]
    assert rows[5].count("nothing more was found") == 1
    assert "So be it." in rows[5]


def test_the_same_search_again_has_its_own_outcome_and_what_had_no_room_is_left_out() -> None:
    again = Step("search", SEARCH.text, trouble="searched for before")
    full = Step("search", "income", passages=(9,), trouble="")
    tag = f"<search>{SEARCH.text}</search>"
    reasoning = f"{tag}\n{tag} (searched for before)\n<search>income</search> (no room for more)"
    html = steps_html(replace(ANSWER, reasoning=reasoning, steps=(SEARCH, again, full)), turn=1)
    assert html.index("found 2 passages") < html.index("<i>searched for before</i>")
    assert html.endswith("<i>no room for more</i></div></li></ol></div>")
    assert html.count("searched for before") == html.count("no room for more") == 1


def test_a_sum_without_tags_is_a_step_and_none_is_lost() -> None:
    bare = Step("calculation", "30.1 - 28.0", result="2.1", quotes=(0,))
    html = steps_html(
        replace(ANSWER, reasoning="It is 30.1 - 28.0 = 2.1 more.", steps=(bare,)), turn=2
    )
    assert html.index("It is") < html.index("30.1 − 28.0</code> = <b>2.1</b>") < html.index("more.")
    anew = steps_html(replace(ANSWER, reasoning="It says so.", steps=(RISE,)), turn=2)
    assert "= <b>7.5</b>" in anew


def test_while_it_is_written_places_are_told_and_nothing_is_said_too_early() -> None:
    text = "<quote>| Costs | 30.1 | 28.0 |</quote> <calc>30.1 -"
    html = working_html(answer_so_far(text, SOURCES, []), None, partial="")
    assert "<span class='rare-where'>Report.md, part 3</span>" in html
    assert "<code class='rare-calc'>30.1 −</code>" in html
    assert "button" not in html
    growing = answer_so_far("<quote>| Costs", SOURCES, [])
    assert "rare-where" not in steps_html(growing, turn=None)
    looking = answer_so_far("<search>income</search>", SOURCES, [Step("search", "income")])
    assert "Looking for" in steps_html(looking, turn=None)
    assert "found" not in steps_html(looking, turn=None)


@pytest.mark.usefixtures("library")
def test_a_search_is_told_as_it_happens_and_stays_in_the_chat(talk, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("rare_app.ui.chat._UPDATE_SECONDS", 0.0)
    sought = "<search>operating income 2022</search>"
    handlers, _ = talk(
        (
            Retrieved(SOURCES[:1]),
            Writing(reasoning=sought, answer=""),
            Searching("operating income 2022"),
            Retrieved(SOURCES),
            Writing(reasoning=f"{sought} So", answer=""),
            Done(ANSWER),
        )
    )
    chat, titles, pages = Chat(), [], []
    for _now, messages in handlers.ask("Why?", chat, "default", "m", 4, True, [], REQUEST):
        titles.append(next(m["metadata"]["title"] for m in messages if "metadata" in m))
        pages.append(shown(messages))
    assert titles[3:5] == ["Looking for operating income 2022 …", "Found 2 more passages …"]
    assert "found 2 passages:" not in pages[3]
    assert "<span class='rare-where'>Report 2022.pdf, page 12</span>" in pages[5]
    assert titles[-1].startswith("2 quotes, 2 calculations, 2 searches (")
    back = shown(handlers.open(chat.chat_id).messages())
    assert steps_html(ANSWER, turn=1) in back


def test_steps_are_read_back_and_older_answers_have_none() -> None:
    data = answer_data(ANSWER)
    assert data["steps"][2] == {
        "kind": "search",
        "text": "operating income 2022",
        "result": "",
        "trouble": "",
        "quotes": (),
        "passages": (1, 2),
    }
    assert answer_from_data(data) == ANSWER
    del data["steps"]
    assert answer_from_data(data) == replace(ANSWER, steps=())
    first = {"kind": "calculation", "text": "1 + 1", "result": "2"}
    [step] = answer_from_data({**data, "steps": [first]}).steps
    assert step == Step("calculation", "1 + 1", result="2")
