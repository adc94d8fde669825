import json
import logging

import pytest

from rare_app import cli
from rare_app.lab.tuning.readers import read_sets
from rare_app.lab.tuning.small import TINY_DATA
from rare_app.model.gguf_header import read_header


def test_tiny_data_are_read_whole():
    items = read_sets(TINY_DATA)["qed"]
    assert [item.split for item in items].count("train") == 24
    assert [item.split for item in items].count("validation") == 6
    for item in items:
        assert item.answer in item.evidence[0].text
        assert item.evidence[0].text in item.passages[0].text


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.timeout(900)
def test_the_whole_way_on_twenty_examples(tmp_path, capfd):
    handlers = list(logging.getLogger().handlers)
    given = ["tune", "small", "--output", tmp_path / "out", "--questions", 20, "--steps", 8]
    try:
        status = cli.main([*map(str, given), "--home", str(tmp_path / "home"), "--json"])
    finally:
        logging.getLogger().handlers[:] = handlers
    out, err = capfd.readouterr()
    assert status == 0, err
    report = json.loads(out)
    assert report["questions"] >= 20
    assert report["loss_last"] < 0.8 * report["loss_first"]
    assert report["with_adapter"] != report["without"]
    assert report["agreement"]["causal"]["same_first"] >= 0.97
    assert report["agreement"]["blocks"]["same_first"] >= 0.9
    assert (tmp_path / "out" / "adapter.gguf").stat().st_size > 1e6
    assert (tmp_path / "out" / "cases" / "qed.jsonl").is_file()

    merged, trained = tmp_path / "merged.gguf", tmp_path / "out" / "train" / "adapter.pt"
    given = ["tune", "export", trained, "--output", merged, "--merge", "--type", "q4_1"]
    assert cli.main([*map(str, given), "--no-check", "--home", str(tmp_path / "home")]) == 0
    header = read_header(merged)
    assert header["general.architecture"] == "llama"
    assert header.get("general.type", "model") == "model"
    logging.getLogger().handlers[:] = handlers
