import random
import re
from dataclasses import replace

from rare_app.lab.tuning.example_file import read_groups, write_groups
from rare_app.lab.tuning.groups import Plan, own_groups, shared_groups
from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.leaks import hold
from rare_app.lab.tuning.text import holds
from rare_app.prompt.layout import REFUSAL

from .conftest import span_item


def build(items, embed, **plan):
    return shared_groups(
        items, plan=Plan(**plan), embed=embed, held=hold([]), random_source=random.Random(0)
    )


def test_every_item_is_asked_once_with_its_gold_passage(span_items, embed):
    groups = build(span_items, embed)
    asked = [q.identifier for group in groups for q in group.questions if q.answerable]
    assert sorted(asked) == sorted(item.identifier for item in span_items)
    gold = {item.identifier: item.passages[0].text for item in span_items}
    for group in groups:
        shown = [passage.text for passage in group.passages]
        assert len(shown) == len(set(shown)) <= 6
        assert all(gold[q.identifier] in shown for q in group.questions if q.answerable)


def test_quotes_are_verbatim_and_answers_follow(span_items, embed):
    for group in build(span_items, embed):
        for question in group.questions:
            quotes = re.findall(r"<quote>(.*?)</quote>", question.reasoning)
            assert bool(quotes) == question.answerable
            assert all(any(q in p.text for p in group.passages) for q in quotes)
            assert question.answerable or question.answer == REFUSAL


def test_gold_stands_at_every_rank(span_items, embed):
    ranks = set()
    gold = {item.identifier: item.passages[0].text for item in span_items}
    for group in build(span_items, embed, sizes=(0, 0, 0, 0, 0, 1)):
        shown = [passage.text for passage in group.passages]
        ranks |= {shown.index(gold[q.identifier]) for q in group.questions if q.answerable}
    assert ranks == set(range(6))


def test_refused_questions_are_not_answered_by_the_passages(span_items, embed):
    answers = {item.identifier: item.answer for item in span_items}
    groups = build(span_items, embed, refused=0.5)
    refused = [(q, g) for g in groups for q in g.questions if not q.answerable]
    assert 0.2 < len(refused) / sum(len(group.questions) for group in groups) < 0.4
    for question, group in refused:
        assert not any(
            holds(passage.text, answers[question.identifier]) for passage in group.passages
        )


def test_marked_unanswerable_items_are_refused_over_their_own_passage(embed):
    answered = span_item(1)
    items = [answered, replace(span_item(1, impossible=True), identifier="marked")]
    (group,) = build(items, embed, sizes=(1,), refused=1.0)
    assert {q.identifier: q.answerable for q in group.questions} == {
        "item-1": True,
        "marked": False,
    }


def test_held_out_passages_are_never_distractors(span_items, embed):
    held = hold([replace(span_items[0], split="validation")])
    groups = shared_groups(
        span_items, plan=Plan(), embed=embed, held=held, random_source=random.Random(0)
    )
    assert not any(held.copied(p.text) for group in groups for p in group.passages)


def test_hops_are_quoted_in_order_and_partial_evidence_is_refused():
    passages = tuple(
        Passage(text=f"Fact {n}: the thing {n} leads to thing {n + 1}.", title=str(n))
        for n in range(8)
    )
    item = Item(
        identifier="hop",
        data_set="multihop",
        split="train",
        kind="multihop",
        question="Where does thing 5 lead in the end?",
        passages=passages,
        gold=(5, 2),
        answer="thing 3",
        evidence=tuple(Evidence(passage=i, text=passages[i].text) for i in (5, 2)),
    )
    plan = Plan(sizes=(0, 0, 0, 1), refused=0.0)
    (group,) = own_groups(
        [item], plan=plan, held=hold([]), random_source=random.Random(1), together=1
    )
    reasoning = group.questions[0].reasoning
    assert reasoning.index("Fact 5") < reasoning.index("Fact 2") < reasoning.index("thing 3.", 60)
    assert len(group.passages) == 4
    (group,) = own_groups(
        [item],
        plan=replace(plan, refused=1e9),
        held=hold([]),
        random_source=random.Random(1),
        together=1,
    )
    assert group.questions[0].answer == REFUSAL
    assert not any(holds(passage.text, "thing 3") for passage in group.passages)


def test_example_file_round_trip(tmp_path, span_items, embed):
    groups = build(span_items, embed)
    write_groups(tmp_path / "examples.jsonl", groups)
    again = read_groups(tmp_path / "examples.jsonl")
    assert [g.questions for g in again] == [g.questions for g in groups]
    assert [[p.text for p in g.passages] for g in again] == [
        [p.text for p in g.passages] for g in groups
    ]
