"""Sentences left out of passages: what stays, what is cut, and when nothing may be."""

import random
from dataclasses import replace

import numpy as np
import pytest

from rare_app.tuning.items import Evidence, Item, Passage
from rare_app.tuning.leaks import hold
from rare_app.tuning.reader_examples import Sampler
from rare_app.tuning.thin import cut_evidence, thin_item, thin_text

SENTENCES = [
    "The bridge spans the river.",
    "It was drawn by three firms.",
    "The bridge was opened in 1890 by the Queen.",
    "Its towers are of granite.",
    "Trains still cross it.",
]
TEXT = " ".join(SENTENCES)


def item(answer="1890", *, evidence=SENTENCES[2], text=TEXT):
    return Item(
        identifier="bridge",
        data_set="qed",
        split="train",
        kind="span",
        question="When was the bridge opened?",
        passages=(Passage(text=text, document="bridge"), Passage(text="Bees fly.")),
        gold=(0,),
        answer=answer,
        answers=(answer,),
        evidence=(Evidence(passage=0, text=evidence),),
    )


def embed(texts):
    return np.ones((len(texts), 4), np.float32)


def test_sentences_are_left_out_as_often_as_said_but_never_the_first_or_a_kept_one():
    lengths = []
    for seed in range(400):
        thin = thin_text(TEXT, share=0.3, chance=random.Random(seed), kept={3})
        stay = [one for one in SENTENCES if one in thin]
        assert thin == " ".join(stay)
        assert {SENTENCES[0], SENTENCES[3]} <= set(stay)
        lengths.append(len(stay))
    assert 4.0 < sum(lengths) / len(lengths) < 4.2  # 2 + 3 * 0.7


def test_the_lines_of_a_passage_stay_lines():
    text = "Fees\nThe rent is 900 euros.\nThe deposit is 1,800 euros."
    assert thin_text(text, share=0.0, chance=random.Random(0)) == text
    assert thin_text(text, share=1.0, chance=random.Random(0), kept={2}) == (
        "Fees\nThe deposit is 1,800 euros."
    )
    assert thin_text("", share=1.0, chance=random.Random(0)) == ""


def test_evidence_stays_with_the_sentence_before_it():
    thin = thin_item(item(), share=1.0, chance=random.Random(0))
    assert thin.passages[0].text == " ".join(SENTENCES[:3])
    assert thin.passages[1] == item().passages[1]
    assert thin.evidence[0].text in thin.passages[0].text


def test_evidence_over_two_sentences_stays_in_one_piece():
    both = f"{SENTENCES[2]} {SENTENCES[3]}"
    thin = thin_item(item(evidence=both), share=1.0, chance=random.Random(0))
    assert both in thin.passages[0].text
    assert SENTENCES[4] not in thin.passages[0].text


def test_a_passage_without_its_evidence_is_left_as_it_is():
    lost = item(evidence="Words that are nowhere.")
    assert thin_item(lost, share=1.0, chance=random.Random(0)) == lost
    assert cut_evidence(lost) is None


def test_cut_evidence_leaves_a_question_that_is_not_answered():
    cut = cut_evidence(item())
    assert cut is not None
    assert cut.passages[0].text == " ".join([*SENTENCES[:2], *SENTENCES[3:]])
    assert (cut.answerable, cut.evidence, cut.gold) == (False, (), (0,))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("1890", f"{TEXT} A plaque says 1890."),
        ("the Queen", f"{TEXT} A queen never came back."),
        ("in the year 1890 by the Queen", f"{TEXT} It was in the year 1890 by the Queen."),
        ("1890", SENTENCES[2]),
    ],
    ids=["told again", "named again", "long and told again", "nothing left"],
)
def test_nothing_is_cut_where_the_rest_may_answer_or_is_empty(answer, text):
    assert cut_evidence(item(answer, text=text)) is None


def test_the_sampler_cuts_the_share_that_it_is_told():
    sampler = Sampler([item()], held=hold([]), embed=embed, distractors=0, cut=0.5)
    drawn = [sampler.draw(item(), random_source=random.Random(seed)) for seed in range(300)]
    shown = [one for one in drawn if one is not None]
    assert all((SENTENCES[2] in one.texts[0]) == bool(one.needs) for one in shown)
    assert 0.35 < sum(not one.needs for one in shown) / len(shown) < 0.65


def test_the_sampler_thins_gold_passages_and_distractors_alike():
    other = replace(
        item("granite"), identifier="other", passages=(Passage(text="One. Two. Three. Four."),)
    )
    sampler = Sampler([item(), other], held=hold([]), embed=embed, distractors=1, thin=0.5)
    seen: dict[str, set[str]] = {"gold": set(), "other": set()}
    for seed in range(100):
        drawn = sampler.draw(item(), random_source=random.Random(seed))
        assert drawn is not None
        for text in drawn.texts:
            seen["other" if text.startswith("One.") else "gold"].add(text)
        for passage, start, end in drawn.answers:
            assert drawn.texts[passage][start:end] == "1890"
    assert len(seen["gold"]) > 2
    assert len(seen["other"]) > 2
