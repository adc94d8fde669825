import json

from rare_app.lab.tuning.cases import closed_case, open_cases, write_cases

from .conftest import span_item


def test_cases_hold_gold_among_other_passages(embed, tmp_path):
    items = [span_item(n, split="validation") for n in range(30)]
    cases = open_cases(items, embed=embed, seed=0, limit=20)
    assert len(cases) == 20
    by_id = {item.identifier: item for item in items}
    for case in cases:
        item = by_id[case["id"]]
        assert 4 <= len(case["passages"]) <= 6
        assert item.passages[0].text in case["passages"]
        holding = [p for p in case["passages"] if item.answer in p.split()]
        assert len(holding) <= 1
        assert case["evidence"][0] in item.passages[0].text
        assert case["choices"] is None
    write_cases(tmp_path / "cases.jsonl", cases)
    lines = (tmp_path / "cases.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [case["id"] for case in cases]


def test_unanswerable_case_has_no_answers():
    case = closed_case(span_item(1, impossible=True))
    assert case["answers"] == []
    assert case["evidence"] is None
