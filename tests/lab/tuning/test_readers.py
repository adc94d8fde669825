import json

import pytest

from rare_app.errors import UserError
from rare_app.lab.tuning.readers import READERS, read_sets

from .conftest import write_lines


def verbatim(items):
    return all(
        part.text in item.passages[part.passage].text for item in items for part in item.evidence
    )


def test_qed_splits_by_file_and_quotes_the_sentence(tmp_path):
    text = "The mill was built in 1820 . It burned down in 1901 . Nobody rebuilt it ."
    record = {
        "example_id": 7,
        "paragraph_text": text,
        "question_text": "when did the old mill burn down",
        "title_text": "Mill",
        "answer_spans": [[text.index("1901"), text.index("1901") + 4]],
        "annotation": [{"context_entity_text": "It", "question_entity_text": "the old mill"}],
        "sentence_starts": [0, text.index("It"), text.index("Nobody")],
    }
    write_lines(tmp_path / "qed" / "nq-train-00-qed.jsonlines", [record])
    (item,) = read_sets(tmp_path)["qed"]
    assert item.split == "train"
    assert item.answer == "1901"
    assert item.evidence[0].text == "It burned down in 1901 ."
    assert item.evidence[0].then == "“It” is “the old mill” in the question."


def test_squad_keeps_what_is_not_answered(tmp_path):
    question = {"id": "a", "question": "Who?", "is_impossible": True, "answers": []}
    answered = {
        "id": "b",
        "question": "Where?",
        "is_impossible": False,
        "answers": [{"text": "Rome", "answer_start": 10}],
    }
    paragraph = {"context": "She lived Rome all her life.", "qas": [question, answered]}
    article = {"title": "A", "paragraphs": [paragraph]}
    folder = tmp_path / "squad2_half_dev"
    folder.mkdir()
    (folder / "dev-v2.0.json").write_text(json.dumps({"data": [article]}))
    first, second = read_sets(tmp_path)["squad2_half_dev"]
    assert not first.answerable
    assert first.gold == ()
    assert second.answer == "Rome"
    assert verbatim([first, second])


def test_a_question_of_squad_2_must_say_whether_it_is_answered(tmp_path):
    asked = {"id": "b", "question": "Where?", "answers": [{"text": "Rome", "answer_start": 10}]}
    paragraph = {"context": "She lived Rome all her life.", "qas": [asked]}
    folder = tmp_path / "squad2_half_dev"
    folder.mkdir()
    articles = [{"title": "A", "paragraphs": [paragraph]}]
    (folder / "dev-v2.0.json").write_text(json.dumps({"data": articles}))
    with pytest.raises(UserError, match="is_impossible"):
        read_sets(tmp_path)


def test_squad_s_training_set_is_all_for_training(tmp_path):
    asked = {
        "id": "b",
        "question": "Where?",
        "answers": [{"text": "Rome", "answer_start": 10}],
    }
    paragraph = {"context": "She lived Rome all her life.", "qas": [asked]}
    articles = [{"title": f"A_{n}", "paragraphs": [paragraph]} for n in range(9)]
    folder = tmp_path / "squad1_train"
    folder.mkdir()
    (folder / "train-v1.1.json").write_text(json.dumps({"data": articles}))
    items = read_sets(tmp_path)["squad1_train"]
    assert [item.split for item in items] == ["train"] * 9
    assert items[3].passages[0].title == "A 3"
    assert verbatim(items)


def test_quac_leaves_out_what_needs_the_question_before(tmp_path):
    first = "Anna Weber was born in Graz in 1902, and worked as a nurse. " * 12
    second = "She wrote three novels. " * 40 + "The last of them, Winter, won a prize."
    asked = {
        1: ("When was Anna Weber born?", "1902"),
        2: ("Did she have any children?", "CANNOTANSWER"),
        3: ("What else did she do?", "worked as a nurse"),
        4: ("Why?", "worked as a nurse"),
        5: ("Did her books win prizes?", "The last of them, Winter, won a prize."),
        6: ("What did the papers say?", "words that are not there"),
    }
    record = {
        "passage": f"{first}{second} CANNOTANSWER",
        "question": "".join(f"question{n}: {q}\n answer : ?\n" for n, (q, _) in asked.items()),
        "answer": "".join(
            f"possible answers for question{n}:\n{a}\n\n" for n, (_, a) in asked.items()
        ),
    }
    folder = tmp_path / "quac"
    folder.mkdir()
    (folder / "Quac-train.jsonl").write_text(json.dumps(record))
    born, children, prizes = read_sets(tmp_path)["quac"]
    assert (born.question, born.answer, born.gold) == ("When was Anna Weber born?", "1902", (0,))
    assert (children.question, children.answerable) == ("Did she have any children?", False)
    assert prizes.gold == (len(prizes.passages) - 1,)
    assert all(len(one.text) <= 1400 for one in prizes.passages)
    assert not any("CANNOTANSWER" in one.text for one in prizes.passages)
    assert verbatim([born, prizes])


