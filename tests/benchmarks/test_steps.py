"""Questions that need steps stand in their documents; cases, tables and judgements are right."""

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmarks import own_documents, steps_cases
from benchmarks.steps import is_right, judge, main, missing, sheet, table
from benchmarks.steps_cases import (
    DOCUMENTS,
    follows,
    one_line,
    own_cases,
    read_questions,
)
from rare_app.documents import read_document
from rare_app.errors import UserError
from rare_app.lab.evaluation import given_passages, read_cases
from rare_app.lab.tuning.readers import finqa
from rare_app.lab.tuning.readers.multihop import FILES
from rare_app.settings import Settings
from rare_app.types import Answer, Timings

ASKED = read_questions()


def test_six_questions_of_each_kind_four_in_german():
    assert Counter(one["kind"] for one in ASKED) == dict.fromkeys(
        ("two documents", "comparison", "calculation", "whole document"), 6
    )
    assert Counter(one["language"] for one in ASKED) == {"en": 20, "de": 4}
    assert len({one["id"] for one in ASKED} | {one["question"] for one in ASKED}) == 48
    for one in ASKED:
        assert missing(one["right"], one["must"]) == []
        assert missing("", one["must"]) == one["must"]
        assert one["wrong"]
    for one in ASKED[:12]:
        assert len({place["document"] for place in one["places"]}) > 1


def test_every_place_holds_its_words(tmp_path):
    read = {
        path.name: read_document(path, name=path.name, settings=Settings(home=tmp_path))
        for path in DOCUMENTS.iterdir()
    }
    named = {place["document"] for one in ASKED for place in one["places"]}
    assert named == set(read)
    for place in (place for one in ASKED for place in one["places"]):
        words = one_line(place["words"])
        pages = read[place["document"]].pages
        found = [page.number for page in pages if words in one_line(page.text)]
        assert found, place
        assert place["page"] in (None, *found), place


def test_what_a_right_answer_must_hold_is_found_however_it_is_written():
    must = ["1,500", "16 May|May 16", "tuesday"]
    assert missing("On Tuesday, 16 May 2026: £1500.", must) == []
    assert missing("Am Tuesday, May 16: 1.500,00 €", must) == []
    assert missing("On Monday, 16 June: 15,000", must) == must
    assert missing("The noon", ["no"]) == ["no"]
    assert missing("Bis 31.03.2028.", ["31. März 2028|31.03.2028"]) == []
    assert missing("Bis 30.03.2028.", ["31.03.2028"]) == ["31.03.2028"]


def passage(document, text, page=1):
    (one,) = given_passages([text])
    return replace(one, document=document, page=page)


def test_what_the_first_document_holds_is_given_and_the_rest_is_held_back():
    question = {
        "id": "q",
        "kind": "calculation",
        "question": "?",
        "right": "3 h",
        "must": ["3"],
        "places": [
            {"document": "a", "page": 2, "words": "20 mmol"},
            {"document": "b", "page": None, "words": "15 mmol"},
        ],
    }
    gold = [passage("a", "at | 20\nmmol |", 2), passage("b", "at **15** mmol")]
    others = [passage("a", "20 mmol", 1), *(passage(f"c{at}", "else") for at in range(20))]
    (case,) = own_cases([question], [*others[:9], *gold, *others[9:]])
    assert len(case["passages"]) == steps_cases.GIVEN
    assert len(case["held"]) == steps_cases.HELD
    assert "a\nat | 20\nmmol |" in case["passages"]
    assert "a\n20 mmol" in case["passages"]  # its own document's, before all others
    assert "b\nat **15** mmol" in case["held"]
    assert not {*case["passages"]} & {*case["held"]}
    assert case["needed"] == ["calculation", "search"]
    (alone,) = own_cases([question | {"places": question["places"][:1]}], [*gold, *others])
    assert alone["needed"] == ["calculation"]


