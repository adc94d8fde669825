"""Examples out of data sets that are for training alone."""

import json

import numpy as np

from rare_app.answer import is_refusal
from rare_app.lab.tuning.examples import Recipe, make_examples


def embed(texts):
    source = np.random.default_rng(len(texts))
    vectors = source.normal(size=(len(texts), 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_sets_without_a_validation_part_become_examples_with_quotes_and_refusals(tmp_path):
    names = ["mill", "bridge", "tower", "castle", "harbour"]
    paragraphs = [
        {
            "context": f"Little is known of the {name}. The {name} was built in 18{n}0 by monks.",
            "qas": [
                {
                    "id": name,
                    "question": f"When was the {name} built?",
                    "answers": [
                        {"text": f"18{n}0", "answer_start": 43 + 2 * len(name)},
                    ],
                }
            ],
        }
        for n, name in enumerate(names)
    ]
    (tmp_path / "squad1_train").mkdir()
    articles = [{"title": "Buildings", "paragraphs": paragraphs}]
    (tmp_path / "squad1_train" / "train-v1.1.json").write_text(json.dumps({"data": articles}))
    (tmp_path / "quac").mkdir()
    records = [
        {
            "passage": f"{name} Weber was born in Graz. She wrote {n} novels. CANNOTANSWER",
            "question": "question1: Where was she born?\n answer : ?\n"
            "question2: Did she have any children?\n answer : ?",
            "answer": "possible answers for question1:\nGraz\n\n"
            "possible answers for question2:\nCANNOTANSWER",
        }
        for n, name in enumerate(["Anna", "Berta", "Clara"])
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (tmp_path / "quac" / "Quac-train.jsonl").write_text(lines)
    groups = make_examples(
        data=tmp_path,
        output=tmp_path / "run",
        recipe=Recipe(limits={"squad1_train": 4}, repeats={}),
        embed=embed,
        say=lambda _: None,
    )
    asked = {
        name: [q for group in groups if group.data_set == name for q in group.questions]
        for name in ("squad1_train", "quac")
    }
    assert sum(question.answerable for question in asked["squad1_train"]) == 4
    told, untold = (
        [q for q in asked["quac"] if q.answerable == answerable] for answerable in (True, False)
    )
    assert [one.question for one in told] == ["Where was she born?"] * 3
    assert "Did she have any children?" in {one.question for one in untold}
    assert all(is_refusal(one.answer) for one in untold)
    assert all("was born in Graz.</quote>" in one.reasoning for one in told)
