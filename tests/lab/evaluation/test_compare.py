import json
from collections import Counter

import numpy as np
import pytest

from rare_app.errors import UserError
from rare_app.lab.evaluation.compare import compare, find_sets
from rare_app.lab.evaluation.passages import gold_places, likest_sentence
from rare_app.lab.evaluation.report import sum_up, write_report
from rare_app.lab.evaluation.variants import VARIANTS, choose_variants
from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Citation

MILL = "The mill burned down. It was rebuilt in 1901."
RIVER = "Rivers flow to the sea."
CASES = [
    {"id": "a", "question": "When?", "passages": [RIVER, MILL], "answers": ["1901"]},
    {"id": "b", "question": "Where to?", "passages": [RIVER, MILL], "answers": ["the sea"]},
    {"id": "c", "question": "Who?", "passages": [RIVER], "answers": []},
]
CLOSED = [
    {
        "id": name,
        "question": f"{name}?",
        "passages": [RIVER, MILL],
        "answers": [right],
        "choices": ["yes", "no"],
        "evidence": [RIVER],
    }
    for name, right in (("p", "yes"), ("q", "yes"), ("r", "no"))
]


def words(texts):
    """Embed as hashed bags of words."""
    vectors = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            vectors[row, sum(word.encode()) % 64] += 1.0
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class FakeAnswerer:
    """Answers what its table says, quoting the first passage; may stop after some questions."""

    def __init__(self, said=(), most=None):
        self.said, self.most = dict(said), most
        self.asked, self.shown = Counter(), {}

    def __call__(self, case, passages, *, variant):
        if self.most is not None and sum(self.asked.values()) >= self.most:
            raise KeyboardInterrupt
        self.asked[variant.name] += 1
        self.shown[variant.name, case.id] = None if passages is None else [p.text for p in passages]
        answer = self.said.get(case.id, "1901")
        quotes = (Citation(passage=0, document="d", page=1, start=0, end=1, quote="R"),)
        if answer == REFUSAL:
            return Answer(answered=False, answer=answer)
        return Answer(answered=True, answer=answer, quotes=quotes if passages else ())


@pytest.fixture
def folder(tmp_path):
    for name, cases in (("open", CASES), ("closed", CLOSED)):
        path = tmp_path / "cases" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(case) + "\n" for case in cases))
    return tmp_path / "cases"


def run(folder, answerer, *, variants=VARIANTS, said=None, facts=None, limit=None):
    return compare(
        find_sets([folder], limit=limit),
        variants,
        answer=answerer,
        embed=words,
        output=folder.parent / "out",
        facts=facts or {"model": "m"},
        say=(said if said is not None else []).append,
    )


def test_each_variant_sees_its_passages(folder):
    answerer = FakeAnswerer()
    records = run(folder, answerer)
    assert set(records) == {"open", "closed"}
    shown = answerer.shown
    assert shown["adapter", "a"] == [RIVER, MILL]
    assert shown["closed-book", "a"] is None
    assert shown["base-gold", "a"] == [MILL]
    assert shown["base-gold", "p"] == [RIVER]  # by its evidence: “yes” itself tells nothing
    assert ("base-gold", "c") not in shown  # unanswerable: there is no gold passage
    assert len(shown["base-sentence", "a"]) == 1


def test_the_sentence_most_like_the_question(folder):
    [case, *_] = find_sets([folder])["open"]
    from rare_app.lab.evaluation import given_passages

    passages = given_passages(case.passages)
    [best] = likest_sentence("when was it rebuilt", passages, embed=words)
    assert best.text == "It was rebuilt in 1901."
    assert MILL[best.start : best.end] == best.text
    assert gold_places(case, passages) == [1]


