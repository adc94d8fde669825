"""The text of an answer on the page: several answers, each below what it answers."""

from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Citation, Claim, Grid, SubAnswer
from rare_app.ui.claim_html import DOUBTFUL, WITHHELD
from rare_app.ui.render import answer_html

from ..conftest import passage

PASSAGES = (passage("It weighs 7 kg."), passage("The rent is due in May.", number=2))


def claim(text, number):
    one = PASSAGES[number]
    places = (Citation(number, one.document, one.page, 0, len(one.text), one.text),)
    return Claim(text, True, 0.9, places)


def html(*parts, claims=()):
    text = "\n".join(f"{one.asked}\n{one.answer}" for one in parts)
    answer = Answer(True, text, claims=claims, passages=PASSAGES, parts=parts, doubtful=True)
    return answer_html(answer, turn=1)


def test_each_answer_stands_below_what_was_asked_with_its_own_marks():
    shown = html(
        SubAnswer("Do 7 <b> weigh?", "q", "7", True, False, 1),
        SubAnswer("Due in May?", "q", "May", True, False, 1),
        claims=(claim("7", 0), claim("May", 1)),
    )
    first, second = shown.split("<dt>")[1:]
    assert first.startswith("Do 7 &lt;b&gt; weigh?</dt><dd>")
    assert "<span class='rare-supported'>7</span>" in first
    assert second.startswith("Due in May?</dt><dd>")
    assert "<span class='rare-supported'>May</span>" in second
    assert "data-place='1'" in second


def test_doubt_is_said_of_the_answer_that_it_is_of():
    shown = html(
        SubAnswer("A?", "q", "7", True, False, 1),
        SubAnswer("B?", "q", "May", True, True, 1),
        SubAnswer("C?", "q", REFUSAL, False, False, 0, withheld=True),
        claims=(claim("7", 0), claim("May", 1)),
    )
    first, second, third = shown.split("<dt>")[1:]
    assert DOUBTFUL not in first
    assert DOUBTFUL in second
    assert f"<p class='rare-untold'>{REFUSAL}</p>" in third
    assert WITHHELD in third
    assert shown.count(DOUBTFUL) == 1


def test_a_table_of_answers_is_a_table_with_marks_and_below_it_what_else_is_answered():
    parts = (
        SubAnswer("a.md – Weight", "q", "7", True, False, 1),
        SubAnswer("a.md – Due", "q", REFUSAL, False, False, 0),
        SubAnswer("<b>.md – Weight", "q", REFUSAL, False, False, 0),
        SubAnswer("<b>.md – Due", "q", "May", True, True, 1),
        SubAnswer("Which?", "q", "May", True, False, 1),
    )
    grid = Grid(("a.md", "<b>.md"), ("Weight", "Due <i>"))
    claims = (claim("7", 0), claim("May", 1), claim("May", 1))
    answer = Answer(True, "|", claims=claims, passages=PASSAGES, parts=parts, grid=grid)
    shown = answer_html(answer, turn=1)
    table, below = shown.split("</table>")
    rows = table.split("<tr>")[1:]
    assert rows[0].count("<th scope='col'>") == 2
    assert "Due &lt;i&gt;" in rows[0]
    assert "<th scope='row'>a.md</th>" in rows[1]
    assert "<span class='rare-supported'>7</span><a class='rare-mark' href='#source-1-1'" in rows[1]
    assert "<td class='rare-blank'>" in rows[1]
    assert "<th scope='row'>&lt;b&gt;.md</th><td class='rare-blank'>" in rows[2]
    assert "href='#source-1-2'" in rows[2]
    assert DOUBTFUL in rows[2]
    assert DOUBTFUL not in rows[1]
    assert "<dt>Which?</dt>" in below
    assert REFUSAL not in shown


def test_a_table_with_less_than_its_cells_is_shown_as_far_as_it_goes():
    grid = Grid(("a.md", "b.md"), ("Weight",))
    parts = (SubAnswer("a.md – Weight", "q", "7", True, False, 1),)
    answer = Answer(True, "|", claims=(claim("7", 0),), passages=PASSAGES, parts=parts, grid=grid)
    assert answer_html(answer, turn=1).count("<td>") == 2
