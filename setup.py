"""What pyproject.toml cannot say: the packages, the files that come with them, the requirements."""

import re
from pathlib import Path

from setuptools import find_packages, setup

SHIPPED = {
    "assets": ["*"],
    "assets/samples": ["*"],
    "assets/tiny/qed": ["*"],
    "models": ["*.toml", "*.md", "*.safetensors", "rare-*.gguf"],
}
"""Folders of the checkout that lie in ``rare_app/data`` once it is installed, and what of them."""
PLACES = {f"rare_app.data.{folder.replace('/', '.')}": folder for folder in SHIPPED}


def requirements(file: str) -> list[str]:
    """Read a requirements file, without pip's own options.

    Among those is how llama.cpp is built, which a package cannot say of another (docs/install.md).
    """
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    wanted = (re.split(r"(?:^|\s)(?:#|--|-r)", line)[0].strip() for line in lines)
    return [one for one in wanted if one]


setup(
    packages=[*find_packages(include=["rare_app*"]), *PLACES],
    package_dir=PLACES,
    package_data={
        "rare_app.proof": ["*.json"],
        **{place: SHIPPED[folder] for place, folder in PLACES.items()},
    },
    install_requires=requirements("requirements.txt"),
    extras_require={"tuning": requirements("requirements-tuning.txt")},
)
