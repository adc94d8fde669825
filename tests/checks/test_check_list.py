import csv
import io

import pytest

from rare_app.checks import ListedQuestion, check_list, results_csv, sum_up_list
from rare_app.errors import UserError
from rare_app.prompt import REFUSAL
from rare_app.types import Answer
from rare_app.ui.check_html import check_html
from rare_app.ui.check_jobs import CheckJob

from ..conftest import BRIDGES


class FakeAssistant:
    """Says what it was told to say; a sentence in place of an answer is an error."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def answer(self, question, **options):
        self.asked.append((question, options))
        said = self.answers[question]
        if isinstance(said, UserError):
            raise said
        return said


def said(text):
    return Answer(answered=True, answer=text)


REFUSED = Answer(answered=False, answer=REFUSAL)
QUESTIONS = [
    ListedQuestion(2, "How many eggs does the queen lay?", ("2,000", "many"), ("BEES.md",)),
    ListedQuestion(3, "How long is the Forth Bridge?", ("2,467 metres",), ("bees",)),
    ListedQuestion(4, "Who won the match?", (), ()),
    ListedQuestion(5, "Who paints it?", (), ()),
    ListedQuestion(6, "Who opened the bridge?", None, ("missing.pdf",)),
    ListedQuestion(7, "When was it opened?", ("1890",), ("bridge.md",)),
]
ANSWERS = {
    QUESTIONS[0].question: said("2,000"),
    QUESTIONS[1].question: said("2,467 bricks"),
    QUESTIONS[2].question: REFUSED,
    QUESTIONS[3].question: said("=Nobody"),
    QUESTIONS[4].question: said("A prince"),
    QUESTIONS[5].question: UserError("The server is gone."),
}


@pytest.fixture
def results(library, write):
    library.add([write("bees.md"), write("bridge.md", BRIDGES)])
    assistant = FakeAssistant(ANSWERS)
    found = list(check_list(QUESTIONS, library=library, assistant=assistant, passages=1))
    assert assistant.asked[0][1]["k"] == 1
    return found


def test_figures_are_worked_out_by_hand(results):
    assert results[0].rank == 1
    assert results[0].found[0].document == "bees.md"
    assert results[1].rank > 1  # the bridge's own passage comes first
    assert [one.missed for one in results] == [False, True, False, True, True, True]
    assert [one.source_known for one in results] == [True, True, False, False, False, True]
    figures = {one.name: one for one in sum_up_list(results)}
    assert figures["recall@1"].value == 0.5  # bees, and 1890 in the bridge; of four with a source
    assert figures["recall@10"].value == 0.75
    assert figures["recall@1"].questions == 4
    assert figures["token-F1"].value == pytest.approx((1 + 0.5 + 0) / 3, abs=1e-4)
    assert figures["exact match"].value == pytest.approx(1 / 3, abs=1e-4)
    assert figures["answer recall"].value == pytest.approx(1 / 3, abs=1e-4)
    assert figures["refused, answerable"].value == pytest.approx(1 / 3, abs=1e-4)
    assert figures["refused, unanswerable"].value == 0.5
    assert all(one.low <= one.value <= one.high for one in figures.values())


def test_a_whole_sentence_that_holds_the_answer_is_no_miss(library, write):
    library.add([write("bridge.md", BRIDGES)])
    question = ListedQuestion(2, "When was it opened?", ("1890",), ())
    sentence = "The Forth Bridge was opened by the Prince of Wales in 1890."
    assistant = FakeAssistant({question.question: said(sentence)})
    [result] = check_list([question], library=library, assistant=assistant, passages=1)
    assert result.token_f1 < 0.5
    assert not result.missed
    [row] = csv.DictReader(io.StringIO(results_csv([result])))
    assert row["answer recall"] == "yes"


def test_the_csv_holds_a_line_for_each_question_and_no_formula(results):
    rows = list(csv.DictReader(io.StringIO(results_csv(results))))
    assert [row["question"] for row in rows] == [one.question for one in QUESTIONS]
    assert rows[0]["answer"] == "2,000 | many"
    assert [row["missed"] for row in rows] == ["", "source", "", "answer", "source", "answer"]
    assert rows[3]["given answer"] == "'=Nobody"
    assert rows[4]["rank of source"] == "0"
    assert rows[5]["trouble"] == "The server is gone."
    assert rows[2]["refused"] == "yes"
    assert "bees.md" in rows[0]["found"]


def test_the_page_tells_each_miss_and_escapes_it(results):
    job = CheckJob(
        name="<i>.csv",
        collection="default",
        questions=QUESTIONS,
        passages=1,
        model="",
        adapter="",
        results=results,
    )
    running = check_html(job)
    assert "Question 6 of 6 of “&lt;i&gt;.csv”" in running
    job.finished.set()
    shown = check_html(job)
    assert shown.count("<li class='rare-miss'>") == 4
    assert "no document of the collection has this name" in shown
    assert "a refusal: the documents do not answer" in shown
    assert "The server is gone." in shown
    assert "recall@5" in shown
    assert "<i>" not in shown
    job.results = results[:2]
    assert "Stopped after 2 of 6 questions" in check_html(job)


def test_stopping_leaves_the_rest_out(library, write):
    library.add([write("bees.md")])
    done = []
    for result in check_list(
        QUESTIONS[:3],
        library=library,
        assistant=FakeAssistant(ANSWERS),
        passages=1,
        cancelled=lambda: len(done) == 1,
    ):
        done.append(result)
    assert len(done) == 1
    stopped = FakeAssistant(
        {QUESTIONS[0].question: Answer(answered=False, answer="", stopped=True)}
    )
    assert list(check_list(QUESTIONS, library=library, assistant=stopped, passages=1)) == []


def test_what_stops_the_first_question_stops_the_list(library):
    assistant = FakeAssistant({QUESTIONS[0].question: UserError("No model.")})
    with pytest.raises(UserError, match="No model"):
        list(check_list(QUESTIONS, library=library, assistant=assistant, passages=1))
    with pytest.raises(UserError, match="There is no collection “x”"):
        list(
            check_list(QUESTIONS, library=library, assistant=assistant, passages=1, collection="x")
        )
