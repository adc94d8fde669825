"""Yes, no or maybe: which questions ask for it, and what the words of a finding say."""

import json
import math

import pytest

from rare_app.errors import UserError
from rare_app.evidence import Guide, VerdictModel, find_verdicts
from rare_app.evidence.verdict import asks_for_verdict, load_verdict_model, vector
from rare_app.settings import PROJECT_FOLDER

MODEL = VerdictModel(
    question={"safe": (1.0, 0.5, 0.0, 0.0, 0.0)},
    evidence={
        "reduced": (1.0, 2.0, -1.0, 0.0, -2.0),
        "no": (2.0, -1.0, 3.0, 0.0, 0.0),
        "tenant": (1.0, 0.0, 0.0, 0.0, 5.0),
    },
    bias=(0.5, 0.0, -1.0, 1.0),
)


@pytest.mark.parametrize(
    "question",
    [
        "Does aspirin reduce fever?",
        "is the lease still valid",
        "Therapeutic anticoagulation in the trauma patient: is it safe?",
        "In patients over 80, should statins be given?",
        "Syncope during bathing in infants, a form of urticaria?",
        "Isn't the deposit to be paid back?",
        "Is it known whether or not it helps?",
    ],
)
def test_a_question_whether_something_is_so_asks_for_a_verdict(question):
    assert asks_for_verdict(question)


@pytest.mark.parametrize(
    "question",
    [
        "What does aspirin reduce?",
        "who is the father of the internet",
        "How often does it happen: is it known?",
        "Is a problem instance abstract or concrete?",
        "the cuban missile crisis began in 1962 when which country placed missiles",
        "when was it, and did it rain",
        "List the parties.",
        "",
    ],
)
def test_any_other_question_does_not(question):
    assert not asks_for_verdict(question)


def test_words_move_the_odds_as_their_weights_say():
    plain = MODEL.judge("Is it?", "Nothing is known here.")
    total = math.exp(0.5) + 1 + math.exp(-1)
    assert plain.yes == pytest.approx(math.exp(0.5) / total)
    assert plain.yes + plain.no + plain.maybe == pytest.approx(1)
    assert MODEL.judge("Is it safe?", "").yes > plain.yes
    assert MODEL.judge("Is it?", "The pain was reduced.").yes > plain.yes
    denied = MODEL.judge("Is it?", "There was no change, none: no, no.")
    assert denied.no > 0.8 > denied.yes
    assert plain.known == pytest.approx(total / (total + math.e))


def test_texts_of_another_kind_are_known_as_such():
    assert MODEL.judge("Is it?", "The pain was reduced.").known > 0.9
    assert MODEL.judge("Is it?", "The tenant may not.").known < 0.1


def test_a_text_is_weighed_to_unit_length():
    made = vector("No, no! It REDUCED x", {"no": 2.0, "reduced": 1.0, "other": 1.0})
    assert set(made) == {"no", "reduced"}
    assert sum(value * value for value in made.values()) == pytest.approx(1)
    assert made["no"] / made["reduced"] == pytest.approx(2 * (1 + math.log(2)))
    assert vector("nothing known", {"no": 1.0}) == {}


def test_the_guide_asks_it_only_where_a_verdict_is_asked_for():
    guide = Guide(embed=lambda texts: None, verdicts=MODEL)
    assert guide.verdict("What is it?", "It was reduced.") is None
    assert guide.verdict("Is it reduced?", "It was reduced.").yes > 0.8
    assert Guide(embed=lambda texts: None).verdict("Is it reduced?", "It was reduced.") is None


def test_the_shipped_weights_know_the_words_of_findings(settings):
    assert (PROJECT_FOLDER / "models" / "verdict.json").is_file()
    model = find_verdicts(settings)
    asked = "Does the drug reduce pain?"
    helped = model.judge(asked, "Pain was significantly lower in the treated group (p<0.001).")
    nothing = model.judge(asked, "There was no significant difference between the groups.")
    assert helped.yes > 0.6 > nothing.yes
    assert nothing.no > helped.no + 0.2
    assert min(helped.known, nothing.known) > 0.5
    assert model.judge("May the tenant keep a dog?", "The tenant may not keep a dog.").known < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"bias": [1, 2, 3], "question": {}, "evidence": {}}',
        '{"bias": [1, 2, 3, 4], "question": {"a": 5}, "evidence": {}}',
        '{"bias": [1, 2, 3, 4], "question": {"a": [1, 2, 3, 4]}, "evidence": {}}',
    ],
)
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "verdict.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"verdict\.json cannot be read"):
        load_verdict_model(path)


def test_a_damaged_file_in_the_users_folder_leaves_the_model_alone(settings, caplog):
    path = settings.home / "models" / "verdict.json"
    path.parent.mkdir(parents=True)
    path.write_text("no", "utf-8")
    assert find_verdicts(settings) is None
    assert "left to the model" in caplog.text
    path.write_text(
        json.dumps({"bias": [1, 0, 0, 0], "question": {}, "evidence": {"a": [1, 0, 9, 0, 0]}}),
        "utf-8",
    )
    assert find_verdicts(settings).judge("Is it?", "a").no > 0.9
