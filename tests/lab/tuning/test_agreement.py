import numpy as np
import pytest

from rare_app.errors import UserError

pytestmark = [pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(900)]


@pytest.fixture
def random_adapter(tmp_path, request):
    """Write an adapter of random weights, so that a wrong order of rows shows."""
    import torch

    from rare_app.lab.tuning.adapter import AdapterOptions, add_adapter
    from rare_app.lab.tuning.base import load_base
    from rare_app.lab.tuning.checkpoint import Progress, save_adapter, trained_state

    base = load_base(dtype=torch.float32)
    model = add_adapter(base.model, AdapterOptions(rank=4, alpha=8.0))
    torch.manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=getattr(request, "param", 0.02))
    options = {
        "base_sha256": base.sha256,
        "base_name": base.path.name,
        "adapter": {"alpha": 8.0, "rank": 4},
        "causal_share": 0.0,
        "rate": 0.0,
    }
    path = tmp_path / "run" / "adapter.pt"
    save_adapter(path, state=trained_state(model), progress=Progress(), options=options)
    return path


def test_llama_cpp_agrees_with_pytorch_under_both_masks(tmp_path, examples, random_adapter):
    from rare_app.lab.tuning.check import check_adapter
    from rare_app.lab.tuning.export import export_adapter

    written = tmp_path / "adapter.gguf"
    export_adapter(random_adapter, output=written)
    said = []
    # Less is asked of random weights than of trained ones, whose choices are clearer.
    options = {"base": None, "examples": examples, "prompts": 3, "say": said.append}
    options["least"] = {"causal": 0.9, "blocks": 0.85}
    found = check_adapter(random_adapter, written=written, positions=60, **options)
    assert set(found) == {"causal", "blocks"}
    for one in found.values():
        assert one.positions >= 55
        assert one.divergence < 0.05
    assert len(said) == 2


def test_an_export_that_is_not_what_was_trained_is_refused(
    tmp_path, examples, random_adapter, monkeypatch, capsys
):
    from rare_app import cli
    from rare_app.lab.tuning import export

    monkeypatch.setattr(export, "permute_rows", lambda matrix, heads: matrix[::-1])
    output = tmp_path / "adapter.gguf"
    given = ("tune", "export", random_adapter, "--output", output, "--prompts", 2)
    status = cli.main([*map(str, given), "--positions", "30", "--home", str(tmp_path / "home")])
    assert status == 1
    assert "not what was trained" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.gguf"))


def divergence(logits, others):
    """Give the mean KL divergence of others from logits."""
    first, second = (
        values - np.log(np.exp(values).sum(axis=1, keepdims=True))
        for values in (part - part.max(axis=1, keepdims=True) for part in (logits, others))
    )
    return float((np.exp(first) * (first - second)).sum(axis=1).mean())


# Clearly more than what quantising to eight bits changes.
@pytest.mark.parametrize("random_adapter", [0.15], indirect=True)
def test_merged_model_says_what_base_and_adapter_say(tmp_path, random_adapter):
    import gguf

    from rare_app.lab.tuning.export import export_adapter
    from rare_app.lab.tuning.merge import merge_adapter
    from rare_app.model import LanguageModel, bundled_model_path

    base, adapter, merged = (
        bundled_model_path(),
        tmp_path / "adapter.gguf",
        tmp_path / "merged.gguf",
    )
    export_adapter(random_adapter, output=adapter)
    size = merge_adapter(base, adapter=adapter, output=merged)
    assert size == merged.stat().st_size
    assert list(tmp_path.glob("*.part")) == []

    ours, theirs = gguf.GGUFReader(merged), gguf.GGUFReader(base)
    for name, field in theirs.fields.items():
        if not name.startswith(("GGUF.", "general.file_type", "general.quantization_version")):
            assert ours.get_field(name).contents() == field.contents(), name

    text = "The castle was first named by Person1 in the year 1501. Later writers praised it."
    rows = []
    for path, added in ((base, adapter), (merged, None), (base, None)):
        model = LanguageModel(path=path, context_tokens=64, batch_tokens=64, threads=1)
        try:
            model.use_adapter(added)
            tokens = model.tokenise(text)
            rows.append([])
            for token in tokens:
                model.extend([token])
                rows[-1].append(model.logits())
        finally:
            model.close()
    whole, one, plain = map(np.array, rows)
    assert np.mean(whole.argmax(1) == one.argmax(1)) >= 0.85
    assert divergence(whole, one) < 0.1 * divergence(whole, plain)


def test_unknown_type_names_the_known(tmp_path):
    from rare_app.lab.tuning.merge import merge_adapter

    with pytest.raises(UserError, match=r"no type “q9”; known are q8_0"):
        merge_adapter(tmp_path, adapter=tmp_path, output=tmp_path / "x.gguf", kind="q9")