def test_an_answer_follows_from_its_program_or_is_left_out():
    assert follows(["57%", "0.57484"])
    assert follows(["-485760", "-485760.0"])
    assert follows(["3.5%", "0.03549"])
    assert not follows(["38%", "0.00971"])
    assert not follows(["yes", "yes"])
    assert not follows(["none", "1.0"])


def _entry(report, number, **fields):
    return {
        "q_uid": f"{report}-{number}",
        "question": f"what is the change of {report} in {number}?",
        "answers": {"str_answer": "5", "exe_answer": 5.0},
        "evidence": {"table_1": "sales 25 20"},
        "program": "subtract(25, 20)",
        "context": {
            "pre_text": ["long before ." * 40, "more before ." * 40],
            "post_text": [f"part {at} ." * 60 for at in range(4)],
            "table": [["", "2021", "2020"], ["sales", "25", "20"]],
        },
        **fields,
    }


def _article(number, text=""):
    return [f"Town {number}", [text or f"Town {number} is a town."]]


def _hops(number, **fields):
    context = [_article(at) for at in range(10)]
    context[3] = _article(3, f"Ada {number} was born in Town 7.")
    context[7] = _article(7, "Town 7 lies on the Severn.")
    return {
        "_id": str(number),
        "question": f"On which river lies the birthplace of Ada {number}?",
        "answer": "Severn",
        "context": context,
        "supporting_facts": [["Town 7", 0], ["Town 3", 0]],
        **fields,
    }


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    names = [f"r{at}" for at in range(8)]
    entries = {
        name: [_entry(name, 1), _entry(name, 2, answers={"str_answer": "9", "exe_answer": 5.0})]
        for name in names
    }
    (folder / "uda_bench").mkdir(parents=True)
    (folder / "uda_bench" / "bench_fin_qa.json").write_text(json.dumps(entries))
    (folder / "multihop").mkdir()
    for name in FILES:
        (folder / "multihop" / name).write_text("[]")
    told = _hops(2)
    told["context"][0] = _article(0, "All know the Severn.")
    named = _hops(3, question="Is it the Severn or the Wye that Ada 3 was born on?")
    named["context"][0] = _article(0, "All know the Severn.")
    few = _hops(4)
    few["context"] = [few["context"][3], few["context"][7]]
    rows = [_hops(1), told, named, few]
    (folder / "multihop" / "hotpot200.json").write_text(json.dumps(rows))
    (folder / "multihop" / "2wiki200.json").write_text(json.dumps([_hops(5)]))
    return folder


def test_cases_are_built(data, tmp_path, monkeypatch):
    places = [place for one in ASKED for place in one["places"]]
    pages = [passage(one["document"], one["words"], one["page"] or 1) for one in places]
    monkeypatch.setattr(steps_cases, "library_passages", lambda _: pages)
    output = tmp_path / "cases"
    assert main(["build", "--data", str(data), "--output", str(output)]) == 0
    sets = {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in output.iterdir()
    }
    assert {name: len(own) for name, own in sets.items()} == {
        "steps_finqa": sum(finqa.held_back(f"r{at}") for at in range(8)),
        "steps_hotpot": 2,
        "steps_2wiki": 1,
        "steps_own": 24,
    }
    assert 0 < len(sets["steps_finqa"]) < 8
    for case in sets["steps_finqa"]:
        assert case["passages"][0] == "|  | 2021 | 2020 |\n| --- | --- | --- |\n| sales | 25 | 20 |"
        assert (len(case["passages"]), case["program"]) == (5, "25 - 20")
        assert (case["needed"], case["answers"]) == (["calculation"], ["5", "5.0"])
    assert {one["id"] for one in sets["steps_hotpot"]} == {"multihop-1", "multihop-3"}
    for case in sets["steps_hotpot"] + sets["steps_2wiki"]:
        number = case["id"].removeprefix("multihop-")
        assert f"Ada {number} was born in Town 7." in case["passages"]
        assert "Town 7 lies on the Severn." in case["held"]
        assert (len(case["passages"]), len(case["held"])) == (5, 5)
        assert case["needed"] == ["search"]
    for name, own in sets.items():
        assert len(list(read_cases(output / f"{name}.jsonl"))) == len(own)


