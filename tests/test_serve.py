"""The command that starts the browser app."""

import pytest

from rare_app import cli, settings
from rare_app.errors import UserError


@pytest.fixture
def served(monkeypatch, tmp_path):
    """Start the app with options; gives the status and what the app was given."""
    for name in ("RARE_MODEL", "RARE_PORT", "RARE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cli, "start_logging", lambda _: None)

    def run(*options, ends=None):
        given = []

        def serve(settings, *, open_browser):
            given.append((settings, open_browser))
            if ends is not None:
                raise ends

        monkeypatch.setattr("rare_app.ui.serve.serve", serve)
        return cli.main(["serve", "--home", str(tmp_path), *options]), given[0]

    return run


def test_options_go_before_the_settings_file(served, tmp_path):
    (tmp_path / "settings.toml").write_text('model = "kept"\nport = 7001\n', encoding="utf-8")
    status, (known, opened) = served()
    assert (status, known.model, known.port, opened) == (0, "kept", 7001, False)
    given = ("--model", "mine", "--port", "7002", "--host", "::1", "--open")
    status, (known, opened) = served(*given)
    assert (status, known.model, known.port, known.host, opened) == (0, "mine", 7002, "::1", True)


def test_it_is_ended_with_ctrl_c_and_says_what_can_be_mended(served, capsys):
    assert served(ends=KeyboardInterrupt())[0] == 0
    assert served(ends=UserError("The port is taken: choose another."))[0] == 1
    assert capsys.readouterr().err == "The port is taken: choose another.\n"


def test_what_is_shipped_is_found_beside_the_code_or_in_the_package(tmp_path, monkeypatch):
    assert settings._shipped_folder(tmp_path) == tmp_path
    data = tmp_path / "rare_app" / "data"
    data.mkdir(parents=True)
    assert settings._shipped_folder(tmp_path) == data
    mine = settings.load_settings(home=tmp_path / "home", environment={})
    assert mine.fetched_path == settings.CODE_FOLDER / "models"
    monkeypatch.setattr(settings, "PROJECT_FOLDER", data)
    assert mine.fetched_path == mine.home / "models"
