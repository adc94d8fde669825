from dataclasses import replace

from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.leaks import drop_leaks, hold

from .conftest import span_item


def test_validation_questions_and_passages_are_dropped():
    held_out = span_item(1, split="validation")
    held = hold([held_out])
    same_question = replace(span_item(2), question="WHO named the castle, number 1?")
    copied = replace(
        span_item(3),
        passages=(Passage(text="Preface. " + held_out.passages[0].text, document="other"),),
    )
    kept, report = drop_leaks([same_question, copied, span_item(4)], held)
    assert [item.identifier for item in kept] == ["item-4"]
    assert report.dropped == {"qed: question validates": 1, "qed: passage validates": 1}


def test_nothing_kept_shares_a_run_of_words_with_validation():
    held_out = [span_item(n, split="validation") for n in range(5)]
    held = hold(held_out)
    kept, _ = drop_leaks([span_item(n) for n in range(10)], held)
    assert [item.identifier for item in kept] == [f"item-{n}" for n in range(5, 10)]
    assert not any(held.copied(passage.text) for item in kept for passage in item.passages)


def test_asked_twice_is_kept_once_and_reported():
    kept, report = drop_leaks([span_item(1), span_item(1)], hold([]))
    assert len(kept) == 1
    assert report.dropped == {"qed: asked before": 1}
    assert any("asked before" in line for line in report.lines())
