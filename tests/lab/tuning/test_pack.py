import random

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from rare_app.lab.tuning.attention import KEYWORD, SegmentMasks, _turned, attend, turn_by
from rare_app.lab.tuning.loss import pack_hidden, pack_logits, pack_loss
from rare_app.lab.tuning.mask import dense_mask, lay_out
from rare_app.lab.tuning.pack import draw_block_attention, fill, make_pack
from rare_app.lab.tuning.tokens import AskedTokens, GroupTokens

PREFIX = (5, 6, 7, 8)


def random_group(seed, *, blocks=3, asked=3):
    source = random.Random(seed)

    def draw(low, high):
        return tuple(source.randrange(1, 120) for _ in range(source.randint(low, high)))

    questions = []
    for _ in range(asked):
        completion = draw(4, 9)
        weights = tuple(source.random() + 0.1 for _ in completion)
        questions.append(AskedTokens(draw(3, 6), completion, weights, True))
    return GroupTokens("x", tuple(draw(5, 15) for _ in range(blocks)), tuple(questions))


@pytest.mark.parametrize("blockwise", [True, False])
def test_packed_logits_equal_unpacked(tiny_model, blockwise):
    groups = [random_group(1), random_group(2, blocks=1), random_group(3, blocks=5, asked=1)]
    packed = make_pack(PREFIX, groups, block_attention=[blockwise] * 3)
    with torch.no_grad():
        together = pack_logits(tiny_model, packed)
        alone = [
            pack_logits(
                tiny_model,
                make_pack(
                    PREFIX,
                    [GroupTokens("x", group.blocks, (asked,))],
                    block_attention=[blockwise],
                ),
            )
            for group in groups
            for asked in group.asked
        ]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-5, rtol=1e-4)
    assert packed.questions == 7


def test_causal_pack_equals_the_plain_model(tiny_model):
    group = random_group(4, asked=1)
    pack = make_pack(PREFIX, [group], block_attention=[False])
    with torch.no_grad():
        ours = pack_logits(tiny_model, pack)
        tiny_model.config._attn_implementation = "sdpa"
        plain = tiny_model(input_ids=pack.tokens.unsqueeze(0)).logits[0, pack.predictors]
    torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("place", [0, 1])
def test_a_block_reads_the_same_at_every_place(tiny_model, place):
    """What a block becomes does not depend on where it stands, as stored memory needs it."""
    group = random_group(7, blocks=2, asked=1)
    alone = GroupTokens("x", (group.blocks[place],), group.asked)
    with torch.no_grad():
        both = pack_hidden(tiny_model, make_pack(PREFIX, [group], block_attention=[True]))
        one = pack_hidden(tiny_model, make_pack(PREFIX, [alone], block_attention=[True]))
    start = len(PREFIX) + place * len(group.blocks[0])
    length = len(group.blocks[place])
    torch.testing.assert_close(
        both[start : start + length], one[len(PREFIX) : len(PREFIX) + length], atol=1e-5, rtol=1e-4
    )


def test_one_passage_is_the_same_in_blocks_and_causally(tiny_model):
    group = random_group(8, blocks=1)
    with torch.no_grad():
        blocks, causal = (
            pack_logits(tiny_model, make_pack(PREFIX, [group], block_attention=[blockwise]))
            for blockwise in (True, False)
        )
    torch.testing.assert_close(blocks, causal, atol=1e-5, rtol=1e-4)


def test_turned_keys_are_keys_of_another_place(tiny_model):
    """Moving a key by RoPE equals having read it at the other position."""
    torch.manual_seed(1)
    rotary = tiny_model.model.rotary_emb
    key = torch.randn(2, 5, 2 * len(rotary.inv_freq))
    moves = torch.tensor([0, 3, 3, 40, 7])

    def at(positions):
        return _turned(key, turn_by(positions, rotary.inv_freq))

    first = torch.arange(1, 6)
    twice = _turned(at(first), turn_by(moves, rotary.inv_freq))
    torch.testing.assert_close(twice, at(first + moves), atol=1e-5, rtol=1e-4)


def test_labels_are_the_next_tokens():
    pack = make_pack(PREFIX, [random_group(5)], block_attention=[True])
    assert torch.equal(pack.tokens[pack.predictors + 1], pack.labels)


def test_segment_attention_equals_dense_attention():
    torch.manual_seed(0)
    segments = lay_out(
        prefix=4, groups=[((5, 6), (7, 3)), ((4,), (2,))], block_attention=[True, False]
    )
    size = segments[-1].end
    states = [torch.randn(1, heads, size, 8, requires_grad=True) for heads in (6, 2, 2)]
    query, key, value = states
    ours, _ = attend(
        None, query, key, value, None, **{KEYWORD: SegmentMasks(segments, dtype=torch.float32)}
    )
    theirs = scaled_dot_product_attention(
        query, key, value, attn_mask=dense_mask(segments), enable_gqa=True
    )
    torch.testing.assert_close(ours, theirs.transpose(1, 2))
    above = torch.randn_like(ours)
    for mine, reference in zip(
        torch.autograd.grad((ours * above).sum(), states),
        torch.autograd.grad((theirs.transpose(1, 2) * above).sum(), states),
        strict=True,
    ):
        torch.testing.assert_close(mine, reference, atol=1e-5, rtol=1e-4)


def test_attention_without_segments_is_refused():
    states = torch.randn(1, 2, 3, 4)
    with pytest.raises(ValueError, match="packed sequence"):
        attend(None, states, states, states, None)


def test_loss_weighs_tokens(tiny_model):
    group = random_group(6, blocks=1, asked=1)
    asked = group.asked[0]
    first = AskedTokens(asked.question, asked.completion, (1.0,) + (0.0,) * 99, True)
    first = AskedTokens(
        first.question, first.completion, first.weights[: len(asked.completion)], True
    )
    pack = make_pack(PREFIX, [GroupTokens("x", group.blocks, (first,))], block_attention=[True])
    with torch.no_grad():
        loss, _ = pack_loss(tiny_model, pack)
        logits = pack_logits(tiny_model, pack)
    expected = -torch.log_softmax(logits[0], -1)[asked.completion[0]]
    torch.testing.assert_close(loss, expected)


def test_fill_keeps_within_the_limit_and_cuts_long_groups():
    groups = [random_group(n) for n in range(20)]
    packs = fill(groups, prefix=len(PREFIX), most_tokens=150)
    assert all(len(PREFIX) + sum(g.size for g in pack) <= 150 for pack in packs)
    assert sum(len(pack) for pack in packs) == 20
    long = random_group(30, blocks=2, asked=8)
    ((cut,),) = fill([long], prefix=len(PREFIX), most_tokens=80)
    assert 0 < len(cut.asked) < 8
    assert fill([long], prefix=len(PREFIX), most_tokens=12) == []


def test_share_of_ordinary_attention():
    drawn = draw_block_attention(2000, causal_share=0.25, random_source=random.Random(0))
    assert 0.2 < 1 - sum(drawn) / 2000 < 0.3
