import json
import logging

import numpy as np
import pytest

from rare_app import cli
from rare_app.errors import UserError

from .conftest import write_lines


@pytest.fixture
def run(tmp_path):
    """Run ``tune`` commands in this process."""
    handlers = list(logging.getLogger().handlers)

    def run_command(name, *arguments):
        given = [str(argument) for argument in arguments]
        return cli.main(["tune", name, *given, "--home", str(tmp_path / "home")])

    yield run_command
    logging.getLogger().handlers[:] = handlers


def read_log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.model
def test_training_resumes_exports_and_changes_the_output(tmp_path, examples, run, capsys):
    from rare_app.model import LanguageModel, bundled_model_path

    output = tmp_path / "run"
    command = ("train", examples, "--output", output, "--rank", 4, "--alpha", 8, "--tokens", 500)
    options = ("--rate", 3e-3, "--checkpoint-every", 3, "--threads", 1, "--seed", 1)
    assert run(*command, *options, "--steps", 3) == 0
    assert run(*command, *options, "--steps", 8) == 0
    assert "going on from step 3" in capsys.readouterr().err
    log = read_log(output)
    assert [entry["step"] for entry in log] == list(range(1, 9))
    assert np.mean([e["plain"] for e in log[-3:]]) < 0.7 * np.mean([e["plain"] for e in log[:2]])
    assert (output / "loss.png").stat().st_size > 5000
    assert run(*command, *options, "--tokens", 600, "--steps", 9) == 1
    assert "most_tokens = 500" in capsys.readouterr().err

    adapter = tmp_path / "adapter.gguf"
    assert (
        run("export", output / "adapter.pt", "--output", adapter, "--prompts", 2, "--positions", 20)
        == 0
    )
    further = ("train", examples, "--output", tmp_path / "further", "--from", adapter)
    assert run(*further, *options, "--tokens", 500, "--steps", 1) == 1
    assert "has the rank 4: add --rank 4" in capsys.readouterr().err
    assert run(*further, *options, "--tokens", 500, "--steps", 1, "--rank", 4, "--alpha", 16) == 0
    assert read_log(tmp_path / "further")[0]["plain"] < 0.7 * log[0]["plain"]

    model = LanguageModel(path=bundled_model_path(), context_tokens=64, batch_tokens=64, threads=1)
    try:
        tokens = model.tokenise("Passage: the castle was named by")
        model.read(tokens)
        plain = model.logits()
        model.use_adapter(adapter)
        model.read(tokens)
        assert np.abs(model.logits() - plain).max() > 0.5
    finally:
        model.close()


def test_bad_input_is_one_sentence(tmp_path, run, capsys):
    path = write_lines(tmp_path / "examples.jsonl", [{"data_set": "x", "passages": []}])
    from rare_app.lab.tuning.example_file import read_groups

    with pytest.raises(UserError, match=r"examples\.jsonl, line 1: the field “questions”"):
        read_groups(path)
    assert run("examples", tmp_path / "none", "--output", tmp_path, "--limit", "qed=many") == 1
    assert "--limit should read SET=N" in capsys.readouterr().err


def test_unsupported_base_names_what_is_supported(tmp_path):
    import gguf

    from rare_app.lab.tuning.base import find_base

    writer = gguf.GGUFWriter(tmp_path / "other.gguf", "mamba")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(UserError, match="architecture “mamba”; supported are: llama"):
        find_base(tmp_path / "other.gguf")
    with pytest.raises(UserError, match="is not there"):
        find_base(tmp_path / "none.gguf")


def test_unknown_adapter_is_refused():
    from rare_app.lab.tuning.adapter import AdapterOptions, add_adapter

    with pytest.raises(UserError, match="no adapter “ssm”"):
        add_adapter(None, AdapterOptions(kind="ssm"))
