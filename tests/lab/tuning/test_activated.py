"""An adapter that acts from the question on, over a base of the standard model's kind."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.adapter import AdapterOptions, add_adapter
from rare_app.lab.tuning.base import load_base
from rare_app.lab.tuning.check import check_adapter
from rare_app.lab.tuning.example_file import read_groups, write_groups
from rare_app.lab.tuning.export import export_adapter, form_of, is_led, write_profile
from rare_app.lab.tuning.kept_states import KeptStates
from rare_app.lab.tuning.loss import (
    asked_hidden,
    pack_hidden,
    pack_logits,
    pack_loss,
    read_passages,
    read_prefix,
)
from rare_app.lab.tuning.pack import make_pack
from rare_app.lab.tuning.tokens import PromptTokens
from rare_app.lab.tuning.train import train
from rare_app.lab.tuning.train_options import TrainOptions
from rare_app.lab.tuning.weights import Weights
from rare_app.model import INVOCATION_KEY, bundled_model_path, find_profile
from rare_app.model.gguf_header import read_header
from rare_app.packaged import STANDARD_MODEL
from rare_app.prompt import question_block
from rare_app.settings import PROJECT_FOLDER

from .test_pack import PREFIX, random_group

WIDTH, HEADS, KEY_HEADS, INNER, LAYERS = 64, 4, 2, 96, 2


@pytest.fixture(scope="module")
def small_qwen(tmp_path_factory):
    """Write a random model of the architecture qwen2, with the bundled model's tokenizer."""
    import gguf

    source = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("base") / "qwen.gguf"
    writer = gguf.GGUFWriter(path, "qwen2")
    fields = gguf.GGUFReader(bundled_model_path()).fields
    for name, field in fields.items():
        if name.startswith("tokenizer."):
            inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(name, field.contents(), field.types[0], sub_type=inner)
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    vocabulary = len(fields["tokenizer.ggml.tokens"].contents())

    def add(name, *shape, scale):
        values = source.normal(1.0 if len(shape) == 1 and not scale else 0.0, scale, shape)
        writer.add_tensor(name, values.astype(np.float32))

    keys = WIDTH * KEY_HEADS // HEADS
    add("token_embd.weight", vocabulary, WIDTH, scale=1.0)
    add("output_norm.weight", WIDTH, scale=0.0)
    for layer in range(LAYERS):
        rows = {"attn_q": WIDTH, "attn_k": keys, "attn_v": keys, "attn_output": WIDTH}
        rows |= {"ffn_gate": INNER, "ffn_up": INNER}
        for norm in ("attn_norm", "ffn_norm"):
            add(f"blk.{layer}.{norm}.weight", WIDTH, scale=0.0)
        for name, count in rows.items():
            add(f"blk.{layer}.{name}.weight", count, WIDTH, scale=WIDTH**-0.5)
        for name in ("attn_q", "attn_k", "attn_v"):
            add(f"blk.{layer}.{name}.bias", rows[name], scale=0.5)
        add(f"blk.{layer}.ffn_down.weight", WIDTH, INNER, scale=INNER**-0.5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def adapted(tiny_model):
    """Give a small model with an adapter of random weights."""
    model = add_adapter(tiny_model, AdapterOptions(rank=4, alpha=8.0))
    torch.manual_seed(2)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.3)
    return model


@pytest.mark.parametrize("blockwise", [True, False])
def test_read_in_stretches_a_pack_is_read_as_in_one(tiny_model, blockwise):
    groups = [random_group(1), random_group(2, blocks=1), random_group(3, blocks=4)]
    pack = make_pack(PREFIX, groups, block_attention=[blockwise] * 3)
    with torch.no_grad():
        whole = pack_hidden(tiny_model, pack)
        parts = asked_hidden(tiny_model, pack, prefix=read_prefix(tiny_model, pack))
    torch.testing.assert_close(parts, whole[pack.context :], atol=1e-5, rtol=1e-4)


def test_the_adapter_does_not_act_on_passages(adapted):
    pack = make_pack(PREFIX, [random_group(4)], block_attention=[True])
    with torch.no_grad():
        states = read_prefix(adapted, pack)
        activated = pack_logits(adapted, pack, prefix=states)
        everywhere = pack_logits(adapted, pack)
        with adapted.disable_adapter():
            base = pack_logits(adapted, pack)
            assert all(
                torch.equal(key, other[0]) and torch.equal(value, other[1])
                for (key, value), other in zip(
                    states.values(), read_prefix(adapted, pack).values(), strict=True
                )
            )
    assert (activated - base).abs().max() > 0.01
    assert (activated - everywhere).abs().max() > 0.01


