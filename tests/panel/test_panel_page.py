"""The page as it is served: nothing from elsewhere, nothing inline, colours that can be told apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running_api import Api

import api.panel

STATIC = Path(api.panel.__file__).with_name("static")
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")

TEXT, LARGE_OR_GRAPHIC = 4.5, 3.0
"""Least contrast by WCAG 2.2, success criteria 1.4.3 and 1.4.11."""
PAIRS = (
    ("ink", "surface", 7.0), ("ink", "page", 7.0), ("soft", "surface", TEXT), ("soft", "page", TEXT),
    ("soft", "faint", TEXT), ("accent", "surface", TEXT), ("red", "surface", TEXT), ("red", "page", TEXT),
    ("amber", "surface", TEXT), ("amber", "page", TEXT), ("on-amber", "amber-fill", TEXT),
    ("on-red", "red", TEXT), ("on-accent", "accent", TEXT), ("edge", "surface", LARGE_OR_GRAPHIC),
    ("accent", "page", LARGE_OR_GRAPHIC), ("accent", "band", LARGE_OR_GRAPHIC),
    ("red", "band", LARGE_OR_GRAPHIC),
)  # fmt: skip


def palettes() -> list[dict[str, str]]:
    """Return the colours of each theme, by name, as the file has them."""
    blocks = re.findall(r"\{([^{}]*--page[^{}]*)\}", TOKENS)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_has_it() -> None:
    """Black on white is 21, and #767676 is the lightest grey for text on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(("one", "other", "least"), PAIRS, ids=str)
def test_colours_can_be_told_apart(one: str, other: str, least: float) -> None:
    """In light and in dark."""
    light, dark, chosen_dark = palettes()
    assert dark == chosen_dark
    for palette in (light, dark):
        assert contrast(palette[one], palette[other]) >= least


@pytest.mark.embedded
def test_page_is_served_under_a_strict_policy(empty: Api) -> None:
    """Scripts, styles and connections of its own; no script and no style in the page itself."""
    answer = empty.client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                 "img-src 'self' data:", "frame-ancestors 'none'"):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", answer.text)


@pytest.mark.embedded
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_served_and_comes_from_nowhere_else(empty: Api, path: Path) -> None:
    """With its type and a check for changes; no address of another host is in it."""
    answer = empty.client.get(f"/panel/{path.relative_to(STATIC)}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    kind = {".js": "javascript", ".css": "text/css", ".html": "text/html"}[path.suffix]
    assert kind in answer.headers["content-type"]
    again = empty.client.get(
        f"/panel/{path.relative_to(STATIC)}", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert set(re.findall(r"https?://[\w.]+", answer.text)) <= {"http://www.w3.org"}


@pytest.mark.embedded
def test_what_is_no_file_is_refused_in_the_usual_form(empty: Api) -> None:
    """Neither a folder nor a file beside it is shown."""
    for path in ("/panel/nothing.js", "/panel/", "/panel/parts/", "/panel/%2e%2e/routes.py"):
        assert empty.get(path, 404)["error"] == "not_found"


def test_modules_are_small_and_import_what_there_is() -> None:
    """Each module's imports resolve to files, and no line is over long."""
    for path in (one for one in FILES if one.suffix == ".js"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'^import .* from "(.+)";$', text, re.M):
            assert (path.parent / name).resolve().is_file(), f"{path.name}: {name}"
        assert len(text.splitlines()) <= 170, path.name
