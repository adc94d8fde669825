"""Tools for desktop assistants: when they are offered, and to whom."""

import importlib.util

import pytest

from rare_app.errors import UserError
from rare_app.settings import load_settings
from rare_app.ui.mcp import require_mcp, trusted_hosts


@pytest.mark.parametrize(
    ("value", "meant"), [("1", "on"), ("true", "on"), ("on", "on"), ("0", "off"), ("off", "off")]
)
def test_the_switch(tmp_path, value, meant):
    assert load_settings(home=tmp_path, environment={"RARE_MCP": value}).mcp == meant
    (tmp_path / "settings.toml").write_text("mcp = true\n")
    assert load_settings(home=tmp_path, environment={}).mcp == "on"


def test_off_by_default_and_no_other_word(tmp_path):
    assert load_settings(home=tmp_path, environment={}).mcp == "off"
    with pytest.raises(UserError, match="on or off"):
        load_settings(home=tmp_path, environment={"RARE_MCP": "perhaps"})


def test_a_missing_package_is_one_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"package mcp.*make setup"):
        require_mcp()


def test_hosts_are_checked_where_the_app_serves_this_machine_alone():
    assert len(trusted_hosts("127.0.0.1")) == 1
    assert trusted_hosts("0.0.0.0") == []