def test_figures_table_and_chart(folder):
    said = {"b": REFUSAL, "c": REFUSAL, "p": "Yes.", "q": "no", "r": "no"}
    [adapter] = choose_variants(["adapter"])
    results = sum_up(run(folder, FakeAnswerer(said), variants=[adapter]))
    figures = results["open"]["adapter"]
    assert figures["token_f1"]["value"] == 0.5
    assert (figures["token_f1"]["low"], figures["token_f1"]["high"]) == (0, 1)
    assert figures["abstained_when_unanswerable"]["value"] == 1
    assert figures["abstained_when_answerable"]["value"] == 0.5
    assert figures["quotes_in_gold"]["value"] == 0  # the quote is from the river, and b refused
    closed = results["closed"]["adapter"]
    assert closed["choice_accuracy"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert closed["majority_share"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert closed["macro_f1"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert closed["quotes_in_gold"]["value"] == 1
    files = write_report(results, output=folder.parent / "out", facts={"model": "m"})
    data, text, chart = files
    assert json.loads(data.read_text())["results"] == results
    assert "| adapter | 3 |" in text.read_text()
    assert "0.500 (0.000–1.000)" in text.read_text()
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_an_interrupted_comparison_goes_on(folder):
    variants = choose_variants(["adapter", "base-short"])
    with pytest.raises(KeyboardInterrupt):
        run(folder, FakeAnswerer(most=5), variants=variants)
    path = folder.parent / "out" / "cases" / "closed--base-short.jsonl"
    path.write_text(path.read_text() + '{"id": "')  # a kill in the midst of a line
    answerer, said = FakeAnswerer(), []
    records = run(folder, answerer, variants=variants, said=said)
    assert "closed, base-short: going on after case 2 of 3" in said
    assert answerer.asked == {"base-short": 1 + 3, "adapter": 3}
    assert [len(own) for by in records.values() for own in by.values()] == [3, 3, 3, 3]
    again = FakeAnswerer()
    assert run(folder, again, variants=variants) == records
    assert not again.asked
    # Fewer cases are a part of what is there; other cases or another model are refused.
    assert len(run(folder, again, variants=variants, limit=2)["open"]["adapter"]) == 2
    with pytest.raises(UserError, match="figures with model “m”, not “other”"):
        run(folder, again, facts={"model": "other"})
    (folder / "open.jsonl").write_text(json.dumps({**CASES[0], "question": "Else?"}) + "\n")
    with pytest.raises(UserError, match=r"line 1 belongs to other cases"):
        run(folder, again, variants=variants)


def test_what_cannot_be_compared_is_said(folder, tmp_path):
    with pytest.raises(UserError, match="no variant “x”; known are adapter, adapter-causal"):
        choose_variants(["x"])
    assert not any(one.adapted for one in choose_variants(adapter=False))
    with pytest.raises(UserError, match="No variant is left without an adapter"):
        choose_variants(["adapter"], adapter=False)
    with pytest.raises(UserError, match=r"holds no .jsonl file"):
        find_sets([tmp_path])
    with pytest.raises(UserError, match=r"Two files are named “open\.jsonl”"):
        find_sets([folder, folder / "open.jsonl"])
    (folder / "open.jsonl").write_text('{"question": "Why?"}\n')
    with pytest.raises(UserError, match=r"Case 1 of “open\.jsonl” has no passages"):
        find_sets([folder])


@pytest.mark.model
def test_plain_prompts_run_in_llama_cpp(engine, shared_settings):
    from rare_app.lab.evaluation import Case, given_passages
    from rare_app.lab.evaluation.answerer import ModelAnswerer

    answerer = ModelAnswerer(settings=shared_settings, assistant=None, engine=engine)
    case = Case("a", "When?", (MILL,), ("1901",), None, None)
    for name in ("base-short", "base-instruct", "closed-book"):
        [variant] = choose_variants([name])
        passages = None if variant.shown == "none" else given_passages(case.passages * 60)
        answer = answerer(case, passages, variant=variant)
        assert answer.answer
        assert answer.tokens.prompt < shared_settings.context_tokens
        assert answer.adapter is None