def test_packed_questions_are_as_those_asked_alone(adapted):
    groups = [random_group(1), random_group(3, blocks=5)]
    packed = make_pack(PREFIX, groups, block_attention=[True] * 2)
    states = read_prefix(adapted, packed)
    with torch.no_grad():
        together = pack_logits(adapted, packed, prefix=states)
        alone = [
            pack_logits(
                adapted,
                make_pack(
                    PREFIX,
                    [type(group)("x", group.blocks, (asked,))],
                    block_attention=[True],
                ),
                prefix=states,
            )
            for group in groups
            for asked in group.asked
        ]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-5, rtol=1e-4)


def test_the_gradient_is_that_of_the_loss(adapted):
    """A step against the gradient lowers the loss by what the gradient says."""
    pack = make_pack(PREFIX, [random_group(5), random_group(6)], block_attention=[True] * 2)
    states = read_prefix(adapted, pack)
    loss, plain = pack_loss(adapted, pack, prefix=states)
    loss.backward()
    learned = [one for one in adapted.parameters() if one.requires_grad]
    assert all(one.grad is not None for one in learned)
    square = sum(float((one.grad**2).sum()) for one in learned)
    step = 1e-3 / square**0.5
    with torch.no_grad():
        for one in learned:
            one.sub_(step * one.grad)
        after, _ = pack_loss(adapted, pack, prefix=states)
    assert float(loss.detach() - after) == pytest.approx(step * square, rel=0.1)
    assert plain > 0


def test_the_head_in_parts_gives_the_same_loss(adapted, monkeypatch):
    from rare_app.lab.tuning import loss as loss_module

    pack = make_pack(PREFIX, [random_group(5)], block_attention=[True])
    states = read_prefix(adapted, pack)
    found = []
    for rows in (512, 4):
        monkeypatch.setattr(loss_module, "_ROWS", rows)
        adapted.zero_grad()
        loss, plain = pack_loss(adapted, pack, prefix=states)
        loss.backward()
        grads = torch.cat([p.grad.flatten() for p in adapted.parameters() if p.requires_grad])
        found.append((float(loss), plain, grads))
    assert found[0][:2] == pytest.approx(found[1][:2], rel=1e-5)
    torch.testing.assert_close(found[0][2], found[1][2], atol=1e-6, rtol=1e-4)


def test_states_that_are_kept_give_the_same_loss_in_another_pack(adapted):
    first, second, third = (random_group(seed) for seed in (5, 6, 7))
    kept = KeptStates()
    prefix = read_prefix(adapted, make_pack(PREFIX, [first], block_attention=[True]))
    for groups in ([first, second], [third], [third, first]):
        pack = make_pack(PREFIX, groups, block_attention=[True] * len(groups))
        known = kept.of(adapted, pack, groups, prefix=prefix)
        for layer, states in read_passages(adapted, pack, prefix=prefix).items():
            torch.testing.assert_close(known[layer], states, atol=1e-5, rtol=1e-4)
        with_them, plain = pack_loss(adapted, pack, prefix=prefix, passages=known)
        assert float(with_them.detach()) == pytest.approx(
            float(pack_loss(adapted, pack, prefix=prefix)[0].detach()), rel=1e-5
        )
        assert plain > 0


@pytest.mark.model
def test_it_is_trained_goes_on_and_acts_in_llama_cpp_as_it_was_trained(
    small_qwen, examples, tmp_path
):
    said = []
    options = {
        "examples": examples,
        "output": tmp_path / "run",
        "base": small_qwen,
        "adapter": AdapterOptions(rank=4, alpha=8.0),
        "rate": 0.02,
        "most_tokens": 600,
        "causal_share": 0.0,
        "checkpoint_every": 2,
        "threads": 1,
        "activated": True,
    }
    assert train(TrainOptions(**options, steps=2), say=said.append).step == 2
    assert train(TrainOptions(**options, steps=8), say=said.append).step == 8
    assert any("going on from step 2" in line for line in said)
    with pytest.raises(UserError, match="activated = True"):
        train(TrainOptions(**options | {"activated": False}, steps=9), say=said.append)
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").open()]
    assert log[-1]["plain"] < log[0]["plain"]

    trained, written = tmp_path / "run" / "adapter.pt", tmp_path / "adapter.gguf"
    export_adapter(trained, output=written, base=small_qwen)
    header = read_header(written)
    assert header["general.architecture"] == "qwen2"
    tokens = header[INVOCATION_KEY]
    base = load_base(small_qwen, dtype=torch.float32)
    assert base.tokenizer.decode(tokens) == "Question:"
    found = check_adapter(
        trained, written=written, base=small_qwen, examples=examples, prompts=3, positions=40,
        say=said.append,
    )  # fmt: skip
    assert set(found) == {"causal", "blocks"}
    assert all(one.divergence < 0.01 for one in found.values())


