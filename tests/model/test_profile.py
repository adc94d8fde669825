"""What belongs to a model: profiles, activated adapters, worked examples."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.answer import is_refusal
from rare_app.answer.assemble import example_turn
from rare_app.lab.tuning.export import read_adapter, write_adapter
from rare_app.model import (
    GENERIC,
    INVOCATION_KEY,
    AdapterFile,
    Engine,
    Memory,
    ModelError,
    Prompt,
    choose_adapter,
    choose_model,
    find_profile,
    read_in_order,
)
from rare_app.model.gguf_header import read_header
from rare_app.prompt import REFUSAL
from rare_app.prompt.parse import parse_completion, quotes_of
from rare_app.settings import PROJECT_FOLDER

from ..conftest import small_profile

MODELS = PROJECT_FOLDER / "models"
STANDARD = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


def standard():
    return find_profile([MODELS], base_sha256=STANDARD)


def write(folder, name, **values):
    lines = [f'{key} = "{value}"' for key, value in values.items()]
    path = folder / f"{name}.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_model_that_no_profile_was_made_for_has_the_generic_one(tmp_path):
    assert find_profile([tmp_path / "none", MODELS], base_sha256="0" * 64) is GENERIC


def test_a_profile_that_names_the_adapter_goes_first(tmp_path):
    write(tmp_path, "one", base_sha256="b", adapter="any")
    write(tmp_path, "two", base_sha256="b", adapter="mine")
    write(tmp_path, "three", base_sha256="b")
    found = [find_profile([tmp_path], base_sha256="b", adapter=a).name for a in ("mine", "x", "")]
    assert found == ["two", "one", "three"]


@pytest.mark.parametrize(
    "text",
    [
        "base_sha256 = ",
        'base_sha256 = "b"\nstyle = "poem"',
        'base_sha256 = "b"\nadapts = "some"',
        'base_sha256 = "b"\nrules = ["none"]',
        'base_sha256 = "b"\ncolour = "red"',
        'base_sha256 = "b"\n[gate]\nweight = 1.0',
        'base_sha256 = "b"\n[[examples]]\nquestion = "Why?"',
    ],
)
def test_a_profile_that_is_not_in_order_is_named(tmp_path, text):
    (tmp_path / "odd.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"odd\.toml.*(mend|remove)"):
        find_profile([tmp_path], base_sha256="b")


def test_the_two_models_that_come_with_the_app_are_known():
    assert small_profile().style == "span"
    assert standard().understands
    assert standard().style == "sentence"
    assert all(one.title and one.summary for one in (small_profile(), standard()))


def test_traces_are_shown_how_to_reason_and_an_adapter_has_learned_it():
    own = standard()
    assert own.answers_first
    shown, tuned = own.in_steps(), own.tuned()
    assert (shown.system, shown.examples) == (own.steps, own.examples)
    assert (tuned.system, tuned.examples) == (own.system, ())
    assert not shown.answers_first
    assert not tuned.answers_first
    small = small_profile()
    assert small.in_steps() is small.tuned() is small


def test_worked_examples_are_whole_and_quote_their_own_passages():
    kinds = set()
    for example in standard().examples:
        asked, said = example_turn(example)
        assert example.question in asked
        parsed = parse_completion(said.removeprefix("<think>\n"), finished=True)
        quotes = quotes_of(parsed.reasoning)
        kinds.add((is_refusal(parsed.answer), bool(quotes)))
        assert quotes or parsed.answer == REFUSAL
        texts = [text for _, text in (*example.passages, *example.found)]
        assert example.reasoning.count("</search>") == len(example.found)
        for quote in quotes:
            assert any(quote in text for text in texts), quote
    # A refusal that says nothing, one that shows a blank cell, and answers that quote.
    assert kinds == {(True, False), (True, True), (False, True)}


@pytest.fixture
def activated(shared_settings, tmp_path):
    """The shipped adapter, written once more as one that acts from the question on."""
    shipped = choose_adapter(shared_settings, choose_model(shared_settings))
    alpha, tensors = read_adapter(shipped.path)
    path = tmp_path / "activated.gguf"
    write_adapter(
        path,
        tensors={name: values.astype(np.float16) for name, values in tensors.items()},
        architecture="llama",
        alpha=alpha,
        metadata={"rare.base_sha256": shipped.base_sha256},
        invocation=(1, 2, 3),
    )
    return path


def test_the_file_of_an_activated_adapter_says_from_where_it_acts(
    activated, shared_settings, tmp_path
):
    assert read_header(activated)[INVOCATION_KEY] == (1, 2, 3)
    found = choose_adapter(shared_settings, choose_model(shared_settings), str(activated))
    assert isinstance(found, AdapterFile)
    assert found.activated
    shipped = choose_adapter(shared_settings, choose_model(shared_settings))
    assert not shipped.activated


@pytest.mark.model
def test_passages_are_read_by_the_base_alone_whatever_adapter_is_activated(
    activated, shared_settings
):
    engine = Engine(settings=shared_settings)
    try:
        logits, keys = {}, {}
        for name in ("none", str(activated), ""):
            with engine.use(adapter=name) as loaded:
                model = loaded.model
                prompt = Prompt(
                    prefix=tuple(model.tokenise("Answer with the passages only.\n\n")),
                    blocks=(tuple(model.tokenise("Passage:\nThe queen lays 2,000 eggs.\n\n")),),
                    question=tuple(model.tokenise("Question: How many eggs?\nAnswer:")),
                )
                keys[name] = loaded.memory.key(prompt.prefix, prompt.blocks[0])
                own = Memory(model=model, store=None, family="x")
                own.read(prompt)
                logits[name] = model.logits()
                model.forget()
                read_in_order(model, prompt)
                assert np.argmax(model.logits()) == np.argmax(logits[name])
                if model.activates:
                    own.read(Prompt(prompt.prefix, prompt.blocks, prompt.question, adapted=False))
                    assert np.abs(model.logits() - logits["none"]).max() < 0.1
                    # A passage that is read anew behind the blocks is read by the base alone too.
                    again = replace(prompt, anew=prompt.blocks[0])
                    model.forget()
                    own.read(again)
                    recalled = int(np.argmax(model.logits()))
                    model.forget()
                    read_in_order(model, again)
                    in_a_row = model.logits()
                    assert int(np.argmax(in_a_row)) == recalled
                    model.activate(False)
                    model.read([*prompt.prefix, *prompt.blocks[0], *again.anew])
                    model.activate(True)
                    model.extend(prompt.question)
                    assert np.abs(model.logits() - in_a_row).max() < 0.1
        assert keys["none"] == keys[str(activated)] != keys[""]
        assert np.abs(logits["none"] - logits[str(activated)]).max() > 0.5
        assert np.abs(logits[""] - logits[str(activated)]).max() > 0.05
    finally:
        engine.close()
