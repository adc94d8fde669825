"""Data of the wrong shape: whatever is wrong, one sentence names file and place."""

import json
import random
from dataclasses import replace

import pytest

from rare_app.errors import UserError
from rare_app.lab.tuning import train as train_module
from rare_app.lab.tuning.adapter import AdapterOptions
from rare_app.lab.tuning.readers import READERS, read_sets
from rare_app.lab.tuning.records import Record
from rare_app.lab.tuning.train import train
from rare_app.lab.tuning.train_options import TrainOptions
from rare_app.model import AdapterError

from ...model.make import make_adapter, make_model
from .conftest import write_lines

TEXT = "The mill was built in 1820. It burned down in 1901. Nobody rebuilt it."
PLACE = [TEXT.index("1901"), TEXT.index("1901") + 4]
SPAN = {"text": "1901", "answer_start": PLACE[0]}
ENTAILMENT = {
    "id": "x",
    "input": "$question$ = What? ; $answer$ = stars ; $hypothesis$ = leo holds stars ; "
    "$context$ = sent1: a leo is a group sent2: groups hold stars",
    "output": "$proof$ = sent1 & sent2 -> hypothesis; ",
}
# Of each reader one record that it accepts, and where it stands.
SAMPLES = {
    "qed": (
        "qed/nq-train-00-qed.jsonlines",
        {
            "example_id": 7,
            "paragraph_text": TEXT,
            "question_text": "when did the mill burn",
            "title_text": "Mill",
            "answer_spans": [PLACE],
            "annotation": [{"context_entity_text": "It", "question_entity_text": "the mill"}],
            "sentence_starts": [0, TEXT.index("It"), TEXT.index("Nobody")],
        },
    ),
    "squad2_half_dev": (
        "squad2_half_dev/dev-v2.0.json",
        {
            "title": "Mill",
            "paragraphs": [
                {
                    "context": TEXT,
                    "qas": [
                        {"id": "a", "question": "When?", "is_impossible": False, "answers": [SPAN]}
                    ],
                }
            ],
        },
    ),
    "squad1_train": (
        "squad1_train/train-v1.1.json",
        {
            "title": "Mill",
            "paragraphs": [
                {"context": TEXT, "qas": [{"id": "a", "question": "When?", "answers": [SPAN]}]}
            ],
        },
    ),
    "quac": (
        "quac/Quac-train.jsonl",
        {
            "passage": f"{TEXT} CANNOTANSWER",
            "question": "question1: When did it burn down?\n answer : ?",
            "answer": "possible answers for question1:\n1901",
        },
    ),
    "covid_qa": (
        "covid_qa/200423_covidQA.json",
        {
            "paragraphs": [
                {"context": TEXT, "qas": [{"id": 1, "question": "When?", "answers": [SPAN]}]}
            ]
        },
    ),
    "boolq_dev": (
        "boolq_dev/boolq.jsonl",
        {
            "query": f"Passage: {TEXT}\nQuestion: did it burn?",
            "choices": ["no", "yes"],
            "gold": 1,
        },
    ),
    "clapnq": (
        "clapnq/dev_answerable.jsonl",
        {
            "id": "1",
            "input": "When?",
            "passages": [{"text": TEXT, "title": "Mill"}],
            "output": [{"answer": "In 1901.", "selected_sentences": [TEXT[:27]]}],
        },
    ),
    "multihop": (
        "multihop/hotpot500.json",
        {
            "_id": "h",
            "question": "When?",
            "answer": "1901",
            "context": [
                ["Mill", ["It was built.", "It burned in 1901."]],
                ["River", ["It flows."]],
            ],
            "supporting_facts": [["Mill", 1]],
        },
    ),
    "musique": (
        "multihop/musique_train100.json",
        {
            "id": "m",
            "question": "When?",
            "answer": "1901",
            "answer_aliases": ["01"],
            "answerable": True,
            "paragraphs": [{"paragraph_text": TEXT, "title": "Mill"}],
            "question_decomposition": [{"paragraph_support_idx": 0, "answer": "1901"}],
        },
    ),
    "strategyqa": (
        "strategyqa/train.json",
        {"qid": "s", "term": "Mill", "question": "Did it burn?", "answer": True, "facts": [TEXT]},
    ),
    "entailment_bank": ("entailment_bank/task_2_train.jsonl", ENTAILMENT),
    "tatqa": (
        "tatqa/tatqa_dataset_dev.json",
        {
            "table": {"uid": "t", "table": [["Sales", "2019"], ["Mills", "36"]]},
            "paragraphs": [{"text": TEXT}],
            "questions": [
                {
                    "uid": "q",
                    "question": "How many?",
                    "answer": ["36"],
                    "answer_type": "span",
                    "rel_paragraphs": ["1"],
                    "derivation": "",
                    "scale": "",
                }
            ],
        },
    ),
    "finqa": (
        "uda_bench/bench_fin_qa.json",
        {
            "q_uid": "r-1",
            "question": "How much more?",
            "program": "subtract(36, 28)",
            "context": {"table": [["a", "36"]], "pre_text": ["It was 28."], "post_text": []},
            "evidence": {"table_0": "a 36"},
            "answers": {"str_answer": "8", "exe_answer": 8.0},
        },
    ),
    "qasper": (
        "uda_bench/bench_paper_text_qa.json",
        {
            "q_uid": "p",
            "question": "When?",
            "answers": [{"type": "extractive", "answer": "1901"}],
            "evidence": [{"raw_evidence": [TEXT], "highlighted_evidence": [TEXT[:51]]}],
        },
    ),
    "pubmedqa": (
        "pubmedqa/ori_pqal.json",
        {
            "QUESTION": "Does tea help?",
            "CONTEXTS": ["Tea helped 9 of 10 patients."],
            "LABELS": ["RESULTS"],
            "LONG_ANSWER": "Tea helped.",
            "final_decision": "yes",
        },
    ),
}
# What stands round the record, and the files that the reader also wants.
AROUND = {
    "squad2_half_dev": lambda record: {"data": [record]},
    "squad1_train": lambda record: {"data": [record]},
    "covid_qa": lambda record: {"data": [record]},
    "finqa": lambda record: {"report": [record]},
    "qasper": lambda record: {"paper": [record]},
    "pubmedqa": lambda record: {"1": record},
}
BESIDE = {
    "multihop": ("hotpot_train100", "2wiki_train500_explained", "2wiki200", "hotpot200"),
    "musique": ("musique200",),
    "strategyqa": ("dev",),
    "tatqa": ("tatqa_dataset_test_gold",),
}
WRONG = (None, 5, "x", True, [], {}, [[]], [5], ["x"], [None], {"x": 5}, [["x", 5, None]])


