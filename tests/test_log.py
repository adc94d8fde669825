"""What is settled before any library is loaded."""

import os

import pytest

from rare_app.log import quiet_environment


@pytest.mark.parametrize(("given", "kept"), [(None, "1000"), ("5", "5")])
def test_waiting_threads_give_way_unless_the_user_says_otherwise(monkeypatch, given, kept):
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    if given:
        monkeypatch.setenv("GOMP_SPINCOUNT", given)
    quiet_environment()
    assert os.environ["GOMP_SPINCOUNT"] == kept
    assert os.environ["HF_HUB_OFFLINE"] == "1"
