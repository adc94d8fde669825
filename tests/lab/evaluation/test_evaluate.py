import json

import pytest

from rare_app.lab.evaluation import CaseError, evaluate, read_cases
from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Citation, Claim, Timings


def write_cases(tmp_path, *lines):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
    return path


class FakeAssistant:
    """Says what it was told to say, and keeps what it was asked."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def answer(self, question, **options):
        self.asked.append((question, options))
        return self.answers[question]


def citation(quote):
    return Citation(passage=0, document="d", page=1, start=0, end=len(quote), quote=quote)


def test_cases_are_read_with_their_defaults(tmp_path):
    path = write_cases(
        tmp_path,
        {"id": 7, "question": "A?", "passages": ["p"], "answers": ["x"], "choices": ["x", "y"]},
        "",
        {"question": "B?", "passages": None, "evidence": ["e"]},
        "broken",
    )
    first, second = read_cases(path, limit=2)
    assert (first.id, first.passages, first.choices) == ("7", ("p",), ("x", "y"))
    assert (second.id, second.passages, second.answers, second.evidence) == ("", None, (), ("e",))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", r"line 2 of “cases.jsonl” is not JSON"),
        ("[1]", "line 2 of “cases.jsonl” needs a “question”"),
        ({"question": 5}, "line 2 of “cases.jsonl” needs a “question”"),
        ({"question": "B?", "answers": "x"}, "“answers” in line 2 of .* must be a list of texts"),
        ({"question": "B?", "passages": [1]}, "“passages” in line 2 of"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, sentence):
    path = write_cases(tmp_path, {"question": "A?"}, line)
    with pytest.raises(CaseError, match=sentence):
        list(read_cases(path))


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(CaseError, match=r"none.jsonl” does not exist"):
        list(read_cases(tmp_path / "none.jsonl"))
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"question": "Caf\xe9?"}'.encode("latin-1"))
    with pytest.raises(CaseError, match=r"“latin.jsonl” is not UTF-8"):
        list(read_cases(path))


def test_figures(tmp_path):
    """Every figure is worked out by hand here."""
    refused = Answer(answered=False, answer=REFUSAL)
    answers = {
        "open?": Answer(
            answered=True,
            answer="in 1890",
            quotes=(citation("opened in 1890"),),
            invented_quotes=("never said",),
            claims=(Claim("in 1890", True, 1.0, (citation("The bridge was opened in 1890."),)),),
            timings=Timings(first_token_s=2.0),
        ),
        "exact?": Answer(answered=True, answer="Rome.", timings=Timings(first_token_s=4.0)),
        "refused?": refused,
        "choice?": Answer(answered=True, answer="No, it does not."),
        "other choice?": Answer(answered=True, answer="Yes."),
        "unanswerable?": refused,
        "unanswerable too?": Answer(answered=True, answer="Something."),
    }
    yes_no = {"choices": ["yes", "no"]}
    path = write_cases(
        tmp_path,
        {
            "question": "open?",
            "passages": ["The bridge was opened in 1890."],
            "answers": ["1890"],
            "evidence": ["the BRIDGE was", "Eiffel"],
        },
        {"question": "exact?", "answers": ["rome"]},
        {"question": "refused?", "answers": ["x"]},
        {"question": "choice?", "answers": ["no"], **yes_no},
        {"question": "other choice?", "answers": ["no"], **yes_no},
        {"question": "unanswerable?", "answers": []},
        {"question": "unanswerable too?", "answers": [], "evidence": ["x"]},
    )
    assistant, told = FakeAssistant(answers), []
    figures = evaluate(
        read_cases(path), assistant=assistant, collection="c", memory=False, on_result=told.append
    )
    assert figures.cases == len(told) == 7
    assert figures.token_f1 == pytest.approx((2 / 3 + 1 + 0) / 3, abs=1e-4)
    assert figures.exact_match == pytest.approx(1 / 3, abs=1e-4)
    assert figures.answer_recall == pytest.approx(2 / 3, abs=1e-4)
    assert figures.intervals["answer_recall"] == (0, 1)
    assert [one.answer_recall for one in told] == [True, True, False, None, None, None, None]
    assert figures.choice_accuracy == 0.5
    assert figures.abstained_when_unanswerable == 0.5
    assert figures.abstained_when_answerable == 0.2
    assert figures.quotes_verbatim == 0.5
    assert figures.evidence_recall == 0.5
    assert figures.first_token_s == {"p50": 4.0, "p95": 4.0}
    question, options = assistant.asked[0]
    assert (question, options["collection"], options["memory"]) == ("open?", "c", False)
    assert options["passages"][0].text == "The bridge was opened in 1890."
    assert assistant.asked[1][1]["passages"] is None
    assert [given["choices"] for _, given in assistant.asked[2:4]] == [(), ("yes", "no")]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (Answer(answered=True, answer="No difference was found."), True),
        (Answer(answered=True, answer="It fell", choice="no difference"), True),
        (Answer(answered=True, answer="no", choice="increased"), False),
        (Answer(answered=True, answer="Nothing."), False),
        (Answer(answered=False, answer=REFUSAL), False),
    ],
)
def test_a_closed_set_may_be_any_words(tmp_path, answer, right):
    choices = ["increased", "no", "no difference"]
    path = write_cases(
        tmp_path, {"question": "?", "answers": ["No difference"], "choices": choices}
    )
    figures = evaluate(read_cases(path), assistant=FakeAssistant({"?": answer}))
    assert figures.choice_accuracy == float(right)
    assert (figures.token_f1, figures.answer_recall) == (None, None)


def test_an_only_choice_is_no_choice(tmp_path):
    path = write_cases(tmp_path, {"question": "A?"}, {"question": "B?", "choices": ["x", " "]})
    with pytest.raises(CaseError, match=r"“choices” in line 2 of “cases\.jsonl”"):
        list(read_cases(path))


def test_no_cases_give_no_figures():
    figures = evaluate([], assistant=FakeAssistant({}))
    assert (figures.cases, figures.token_f1, figures.choice_accuracy) == (0, None, None)
    assert figures.first_token_s == {"p50": None, "p95": None}