def write(folder, name, record):
    path, _ = SAMPLES[name]
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = AROUND.get(name, lambda one: one)(record)
    path.write_text(json.dumps(whole) + "\n", encoding="utf-8")
    for other in BESIDE.get(name, ()):
        path.with_name(f"{other}.json").write_text("[]", encoding="utf-8")
    if name == "entailment_bank":
        for part in ("dev", "test"):
            path.with_name(f"task_2_{part}.jsonl").write_text("", encoding="utf-8")
    if name == "clapnq":
        path.with_name("dev_unanswerable.jsonl").write_text("", encoding="utf-8")
    if name == "pubmedqa":
        path.with_name("test_ground_truth.json").write_text("{}", encoding="utf-8")
    return path


def places(value, way=()):
    """Walk all places of a JSON value."""
    inner = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else inner:
        yield (*way, key)
        yield from places(part, (*way, key))


def put(record, way, value):
    changed = json.loads(json.dumps(record))
    inner = changed
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return changed


@pytest.mark.parametrize("name", SAMPLES)
def test_any_wrong_part_of_a_record_is_a_sentence_that_names_the_file(tmp_path, name):
    record = SAMPLES[name][1]
    write(tmp_path, name, record)
    assert len(read_sets(tmp_path, [name])[name]) == 1, "the sample itself is read"
    said = []
    changes = [(way, value) for way in places(record) for value in WRONG]
    for way, value in random.Random(0).sample(changes, min(len(changes), 150)):
        file = write(tmp_path, name, put(record, way, value))
        try:
            read_sets(tmp_path, [name])
        except UserError as error:
            said.append(str(error))
    place = f"{file}, line 1" if file.suffix in (".jsonl", ".jsonlines") else str(file)
    assert [one for one in said if place not in one] == []
    assert len(said) > 15


