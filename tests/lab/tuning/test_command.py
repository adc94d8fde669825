import json
import logging
import subprocess
import sys

import pytest

from rare_app import cli
from rare_app.lab.tuning.reader_types import ReaderProgress
from rare_app.lab.tuning.require import PACKAGES
from rare_app.settings import PROJECT_FOLDER

from .conftest import write_lines

HEAVY = ("torch", "transformers", "peft", "gguf", "matplotlib", "llama_cpp", "httpx", "chromadb")


@pytest.fixture
def tune(tmp_path, capfd):
    """Run a ``tune`` command in this process; give its status, stdout and stderr."""
    handlers = list(logging.getLogger().handlers)

    def run(*arguments):
        capfd.readouterr()
        given = ["tune", *map(str, arguments), "--home", str(tmp_path / "home")]
        return cli.main(given), *capfd.readouterr()

    yield run
    logging.getLogger().handlers[:] = handlers


def test_help_imports_nothing_heavy():
    code = (
        "import sys, contextlib, io\n"
        "from rare_app import cli\n"
        "for given in (['--help'], ['tune', '--help'], ['tune', 'train', '--help']):\n"
        "    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "        cli.main(given)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT_FOLDER, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", PACKAGES)
def test_a_missing_package_is_one_sentence(tune, tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    path = write_lines(tmp_path / "examples.jsonl", [{}])
    status, out, err = tune("train", path, "--output", tmp_path / "run")
    assert (status, out) == (1, "")
    assert f"needs {name}" in err
    assert "pip install -r requirements-tuning.txt" in err
    assert "Traceback" not in err


def test_usage_is_status_2(tune):
    with pytest.raises(SystemExit) as stopped:
        tune("train")
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("command", "option", "text"),
    [
        ("reader", "--share", "boolq_dev"),
        ("reader", "--share", "=0.5"),
        ("reader", "--share", "boolq_dev=half"),
        ("reader", "--share", "boolq_dev=-1"),
        ("reader", "--share", "qed=nan"),
        ("reader", "--share", "qed=inf"),
        ("examples", "--limit", "qed=0.5"),
        ("examples", "--limit", "qed"),
    ],
)
def test_a_number_of_a_set_of_the_wrong_form_is_named(tune, tmp_path, command, option, text):
    given = ["--output", tmp_path / "run", option, text]
    if command == "reader":
        given += ["--encoder", "minilm"]
    status, out, err = tune(command, tmp_path, *given)
    assert (status, out) == (1, "")
    assert f"{option} should read SET=N, not “{text}”." in err


def test_the_shares_and_the_distractors_reach_the_training(tune, tmp_path, monkeypatch):
    told = []

    def train(items, *, options, **_):
        told.append(options)
        return ReaderProgress()

    monkeypatch.setattr("rare_app.lab.tuning.reader_train.train_reader", train)
    monkeypatch.setattr("rare_app.lab.tuning.readers.read_sets", lambda *_: {})
    monkeypatch.setattr("rare_app.lab.tuning.neighbours.minilm_embed", lambda: None)
    shares = ["--share", "qed=0.3", "--share", "boolq_dev=2"]
    status, _, _ = tune(
        "reader", tmp_path, "--output", tmp_path / "run", "--encoder", "minilm", *shares
    )
    assert status == 0
    fewer = ["--distractors", "1", "--near-misses", "0.2"]
    tune("reader", tmp_path, "--output", tmp_path, "--encoder", "minilm", *fewer)
    assert [dict(one.shares) for one in told] == [{"qed": 0.3, "boolq_dev": 2.0}, {}]
    assert [(one.distractors, one.near_misses) for one in told] == [(2, 0.0), (1, 0.2)]


def test_examples_command_writes_one_json_document(tune, tmp_path, embed, monkeypatch):
    monkeypatch.setattr("rare_app.lab.tuning.neighbours.minilm_embed", lambda: embed)
    text = "The mill was built in 1820. It burned down in 1901. Nobody rebuilt it."
    record = {
        "example_id": 7,
        "paragraph_text": text,
        "question_text": "when did the old mill burn down",
        "title_text": "Mill",
        "answer_spans": [[text.index("1901"), text.index("1901") + 4]],
        "sentence_starts": [0, text.index("It"), text.index("Nobody")],
    }
    write_lines(tmp_path / "data" / "qed" / "nq-train-00-qed.jsonlines", [record])
    status, out, err = tune("examples", tmp_path / "data", "--output", tmp_path / "out", "--json")
    assert status == 0
    data = json.loads(out)
    assert (data["groups"], data["questions"]) == (1, 1)
    assert "qed: 1 questions" in err
    status, out, err = tune("examples", tmp_path / "none", "--output", tmp_path / "out", "--json")
    assert (status, out) == (1, "")
    assert "holds none of the known data sets" in err


def test_an_export_without_examples_says_how_to_go_on(tune, tmp_path):
    adapter = tmp_path / "run" / "train" / "adapter.pt"
    status, out, err = tune("export", adapter, "--output", tmp_path / "a.gguf")
    assert (status, out) == (1, "")
    assert "--examples, or say --no-check" in err