def answered(label, identifier, answer, **fields):
    return {
        "label": label,
        "set": "steps_finqa",
        "id": identifier,
        "question": "?",
        "refused": not answer,
        "answer": answer,
        "accepted": ["5"],
        "choice_right": None,
        "answer_recall": False,
        "doubtful": False,
        "steps": [],
        "timings": {"first_token_s": 1.0, "total_s": 2.0},
        **fields,
    }


def step(kind="calculation", trouble=""):
    done = "" if trouble or kind == "search" else "5"
    return {"kind": kind, "text": "25 - 20", "result": done, "trouble": trouble, "passages": [3]}


def test_labels_are_compared(tmp_path):
    needed = {"a": ["calculation"], "b": ["calculation"], "c": []}
    lines = [
        json.dumps({"id": name, "question": "?", "needed": kinds}) for name, kinds in needed.items()
    ]
    (tmp_path / "steps_finqa.jsonl").write_text("\n".join(lines) + "\n")
    rows = [
        answered("before", "a", "It is 6."),
        answered("before", "b", "It is 7.", doubtful=True),
        answered("before", "c", ""),
        answered("steps", "a", "It is 5.", steps=[step(), step(trouble="no number")]),
        answered("steps", "b", "It is 7."),
        answered("steps", "c", "It is 5.", answer_recall=True, steps=[step("search")]),
        {"label": "steps", "set": "steps_finqa", "id": "c", "question": "?", "trouble": "stuck"},
    ]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table(rows, tmp_path).splitlines()
    ]
    heads = lines[0]
    before, after = (
        dict(
            zip(heads, next(one for one in lines if one[:2] == ["steps_finqa", label]), strict=True)
        )
        for label in ("before", "steps")
    )
    assert before["right"].startswith("0.000")
    assert before["wrong, no doubt"].startswith("0.333")
    assert before["refused"].startswith("0.333")
    assert (before["right after a step"], before["calculation well-formed"]) == ("–", "–")
    assert after["right"].startswith("0.667")
    assert after["right after a step"].startswith("1.000")
    assert after["calculation where needed"].startswith("0.500")
    assert after["calculation where not needed"].startswith("0.000")
    assert after["search where not needed"].startswith("0.333")
    assert after["search where needed"] == "–"
    assert after["calculation well-formed"].startswith("0.500")
    assert ["steps minus before, paired:"] in lines
    assert any(one[:2] == ["all", "3"] and one[2].startswith("+0.667") for one in lines)
    assert ["1 cases could not be asked."] in lines
    with pytest.raises(UserError, match="no case d of steps_finqa"):
        table([answered("before", "d", "5")], tmp_path)


def test_what_is_right_depends_on_the_case():
    case = {"needed": ["search"], "must": None}
    assert is_right(answered("x", "a", "1890", answer_recall=True) | case)
    assert not is_right(answered("x", "a", "5") | case)  # words are asked for, not a figure
    assert is_right(answered("x", "a", "yes", choice_right=True) | case)
    assert not is_right(answered("x", "a", "5", choice_right=False, answer_recall=True) | case)
    own = {"needed": ["calculation"], "must": ["350", "hours|h"]}
    assert is_right(answered("x", "a", "By 350 h.") | own)
    assert not is_right(answered("x", "a", "By 5 hours.") | own)


def kept(number, answer="It is 350.", **fields):
    asked = ASKED[number]
    row = {name: asked[name] for name in ("id", "kind", "language", "question", "right")}
    return {
        **row,
        "answered": bool(answer),
        "answer": answer,
        "doubtful": False,
        "remarks": "",
        "reasoning": "First\nthis.",
        "steps": [step(), step("search"), step(trouble="no number")],
        "claims": [["It is 350.", "supported", [["log.xlsx", 1, "9,640"]]]],
        **fields,
    }


