import json
import random

import numpy as np
import pytest

from rare_app.lab.tuning.example_file import write_groups
from rare_app.lab.tuning.groups import Plan, shared_groups
from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.leaks import hold

TOPICS = ("river", "castle", "violin", "comet", "orchid", "harbour", "glacier", "printer")


def write_lines(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def span_item(number, *, data_set="qed", split="train", impossible=False):
    topic = TOPICS[number % len(TOPICS)]
    text = (
        f"The {topic} number {number} was described by many. It was first named by Person{number} "
        f"in the year {1500 + number}. Later writers praised the {topic} at length {number} times."
    )
    sentence = f"It was first named by Person{number} in the year {1500 + number}."
    return Item(
        identifier=f"item-{number}",
        data_set=data_set,
        split=split,
        kind="span",
        question=f"Who named the {topic} number {number}?",
        passages=(Passage(text=text, title=f"The {topic} {number}", document=f"d{number}"),),
        gold=() if impossible else (0,),
        answer="" if impossible else f"Person{number}",
        answers=() if impossible else (f"Person{number}",),
        evidence=() if impossible else (Evidence(passage=0, text=sentence),),
    )


@pytest.fixture
def span_items():
    return [span_item(number) for number in range(60)]


@pytest.fixture
def embed():
    """Stand in for the embedder: hashed bags of words, unit length."""

    def embed_texts(texts):
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, sum(word.encode()) % 64] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return embed_texts


@pytest.fixture
def examples(tmp_path, embed):
    """Write 20 examples, as ``tune examples`` does."""
    items = [span_item(number) for number in range(20)]
    groups = shared_groups(
        items,
        plan=Plan(sizes=(1, 1)),
        embed=embed,
        held=hold([]),
        random_source=random.Random(0),
    )
    write_groups(tmp_path / "examples.jsonl", groups)
    return tmp_path / "examples.jsonl"


@pytest.fixture
def tiny_model():
    """Give a random Llama with grouped heads that attends by segments, in float32."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from rare_app.lab.tuning.attention import NAME, register

    register()
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=128,
            hidden_size=48,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=6,
            num_key_value_heads=2,
            max_position_embeddings=512,
        )
    )
    model.config._attn_implementation = NAME
    return model.eval()
