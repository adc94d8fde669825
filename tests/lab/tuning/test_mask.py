import pytest
import torch

from rare_app.lab.tuning.attention import KEYWORD, SegmentMasks, attend, turn_by
from rare_app.lab.tuning.loss import pack_hidden
from rare_app.lab.tuning.mask import dense_mask, lay_out, positions_of
from rare_app.lab.tuning.pack import Pack, make_pack
from rare_app.lab.tuning.tokens import AskedTokens, GroupTokens

SHAPE = [((4, 3), (5, 2)), ((6,), (3,))]
PREFIX = 3


def ranges():
    """Name the stretches of SHAPE."""
    names = ["prefix", "a", "b", "c", "q1", "q2", "q3"]
    lengths = [PREFIX, 4, 3, 6, 5, 2, 3]
    found, at = {}, 0
    for name, length in zip(names, lengths, strict=True):
        found[name] = slice(at, at + length)
        at += length
    return found


def seen(mask, row, column):
    where = ranges()
    return bool(mask[where[row], where[column]].any())


def test_blocks_see_prefix_and_themselves_only():
    mask = dense_mask(lay_out(prefix=PREFIX, groups=SHAPE, block_attention=[True, True]))
    for block, others in {"a": "bc", "b": "ac", "c": "ab"}.items():
        assert seen(mask, block, "prefix")
        assert not any(seen(mask, block, other) for other in others)
    assert not mask.triu(1).any()
    assert mask.diagonal().all()


def test_questions_see_their_passages_and_no_other_question():
    mask = dense_mask(lay_out(prefix=PREFIX, groups=SHAPE, block_attention=[True, True]))
    where = ranges()
    for question, own, other in (("q1", "ab", "c"), ("q2", "ab", "c"), ("q3", "c", "ab")):
        assert mask[where[question], where["prefix"]].all()
        assert all(mask[where[question], where[block]].all() for block in own)
        assert not any(seen(mask, question, block) for block in other)
        rest = {"q1", "q2", "q3"} - {question}
        assert not any(seen(mask, question, one) for one in rest)


def test_ordinary_attention_sees_earlier_blocks_of_the_group():
    mask = dense_mask(lay_out(prefix=PREFIX, groups=SHAPE, block_attention=[False, True]))
    where = ranges()
    assert mask[where["b"], where["a"]].all()
    assert not seen(mask, "c", "a")
    assert not seen(mask, "q2", "q1")


def test_positions_run_as_when_each_question_is_asked_alone():
    for blockwise in (True, False):
        read, moves = positions_of(prefix=PREFIX, groups=SHAPE, block_attention=[blockwise] * 2)
        positions = [place + move for place, move in zip(read, moves, strict=True)]
        where = ranges()
        assert positions[where["a"]] == [3, 4, 5, 6]
        assert positions[where["b"]] == [7, 8, 9]
        assert positions[where["q1"]][0] == positions[where["q2"]][0] == 10
        assert positions[where["c"]][0] == 3
        assert positions[where["q3"]][0] == 9
        assert read[where["b"]] == ([3, 4, 5] if blockwise else [7, 8, 9])
        assert any(moves) == blockwise


def changed(pack: Pack, place: int) -> Pack:
    tokens = pack.tokens.clone()
    tokens[place] = (tokens[place] + 1) % 100
    return Pack(
        tokens,
        pack.positions,
        pack.moves,
        pack.segments,
        pack.predictors,
        pack.labels,
        pack.weights,
        pack.questions,
    )


@pytest.mark.parametrize("blockwise", [True, False])
def test_changing_one_passage_leaves_the_other_as_it_is(tiny_model, blockwise):
    asked = tuple(AskedTokens((9,) * n, (8,) * 2, (1.0,) * 2, True) for n in (3, 2))
    group = GroupTokens("x", (tuple(range(10, 18)), tuple(range(30, 36))), asked)
    pack = make_pack((1, 2, 3), [group], block_attention=[blockwise])
    with torch.no_grad():
        before = pack_hidden(tiny_model, pack)
        after = pack_hidden(tiny_model, changed(pack, 5))
        other = pack_hidden(tiny_model, changed(pack, 17))  # a token of the first question
    moved = (before - after).abs().amax(dim=1) > 1e-6
    assert moved[5:11].all()
    assert moved[11:17].any() != blockwise
    assert moved[17:].all()
    moved = (before - other).abs().amax(dim=1) > 1e-6
    assert not moved[:17].any()
    assert moved[17:22].all()
    assert not moved[22:].any()


@pytest.mark.parametrize("moves", [True, False])
def test_masks_over_all_columns_attend_as_segments_do(moves):
    segments = lay_out(prefix=PREFIX, groups=SHAPE, block_attention=[moves, False])
    size = segments[-1].end
    source = torch.Generator().manual_seed(0)
    places = torch.tensor(
        positions_of(prefix=PREFIX, groups=SHAPE, block_attention=[moves, False])[1]
    )
    turn = turn_by(places, 1 / 100 ** (torch.arange(4) / 4))
    assert (turn is not None) == moves
    states = [torch.randn(1, heads, size, 8, generator=source) for heads in (6, 2, 2)]
    upstream = torch.randn(1, size, 6, 8, generator=source)
    found = []
    for whole in (False, True):
        own = [state.clone().requires_grad_() for state in states]
        layout = SegmentMasks(segments, dtype=torch.float32, turn=turn, whole=whole)
        output, _ = attend(None, *own, None, **{KEYWORD: layout})
        found.append([output, *torch.autograd.grad((output * upstream).sum(), own)])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
