import numpy as np
import pytest


def test_vectors_have_unit_length_and_tell_meaning(embedder):
    vectors = embedder.embed(["The cat sleeps.", "A kitten is napping.", "Tax law of 1998"])
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_batches_hold_every_text_in_order(embedder):
    texts = [f"Text number {i}." for i in range(130)]
    steps = list(embedder.embed_in_batches(texts))
    assert [done for done, _ in steps] == [128, 130]
    np.testing.assert_allclose(
        np.concatenate([part for _, part in steps])[128:], embedder.embed(texts[128:]), atol=1e-5
    )


@pytest.mark.parametrize("half", [True, False])
def test_many_texts_get_the_vectors_that_each_gets_alone(embedder, monkeypatch, half):
    monkeypatch.setattr("rare_app.library.embed.multiplies_bfloat16", lambda: half)
    texts = [f"The pump of type {i} has {i * i} blades and {i % 7} seals." for i in range(40)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert (together * alone).sum(axis=1).min() > 0.9998


def test_tokens_are_counted_beyond_the_window(embedder):
    assert embedder.count_tokens(["one two three", "", "word " * 400]) == [3, 0, 400]
