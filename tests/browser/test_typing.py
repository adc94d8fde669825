"""While a question is typed, the passages that it finds are read; sent, it need not read them."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.app_process import running_app
from tests.browser.steps import upload

PUMP = (
    "# Pump manual\n\nThe coolant pump of loop B delivers 52 litres per second.\n\n"
    "# Drills\n\nEmergency drills take place every March, and all staff leave by the stairs.\n"
)


def test_what_is_typed_is_read_before_it_is_sent(tmp_path: Path, browser: Browser) -> None:
    manual = tmp_path / "manual.md"
    manual.write_text(PUMP)
    home = tmp_path / "home"
    with running_app(home, RARE_READ_AHEAD="off") as address:
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(address)
        upload(page, manual)
        page.locator("#rare-question textarea").press_sequentially(
            "How many litres does the pump deliver?", delay=80
        )
        end = time.monotonic() + 120
        while len(list((home / "memory").glob("??/*.kv"))) < 2:  # the prompt's beginning, a passage
            assert time.monotonic() < end, "nothing was read while the question was typed"
            time.sleep(0.2)
        expect(page.locator("#rare-question textarea")).to_have_value(re.compile("deliver"))
        expect(page.locator(".rare-facts")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.locator(".rare-facts")).to_have_count(1, timeout=240_000)
        expect(page.locator("#rare-chat")).to_contain_text("52 litres")
        page.close()
    log = (home / "logs" / "rare.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