def test_covid_joins_windows_where_an_answer_runs_over_a_cut(tmp_path):
    text = " ".join(f"Sentence number {n} speaks of the virus at some length." for n in range(60))
    start = text.index("number 14") - 9
    answer = text[start : text.index("Sentence number 20")].strip()
    entry = {"id": 1, "question": "What?", "answers": [{"text": answer, "answer_start": start}]}
    folder = tmp_path / "covid_qa"
    folder.mkdir()
    paper = {"paragraphs": [{"context": text, "qas": [entry]}]}
    (folder / "200423_covidQA.json").write_text(json.dumps({"data": [paper]}))
    (item,) = read_sets(tmp_path)["covid_qa"]
    assert item.answer in item.passages[item.gold[0]].text
    assert len(item.passages) > 2
    assert verbatim([item])


def test_pubmedqa_holds_out_the_test_ids(tmp_path):
    folder = tmp_path / "pubmedqa"
    folder.mkdir()
    record = {
        "QUESTION": "Does tea help?",
        "CONTEXTS": ["To find out whether tea helped most patients.", "Tea helped 9 of 10."],
        "LABELS": ["AIM", "RESULTS"],
        "LONG_ANSWER": "Tea helped most patients.",
        "final_decision": "yes",
    }
    (folder / "ori_pqal.json").write_text(json.dumps({"1": record, "2": record}))
    (folder / "test_ground_truth.json").write_text(json.dumps({"2": "yes"}))
    first, second = read_sets(tmp_path)["pubmedqa"]
    assert (first.split, second.split) == ("train", "validation")
    assert first.evidence[0].text == "Tea helped 9 of 10."  # what came out, not what was asked
    assert first.choices == ("yes", "no", "maybe")


def test_entailment_bank_quotes_in_the_order_of_the_proof(tmp_path):
    context = "sent1: a leo is a star group sent2: iron is a metal sent3: star groups hold stars"
    record = {
        "id": "x",
        "input": "$proof$ ; $question$ = What does leo hold? ; $answer$ = stars ; "
        f"$hypothesis$ = leo holds stars ; $context$ = {context}",
        "output": "$proof$ = sent3 & sent1 -> int1: leo holds some; int1 & sent1 -> hypothesis; ",
    }
    write_lines(tmp_path / "entailment_bank" / "task_2_train.jsonl", [record])
    for name in ("dev", "test"):
        write_lines(tmp_path / "entailment_bank" / f"task_2_{name}.jsonl", [])
    (item,) = read_sets(tmp_path)["entailment_bank"]
    assert [part.text for part in item.evidence[:2]] == [
        "star groups hold stars.",
        "a leo is a star group.",
    ]
    assert item.evidence[1].then == "So leo holds some."
    assert item.evidence[-1].then == "So leo holds stars."


def test_wrong_shape_names_file_and_line(tmp_path):
    write_lines(tmp_path / "qed" / "nq-train-00-qed.jsonlines", [{"paragraph_text": "A."}])
    with pytest.raises(UserError, match=r"qed\.jsonlines, line 1: the field “title_text”"):
        read_sets(tmp_path)


def test_unknown_set_and_empty_folder(tmp_path):
    with pytest.raises(UserError, match="holds none of the known data sets"):
        read_sets(tmp_path)
    with pytest.raises(UserError, match="no data set “poetry”"):
        read_sets(tmp_path, ["poetry"])
    with pytest.raises(UserError, match="is missing"):
        read_sets(tmp_path, [next(iter(READERS))])
