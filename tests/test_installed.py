"""The app as a package: what its wheel holds, and that it runs without its checkout."""

import email
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rare_app.settings import CODE_FOLDER

PINNED = re.compile(r"^([A-Za-z][\w.-]*==[\w.]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel; nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    places = folder / "places.cfg"
    places.write_text(f"[build]\nbuild_base={folder}/build\n[egg_info]\negg_base={folder}\n")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run(
        [*command, "--disable-pip-version-check", "-w", str(folder), str(CODE_FOLDER)],
        env={**os.environ, "DIST_EXTRA_CONFIG": str(places)},
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


@pytest.mark.slow
def test_the_wheel_holds_what_the_app_needs(wheel):
    names = set(wheel.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "rare_app", "assets", "models"],
        cwd=CODE_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    files = tracked.stdout.splitlines()
    assert len(files) > 100
    shipped = ("assets/", "models/")
    wanted = {f"rare_app/data/{one}" if one.startswith(shipped) else one for one in files}
    assert wanted <= names
    assert {one for one in names if "dist-info" not in one} <= wanted, "nothing of the user's own"
    about = email.message_from_bytes(wheel.read(next(n for n in names if n.endswith("/METADATA"))))
    needed = {one.split(";")[0].strip() for one in about.get_all("Requires-Dist")}
    files = (CODE_FOLDER / f"requirements{one}.txt" for one in ("", "-tuning"))
    pinned = "".join(one.read_text(encoding="utf-8") for one in files)
    assert needed == set(PINNED.findall(pinned))


@pytest.mark.slow
def test_it_runs_without_its_checkout(wheel, tmp_path):
    installed = tmp_path / "installed"
    wheel.extractall(installed)
    script = (
        "import sys; from rare_app.cli import main; from rare_app.ui.theme import icon_path;"
        "print(icon_path()); sys.exit(main(['models', '--home', sys.argv[1]]))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RARE_")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, str(tmp_path / "home")],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    icon, *models = done.stdout.splitlines()
    assert icon == str(installed / "rare_app" / "data" / "assets" / "icon.svg")
    assert Path(icon).is_file()
    adapter = next(line for line in models if "adapter rare-smollm2-135m" in line)
    assert adapter.endswith(str(installed / "rare_app/data/models/rare-smollm2-135m.gguf"))
