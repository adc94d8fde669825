from rare_app.library.scripts import pairs_of, space_out, without_runs


def test_signs_are_spaced_out_only_where_there_are_any():
    assert space_out("Bees live in hives.") is None
    assert space_out("Größe, Привет") is None
    assert space_out("ab東京c").split() == ["ab", "東", "京", "c"]


def test_pairs_stay_within_their_run():
    assert pairs_of("東京都 と x") == ["東 京", "京 都", "と"]
    assert without_runs("a東京b") == "a b"
