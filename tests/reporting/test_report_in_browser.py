"""The report as a browser shows it: on a page and on a phone, in the light and in the dark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from flows.reporting.page import page
from tests.reporting.sample_results import walk

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window; skips where there is none, unless LEVIBOT_REQUIRE_CHROMIUM=1."""
    if CHROMIUM is None:
        why = "no Chromium (apt-get install chromium)"
        if os.environ.get("LEVIBOT_REQUIRE_CHROMIUM") == "1":
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    with sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of twelve hours, as a file."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(walk(720)), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "shown"), [(1280, "wide"), (400, "narrow")])
def test_it_fits_asks_for_nothing_and_complains_of_nothing(
    browser: Any, report: Path, scheme: str, width: int, shown: str
) -> None:
    """Nothing sticks out sideways, one size of each chart is seen, the policy blocks nothing of its own."""
    opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.goto(report.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    visible = opened.locator("svg:visible")
    assert {visible.nth(place).get_attribute("class") for place in range(visible.count())} == {shown}
    assert (asked, said) == ([report.as_uri()], [])
    opened.close()


def test_pointing_at_a_line_shows_its_values(browser: Any, report: Path) -> None:
    """In the place of the names, without any script."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    opened.goto(report.as_uri())
    chart = opened.locator("#equity svg.wide")
    assert chart.locator(".legend").is_visible()
    assert chart.locator("text.tip:visible").count() == 0
    chart.hover()
    assert chart.locator("text.tip:visible").count() == 1
    assert not chart.locator(".legend").is_visible()
    opened.close()
