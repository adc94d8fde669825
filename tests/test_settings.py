import dataclasses

import pytest

from rare_app.errors import UserError
from rare_app.settings import Settings, load_settings


def test_arguments_go_before_environment_before_file_before_defaults(tmp_path):
    (tmp_path / "settings.toml").write_text('passages = 3\nport = 1\nmodel = "file"\n')
    environment = {"RARE_PORT": "2", "RARE_MODEL": "environment", "RARE_SEED": ""}
    settings = load_settings(home=tmp_path, environment=environment, model="argument", seed=None)
    assert (settings.passages, settings.port, settings.model) == (3, 2, "argument")
    assert settings.seed == Settings(home=tmp_path).seed


def test_home_comes_from_the_argument_or_the_environment(tmp_path):
    environment = {"RARE_HOME": str(tmp_path / "a" / ".." / "b")}
    assert load_settings(environment=environment).home == tmp_path / "b"
    assert load_settings(home=tmp_path, environment=environment).home == tmp_path
    assert load_settings(environment={}).home.is_absolute()


def test_everything_the_user_owns_lies_in_the_home(tmp_path):
    settings = Settings(home=tmp_path)
    paths = [settings.database_path, settings.chroma_path, settings.files_path, settings.logs_path]
    assert all(path.parent == tmp_path for path in paths)
    assert settings.model_paths[0] == tmp_path / "models"


@pytest.mark.parametrize(
    ("stored", "environment", "overrides", "sentence"),
    [
        ("port = ", {}, {}, r"settings\.toml is not valid TOML .*: mend it"),
        ("colour = 1", {}, {}, "unknown option “colour”: remove it"),
        ('port = "x"', {}, {}, r"“port” \(from .*settings\.toml\) must be of type int, not “x”"),
        ("", {"RARE_TEMPERATURE": "hot"}, {}, r"“temperature” \(from RARE_TEMPERATURE\).*float"),
        ("", {"RARE_QUOTING": "wild"}, {}, "must be guided or constrained or free, not “wild”"),
        ("", {}, {"temperature": -1}, "must be a number of at least 0"),
        ("", {}, {"memory_bits": 5}, "must be 4 or 8 or 16"),
        ("", {"RARE_MEMORY": "sometimes"}, {}, "must be on or off"),
        ("", {}, {"colour": 1}, "no option “colour”"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, stored, environment, overrides, sentence):
    (tmp_path / "settings.toml").write_text(stored)
    with pytest.raises(UserError, match=sentence):
        load_settings(home=tmp_path, environment=environment, **overrides)


def test_settings_cannot_be_changed(tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings(home=tmp_path).port = 1  # type: ignore[misc]
