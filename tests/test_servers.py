import pytest

from rare_app.errors import UserError
from rare_app.servers import host_of, is_this_machine, what_leaves, what_serves
from rare_app.settings import load_settings
from rare_app.ui.chat import welcome_html
from rare_app.ui.render import servers_html


def test_by_default_nothing_leaves(settings):
    assert what_leaves(settings) == what_serves(settings) == []
    assert servers_html(settings) == ""
    assert "Nothing leaves" in welcome_html(documents=0)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000/v1", True),
        ("https://llm.example.com/v1", False),
        ("http://10.0.0.7:8000/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://127.0.0.1@example.com/v1", False),
    ],
)
def test_only_loopback_is_this_machine(tmp_path, url, here):
    assert is_this_machine(url) == here
    settings = load_settings(home=tmp_path, environment={}, llm_url=url, chroma_url=url)
    leaves, serves = what_leaves(settings), what_serves(settings)
    assert (len(leaves), len(serves)) == ((0, 2) if here else (2, 0))
    shown = servers_html(settings)
    assert ("rare-leaves" in shown) != here
    assert host_of(url) in shown
    if not here:
        assert "passages found for them leave this machine" in leaves[0]


def test_names_and_keys_are_not_shown(tmp_path):
    settings = load_settings(
        home=tmp_path,
        environment={"RARE_LLM_URL": "https://me:pw@llm.example.com:444/v1"},
        llm_key="secret-key",
    )
    [said] = what_leaves(settings)
    assert "llm.example.com:444" in said
    assert "pw" not in said
    assert "secret-key" not in repr(settings)


def test_an_address_that_is_none_is_named(tmp_path):
    with pytest.raises(UserError, match=r"“llm_url” .* must begin with http:// or https://"):
        load_settings(home=tmp_path, environment={"RARE_LLM_URL": "llm:8000"})


def test_names_are_escaped(tmp_path):
    settings = load_settings(home=tmp_path, environment={}, llm_url="http://<b>x</b>/v1")
    assert "<b>" not in servers_html(settings)