def test_the_profile_beside_it_has_the_prefix_of_its_base(tmp_path):
    own = PROJECT_FOLDER / "models" / "qwen2.5-coder-1.5b-instruct.toml"
    written = write_profile(tmp_path / "traced.gguf", profile=own)
    assert written.name == "traced.toml"
    sha256 = STANDARD_MODEL.sha256
    base = find_profile([own.parent], base_sha256=sha256)
    found = find_profile([tmp_path], base_sha256=sha256, adapter="traced")
    assert (found.system, found.gate, found.rules) == (base.system, base.gate, base.rules)
    # It has learned to reason in steps, and is shown no examples.
    assert (found.steps, found.examples) == ("", ())
    assert replace(found, name=base.name, title=base.title, thinks_first=False) == base.tuned()
    assert found.thinks_first
    assert not base.thinks_first


@pytest.mark.parametrize("led", [True, False])
def test_an_adapter_of_sentences_leaves_steps_and_examples_to_its_base(tmp_path, led):
    own = PROJECT_FOLDER / "models" / "qwen2.5-coder-1.5b-instruct.toml"
    write_profile(tmp_path / "sentences.gguf", profile=own, form="sentence", led=led)
    sha256 = STANDARD_MODEL.sha256
    base = find_profile([own.parent], base_sha256=sha256)
    found = find_profile([tmp_path], base_sha256=sha256, adapter="sentences")
    assert found == replace(base, name="sentences", adapts="sentence", led=led)


def sentence_options(base, examples, output):
    return TrainOptions(
        examples=examples,
        output=output,
        base=base,
        adapter=AdapterOptions(rank=4, alpha=8.0),
        rate=0.02,
        most_tokens=600,
        causal_share=0.0,
        threads=1,
        activated=True,
        form="sentence",
        keep_states=True,
        steps=4,
    )


@pytest.mark.model
def test_it_learns_to_answer_in_one_sentence(small_qwen, examples, tmp_path):
    options = sentence_options(small_qwen, examples, tmp_path / "run")
    train(options, say=print)
    with pytest.raises(UserError, match="--causal-share 0"):
        train(replace(options, causal_share=0.5), say=print)
    with pytest.raises(UserError, match="form = sentence"):
        train(replace(options, form="steps", steps=5), say=print)
    written = tmp_path / "adapter.gguf"
    export_adapter(tmp_path / "run" / "adapter.pt", output=written, base=small_qwen)
    assert (form_of(written), is_led(written)) == ("sentence", False)
    coder = PromptTokens(load_base(small_qwen).tokenizer, weights=Weights(), form="sentence")
    group = read_groups(examples)[0]
    (asked, *_), said = coder.group(group).asked, group.questions[0].answer
    assert coder.plain(said) == list(asked.completion[:-1])
    assert asked.completion[-1] == coder.end
    led = replace(group, questions=(replace(group.questions[0], likely="4,000 hours"),))
    start = f"(Likely words of the answer: “4,000 hours”)\n{group.questions[0].question}"
    told = coder.group(led).asked[0].question
    assert told == (*coder.plain(question_block(start)), *coder.ending)
    steps = PromptTokens(load_base(small_qwen).tokenizer, weights=Weights())
    assert steps.group(led).asked[0].question == steps.group(group).asked[0].question
    bare = [replace(group, questions=tuple(replace(q, reasoning="") for q in group.questions))]
    write_groups(tmp_path / "bare.jsonl", bare)
    options = replace(options, examples=tmp_path / "bare.jsonl", output=tmp_path / "other")
    with pytest.raises(UserError, match="--form sentence"):
        train(replace(options, form="steps"), say=print)


@pytest.mark.model
def test_an_adapter_says_whether_it_was_led(small_qwen, examples, tmp_path):
    groups = [
        replace(one, questions=tuple(replace(q, likely="some words") for q in one.questions))
        for one in read_groups(examples)
    ]
    write_groups(tmp_path / "led.jsonl", groups)
    options = sentence_options(small_qwen, tmp_path / "led.jsonl", tmp_path / "run")
    train(replace(options, steps=1), say=print)
    written = tmp_path / "adapter.gguf"
    export_adapter(tmp_path / "run" / "adapter.pt", output=written, base=small_qwen)
    assert is_led(written)