def test_every_reader_with_plain_files_has_a_sample():
    assert set(READERS) - set(SAMPLES) == {"nq_open_oracle"}


def test_shaped_leaves_clear_sentences_alone():
    record = Record({}, "a.jsonl, line 2")
    with pytest.raises(UserError, match=r"a\.jsonl, line 2: a part of it"), record.shaped():
        raise KeyError("x")
    with pytest.raises(UserError, match="as it stands"), record.shaped():
        raise UserError("as it stands")


def test_memory_that_does_not_suffice_says_what_to_lower(tmp_path, monkeypatch):
    class Full:
        def __init__(self, **_):
            pass

        def go(self, _):
            raise MemoryError

    def nothing(*_, **__):
        return FakeModel()

    class FakeModel:
        prefix, tokenizer, sha256 = (), None, "x"

        @property
        def model(self):
            return self

        def to(self, _):
            return self

        def train(self):
            pass

        def groups(self, _):
            return []

    for part in ("load_base", "PromptTokens", "read_groups", "add_adapter"):
        monkeypatch.setattr(
            train_module, part, nothing if part != "read_groups" else lambda path: []
        )
    monkeypatch.setattr(train_module, "_Run", Full)
    options = TrainOptions(
        examples=tmp_path / "e", output=tmp_path / "o", adapter=AdapterOptions(rank=7)
    )
    with pytest.raises(UserError, match=r"lower --tokens \(now 1800\) or --rank \(now 7\)"):
        train(replace(options, device="cpu"), say=lambda line: None)


def test_going_on_with_another_base_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(
        train_module.checkpoint,
        "load",
        lambda folder: {
            "options": {
                "seed": 0,
                "most_tokens": 1800,
                "accumulate": 1,
                "curriculum": "easy-first",
                "base_sha256": "0" * 64,
                "base_name": "other.gguf",
            }
        },
    )
    base = make_model(tmp_path / "mine.gguf")
    options = TrainOptions(examples=tmp_path / "e", output=tmp_path / "o", base=base)
    with pytest.raises(UserError, match=r"training on “other\.gguf”, not on “mine\.gguf”"):
        train(options, say=lambda line: None)


def test_an_adapter_of_another_base_is_one_sentence_in_app_and_command_line(
    settings, capsys, tmp_path
):
    """The app shows the sentence of the same error; the engine raises it for both."""
    from rare_app import cli
    from rare_app.model import Engine

    adapter = make_adapter(tmp_path / "other.gguf", base="0" * 64)
    engine = Engine(settings=settings)
    use = engine.use(adapter=str(adapter))
    with pytest.raises(AdapterError, match="was trained for another model"), use:
        pass
    given = ["--adapter", str(adapter), "--home", str(settings.home)]
    cases = write_lines(
        tmp_path / "cases.jsonl", [{"question": "Q?", "passages": ["P."], "answers": ["P"]}]
    )
    for command in (
        ["evaluate", str(cases), *given],
        ["tune", "evaluate", str(cases), "--output", str(tmp_path / "out"), *given],
    ):
        assert cli.main(command) == 1
        said = capsys.readouterr().err.strip().splitlines()
        assert said[-1].startswith("The adapter “other” was trained for another model than")
