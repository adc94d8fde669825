"""Checks a page with axe-core (4.12.1, which the package axe-playwright-python brings along)."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_BAD = ("serious", "critical")
_SHOWN_NODES = 4


def violations(page: Page) -> list[str]:
    """List what axe-core calls serious or critical, a line each; empty where all is well."""
    _wait_until_still(page)
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:160]} – {_reason(node)}"
        for one in found
        if one["impact"] in _BAD
        for node in one["nodes"][:_SHOWN_NODES]
    ]


def _reason(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return "; ".join(check["message"] for check in checks[:2])


def _wait_until_still(page: Page) -> None:
    """Wait for fades to end: a colour half-way would be measured."""
    page.wait_for_function(
        "() => document.getAnimations().every((one) => one.playState !== 'running'"
        " || one.effect?.getComputedTiming().endTime === Infinity)",
        timeout=20_000,
    )
