"""A browser that notes what goes wrong on a page: its console, its errors, what the policy has blocked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE, PHONE = (1280, 900), (360, 740)
VIEWS = [(size, scheme) for size in (WIDE, PHONE) for scheme in ("light", "dark")]

_SCROLLERS = """() => [...document.querySelectorAll('*')].filter((one) => {
  const style = getComputedStyle(one);
  return /auto|scroll/.test(style.overflowY + style.overflowX) && one.checkVisibility()
    && (one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth);
}).map((one) => one.id || one.tagName)"""
_STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && box.width && (box.right > innerWidth + 0.5 || box.left < -0.5)
    && !one.classList.contains('visually-hidden');
}).map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`)"""

_HEIGHT = "document.querySelector('header').offsetHeight + document.querySelector('main').scrollHeight"
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@contextmanager
def started() -> Iterator[Any]:
    """Start the browser, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


class Looked:
    """A page of the panel."""

    def __init__(self, chromium: Any, url: str, shots: str | None = None) -> None:
        self.context = chromium.new_context(viewport=_size(WIDE), reduced_motion="reduce")
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._url, self.shots = url, shots or os.environ.get("LEVIBOT_PANEL_SHOTS")

    def open(self) -> Any:
        """Open the page and wait for its first state."""
        self.page.goto(self._url)
        self.page.wait_for_selector("#banner[data-status]")
        return self.page

    def view(self, size: tuple[int, int], scheme: str) -> None:
        """Look at it in this size and these colours."""
        self.page.set_viewport_size(_size(size))
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(_PAINTED)

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page, where pictures are asked for (LEVIBOT_PANEL_SHOTS: a folder)."""
        folder = self.shots
        if not folder:
            return
        size = self.page.viewport_size
        whole = self.page.evaluate(_HEIGHT)
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], whole)})
        self.page.wait_for_timeout(150)
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=f"{folder}/{name}-{size['width']}.png")
        self.page.set_viewport_size(size)

    def scrollers(self) -> list[str]:
        """Return what could be scrolled, by its id or its tag."""
        found: list[str] = self.page.evaluate(_SCROLLERS)
        return found

    def sticking_out(self) -> list[str]:
        """Return what does not fit the width."""
        found: list[str] = self.page.evaluate(_STICKING_OUT)
        return found

    def text(self, selector: str) -> str:
        """Return the text of an element, without line breaks."""
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def style(self, selector: str, name: str) -> str:
        """Return a computed style of an element."""
        found: str = self.page.locator(selector).first.evaluate(f"(one) => getComputedStyle(one).{name}")
        return found

    def close(self) -> None:
        """Close the page."""
        self.context.close()


def _size(size: tuple[int, int]) -> Any:
    return {"width": size[0], "height": size[1]}
