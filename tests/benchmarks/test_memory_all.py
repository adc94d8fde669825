"""The benchmarks of the memory run whole, in small; what must hold whatever the machine's speed."""

from dataclasses import replace

import pytest

from benchmarks import made_up, memory_all, memory_growth


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_everything_runs_in_small(settings, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RARE_HOME", str(settings.home))
    settings = replace(settings, context_tokens=2048)
    found = memory_all.run(
        settings, {"made-up": made_up.cases(2)}, memory_all.SMALL, output=tmp_path / "out"
    )
    for bits, rows in found.recalled.items():
        # Loaded from disk or computed now: the same to the last bit, and the same words follow.
        assert all(row.divergence["computed"] < 1e-6 for row in rows)
        assert all(row.same["computed"] for row in rows)
        # Read where they stand: apart by rounding, of activations and of the keys that were turned.
        assert all(row.divergence["in place"] < 0.05 for row in rows), bits
        assert all(row.loaded > 0 for row in rows)
    assert [row.bits for row in found.first_token] == [4, 8, 16]
    assert all(row.prefill_to_memory > 0 for row in found.first_token)
    sizes = [one.bytes_a_token for one in found.likeness]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.31 * sizes[-1]
    assert found.likeness[-1].mean < 1e-6
    assert found.while_reading.chunks_read >= memory_all.SMALL.asked
    assert 0 < found.while_reading.computed_tokens < 80  # the question's; no passage is read again
    assert found.while_reading.ratio > 0
    assert found.growth[-1].questions == memory_all.SMALL.questions
    assert found.growth[-1].loaded_tokens > 0
    assert memory_growth.growth(found.growth, start=memory_all.SMALL.start) < 25
    room = {one.bits: one.kilobytes for one in found.tradeoff if one.kilobytes}
    assert set(room) == set(memory_all.BITS)
    assert all(one < 24 for one in room.values())
    assert max(room[4], room[8]) < 0.9 * room[16]  # the prefix, in 16 bits, is among it
    said = capsys.readouterr().out
    assert "ratio" in said
    assert all((tmp_path / "out" / f"tradeoff.{kind}").is_file() for kind in ("md", "json", "png"))


def test_made_up_texts_hold_their_answers():
    for case in made_up.cases(9):
        assert sum(case.answers[0] in text for text in case.passages) == 1
