"""The training of what tells yes from no."""

from dataclasses import replace

import pytest

from rare_app.errors import UserError
from rare_app.evidence.verdict import load_verdict_model
from rare_app.tuning.items import Item, Passage
from rare_app.tuning.verdicts import train_verdicts


def item(number, answer, told, *, data_set="pubmedqa"):
    return Item(
        identifier=f"{data_set}-{number}",
        data_set=data_set,
        split="train",
        kind="decision",
        question=f"Does treatment {number} help the patients?",
        passages=(
            Passage(text="We asked whether it is lower and improved in the groups."),
            Passage(text=f"In study {number} {told}"),
        ),
        gold=(0, 1),
        answer=answer,
        answers=(answer,),
        choices=("yes", "no", "maybe"),
    )


TOLD = {
    "yes": "pain was clearly lower and sleep improved in the treated group.",
    "no": "there was no difference at all between the groups.",
    "maybe": "results were mixed, more work is needed before a conclusion.",
}
ITEMS = [item(n, answer, TOLD[answer]) for n in range(60) for answer in TOLD if n % 3 or n < 30]


def test_the_words_of_the_last_passage_are_learned(tmp_path):
    path = tmp_path / "models" / "verdict.json"
    report = train_verdicts(ITEMS, output=path)
    assert (report.questions, report.checked) == (len(ITEMS), len(ITEMS))
    assert report.majority == pytest.approx(1 / 3)
    assert report.accuracy > 0.9
    assert report.macro_f1 > 0.9
    model = load_verdict_model(path)
    asked = "Does treatment X help?"
    for answer, told in TOLD.items():
        said = model.judge(asked, told)
        assert max(("yes", "no", "maybe"), key=lambda name: getattr(said, name)) == answer


def test_a_verdict_that_nobody_gave_stays_far_below(tmp_path):
    items = [one for one in ITEMS if one.answer != "maybe"]
    path = tmp_path / "verdict.json"
    assert train_verdicts(items, output=path).accuracy > 0.9
    said = load_verdict_model(path).judge("Does it help?", TOLD["no"])
    assert said.no > 0.6
    assert said.maybe < 0.01


def test_other_sets_stand_for_texts_of_another_kind(tmp_path):
    told = "the parties agree to the terms of this lease and shall keep them."
    more = [item(n, "yes", told, data_set="boolq_dev") for n in range(60)]
    unused = [replace(one, data_set="qed") for one in ITEMS]
    path = tmp_path / "verdict.json"
    report = train_verdicts([*ITEMS, *more, *unused], output=path)
    assert (report.questions, report.checked) == (len(ITEMS) + len(more), len(ITEMS))
    assert report.known > 0.9
    assert report.mistaken < 0.1
    model = load_verdict_model(path)
    assert model.judge("Does it help?", told).known < 0.5 < model.judge("?", TOLD["no"]).known


@pytest.mark.parametrize("items", [[], ITEMS[:1], [replace(one, answer="42") for one in ITEMS]])
def test_without_questions_of_the_kind_it_says_so(items, tmp_path):
    with pytest.raises(UserError, match="findings that say yes, no or maybe"):
        train_verdicts(items, output=tmp_path / "verdict.json")