def test_judgements_are_summed_up(tmp_path, capsys):
    rows = [
        kept(0),
        kept(1, doubtful=True),
        kept(2),
        kept(12),
        kept(13, answer=""),
        kept(14, answer=""),
        kept(15),
    ]
    judged = ["right", "wrong", "wrong", "partly", "refused"]
    judgements = [
        {"id": row["id"], "judgement": one} for row, one in zip(rows, judged, strict=False)
    ]
    files = [tmp_path / "kept.jsonl", tmp_path / "judged.jsonl"]
    for path, own in zip(files, (rows, judgements), strict=True):
        path.write_text("".join(json.dumps(one) + "\n" for one in own))
    assert main(["judge", "--kept", str(files[0]), str(files[1])]) == 0
    told = {}
    for line in capsys.readouterr().out.splitlines()[2:]:
        name, count, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        told[name] = (count, *(int(cell.partition(":")[0]) for cell in cells))
    assert told == {
        "two documents": ("3 of 3", 1, 0, 1, 1, 0),
        "calculation": ("3 of 4", 0, 1, 0, 0, 2),
        "English": ("4 of 5", 1, 1, 1, 0, 1),
        "German": ("2 of 2", 0, 0, 0, 1, 1),
        "all": ("6 of 7", 1, 1, 1, 1, 2),
    }
    with pytest.raises(UserError, match="“fine” is no judgement"):
        judge(rows, [{"id": rows[0]["id"], "judgement": "fine"}])
    files[1].write_text(json.dumps({"id": "steps-99", "judgement": "right"}) + "\n")
    assert main(["judge", "--kept", str(files[0]), str(files[1])]) == 1
    assert "not asked: steps-99" in capsys.readouterr().err


def test_the_own_questions_are_asked_over_one_library_and_a_stopped_run_goes_on(
    tmp_path, monkeypatch
):
    added, said = [], []

    def add(paths):
        added.extend(path.name for path in paths)
        return SimpleNamespace(failed=[])

    def answer(question):
        said.append(question)
        return Answer(answered=True, answer="It is 350.", timings=Timings(1.0, 3.0))

    @contextmanager
    def opened(_):
        yield SimpleNamespace(
            library=SimpleNamespace(add=add), assistant=SimpleNamespace(answer=answer)
        )

    monkeypatch.setattr(own_documents, "services", opened)
    file = tmp_path / "kept.jsonl"
    assert main(["ask", "--kept", str(file), "--limit", "2"]) == 0
    assert main(["ask", "--kept", str(file), "--limit", "1"]) == 0
    assert said == [one["question"] for one in ASKED[:3]]
    assert sorted(added[: len(added) // 2]) == sorted(path.name for path in DOCUMENTS.iterdir())
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(row["id"], row["steps"], row["answer"]) for row in rows] == [
        (one["id"], [], "It is 350.") for one in ASKED[:3]
    ]
    assert file.with_suffix(".md").read_text("utf-8").count("- answer: It is 350.") == 3


def test_the_sheet_says_what_a_judge_needs():
    text = sheet([kept(12), kept(0, answer="")])
    assert f"## steps-13 (calculation): {ASKED[12]['question']}" in text
    assert f"- right: {ASKED[12]['right']}" in text
    assert "- answer: It is 350.\n- does not hold: –\n" in text
    assert "- reasoning: First this." in text
    done = "calculation “25 - 20”: 5; search “25 - 20”: 1 passages"
    assert f"- steps: {done}; calculation “25 - 20”: no number" in text
    assert "- citations: log.xlsx 1: “9,640”" in text
    assert "- answer: (refused)\n- does not hold: 52, 38, 46\n" in text
