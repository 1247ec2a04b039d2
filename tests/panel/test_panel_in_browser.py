"""The panel as a browser shows it: in each state, on a screen and a phone, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from api_markets import always_buy
from api_product import guarded, publish_guard, publish_shards
from chromium import PHONE, VIEWS, WIDE, Looked
from one_shard import at, until
from playwright.sync_api import expect
from running_api import Api, served

from connectors.embedded import EmbeddedRedis

pytestmark = [pytest.mark.slow, pytest.mark.embedded]

Opener = Callable[[Api], Looked]


@pytest.fixture
def look(browser: Any) -> Iterator[Opener]:
    """Opens the panel of an API."""
    with ExitStack() as stack:

        def opener(api: Api) -> Looked:
            looked = Looked(browser, str(api.client.base_url))
            stack.callback(looked.close)
            looked.open()
            return looked

        yield opener


def normal_state(api: Api) -> None:
    """All is well."""


def stale(api: Api) -> None:
    """The shards publish on, and no symbol has been answered for 20 s."""
    publish_shards(api, always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1), second=30.0)
    api.now = at(30.4)


def killed(api: Api) -> None:
    """Somebody has killed everything."""
    shards = [always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1)]
    for shard in shards:
        shard.command("kill")
    publish_shards(api, *shards)


def offline(api: Api) -> None:
    """No shard has published for a minute."""
    api.now = at(70.0)


STATES: dict[str, tuple[Callable[[Api], None], str, str]] = {
    "normal": (normal_state, "good", "Trading 2 symbols, all fresh"),
    "stale": (stale, "warn", "All symbols are stale: no signal is to be acted upon"),
    "killed": (killed, "bad", "Killed by ops: every signal is HOLD"),
    "offline": (offline, "demo", "The flow is offline"),
}


def seen_in_every_view(looked: Looked, name: str, tone: str, text: str) -> None:
    """Look at a state in each size and colour: it says what it is, fits, scrolls once, and all is quiet."""
    for size, scheme in VIEWS:
        looked.view(size, scheme)
        looked.shot(f"{name}-{scheme}")
        assert looked.text("#headline") == text
        assert looked.page.get_attribute("#banner", "data-tone") == tone
        assert looked.page.is_visible("#demo") == (tone == "demo")
        assert looked.sticking_out() == []
        assert set(looked.scrollers()) <= {"main"}
        assert looked.page.evaluate("document.scrollingElement.scrollHeight === innerHeight")
    assert looked.style("body", "overflow") == "hidden"
    assert looked.style("main", "overflowY") == "auto"
    assert looked.complaints == []


@pytest.mark.parametrize("name", STATES)
def test_state(normal: Api, look: Opener, name: str) -> None:
    """Told in one sentence with its shape and its colour."""
    publish, tone, text = STATES[name]
    publish(normal)
    seen_in_every_view(look(normal), name, tone, text)


def test_empty_start(empty: Api, look: Opener) -> None:
    """It says what to do, and shows dashes where there is nothing."""
    looked = look(empty)
    seen_in_every_view(looked, "empty", "demo", "Nothing is published yet")
    assert "levibot run signals" in looked.text("#why")
    assert [
        looked.text(f'[data-level="{name}"] .big') for name in ("p95_ms", "staleness_s", "error_rate")
    ] == ["—"] * 3
    assert looked.text("#symbols .empty") == "No symbol has traded yet."


def test_redis_down(without_redis: Api, look: Opener) -> None:
    """The amber chip, the reason, and no figure that could be taken for a fresh one."""
    looked = look(without_redis)
    seen_in_every_view(looked, "redis-down", "demo", "Redis does not answer")
    assert looked.text("#symbols .empty") == "Not known while Redis does not answer."
    assert not any(letter.isdigit() for letter in looked.text("#desk"))


def test_texts_are_what_the_api_says(normal: Api, look: Opener) -> None:
    """Row by row and figure by figure, against the other paths."""
    looked = look(normal)
    table, stats = normal.get("/symbols")["symbols"], normal.get("/paper/summary")["stats"]
    rows = [row.inner_text().split("\t") for row in looked.page.locator("#symbols tbody tr").all()]
    figures = ["101.000", "101.578 +57.2 bp", "▲ BUY", "0.90", "0.4 s", "entry", "0.7 s", "2"]
    assert [[" ".join(cell.split()) for cell in row] for row in rows] == [
        [one["symbol"], *figures] for one in table
    ]
    assert {(one["price"], one["signal"], one["confid"], one["age_s"]) for one in table} == {
        (101.0, "BUY", 0.9, 0.4)
    }
    tools = normal.get("/api/tools/get_metrics")
    assert looked.text('[data-level="p95_ms"] .big') == f"{tools['p95_ms']:.0f} ms"
    assert looked.text('[data-level="error_rate"] .big') == f"{tools['error_rate']:.3f} %"
    assert looked.text("#paper .lead dd") == f"{stats['total_equity']:,.2f}"
    assert looked.text("#reliability .lead dd").startswith("0.138")
    assert looked.text("#drift li") == "f6 BTCUSDT 0.30 of 0.22 watch"
    assert looked.text("#guardrails dl") == "Breaches now 0 Auto-pause no In 24 hours 1"
    assert looked.text("#counters dl") == "Dead letters 0 target ≤ 2 ml_bucket balanced yes 200 scores"
    assert looked.text("#actions li") == "ETHUSDT p 0.90 · conf 0.90 0.4 s"


def test_limits_are_red_lines_that_stay(normal: Api, look: Opener) -> None:
    """Each chart has those of its level, at the same height whatever the values are."""
    looked = look(normal)
    lines = looked.page.locator(".levels .limit")
    values = [float(lines.nth(i).get_attribute("data-limit")) for i in range(lines.count())]
    assert values == [1_000.0, 1_500.0, 30.0, 60.0, 1.0, 2.0]
    assert looked.style(".limit", "stroke") == "rgb(179, 36, 28)"
    before = [lines.nth(i).get_attribute("y1") for i in range(lines.count())]
    normal.now = at(11.4)
    expect(looked.page.locator("#symbols td.age").first).to_have_text("1.4 s")
    assert [lines.nth(i).get_attribute("y1") for i in range(lines.count())] == before


def test_nothing_is_red_on_load_and_no_message_pops_up(empty: Api, look: Opener) -> None:
    """No toast, no alert, no red text while nothing is wrong; no word of a framework's mismatch (S274)."""
    empty.publish(always_buy())
    looked = look(empty)
    assert looked.text("#headline") == "Trading 1 symbol, all fresh"
    assert looked.page.locator("[role=alert], .toast, dialog[open]").count() == 0
    assert looked.page.locator(".bad-text:visible, .bad:visible").count() == 0
    assert "hydrat" not in looked.page.content().lower()


def test_demo_chip_is_amber(empty: Api, look: Opener) -> None:
    """Dark on amber, in both themes (S054)."""
    looked = look(empty)
    for scheme, colour in (("light", "rgb(245, 182, 60)"), ("dark", "rgb(240, 183, 72)")):
        looked.view(WIDE, scheme)
        assert looked.style("#demo", "backgroundColor") == colour
        assert looked.text("#demo") == "DEMO"


def test_table_is_sorted_by_keyboard(normal: Api, look: Opener) -> None:
    """A column's button sorts by it, again the other way round, and keeps the focus over updates."""
    looked = look(normal)
    page = looked.page
    page.focus("th[data-name=symbol] button")
    page.keyboard.press("Enter")
    assert page.get_attribute("th[data-name=symbol]", "aria-sort") == "descending"
    assert [cell.inner_text() for cell in page.locator("td.symbol").all()] == ["ETHUSDT", "BTCUSDT"]
    normal.now = at(11.0)
    expect(page.locator("#symbols td.age").first).to_have_text("1.0 s")
    assert page.evaluate("document.activeElement.parentElement.dataset.name") == "symbol"


def test_theme_is_chosen_and_kept(normal: Api, look: Opener) -> None:
    """Auto, light, dark; the choice outlives a reload."""
    looked = look(normal)
    page = looked.page
    page.click("#theme")
    page.click("#theme")
    assert page.get_attribute("#theme", "aria-label") == "Theme: dark"
    page.reload()
    page.wait_for_selector("#banner[data-status]")
    assert looked.style("body", "backgroundColor") == "rgb(12, 16, 18)"


def test_keyboard_reaches_the_figures(normal: Api, look: Opener) -> None:
    """The first stop skips to the figures, each stop has a ring, and headings and regions have names."""
    looked = look(normal)
    page = looked.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert looked.style(":focus", "outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.get_attribute(".headline", "aria-live") == "polite"
    assert page.locator("svg[role=img]:not([aria-label])").count() == 0


def test_breach_is_shown_with_its_rank_and_whether_it_pauses(
    normal: Api, look: Opener, tmp_path: Path
) -> None:
    """A guard that has just killed for drift: red, its rank in words, auto-pause yes."""
    publish_guard(normal, guarded()[:5], tmp_path / "policy.json")
    looked = look(normal)
    assert looked.text("#guardrails dl") == "Breaches now 1 Auto-pause yes In 24 hours —"
    assert looked.text("#guardrails .breaches li").startswith("P0 drift_kill drift.psi · 0.350 > 0.300")
    looked.view(PHONE, "light")
    looked.shot("breach")
    assert looked.sticking_out() == []


def test_lost_stream_is_said_and_dims_what_is_old(browser: Any) -> None:
    """When the server has gone, the page says how long it has heard nothing."""
    with EmbeddedRedis() as redis, served(Api(redis)) as api:
        publish_shards(api, always_buy())
        looked = Looked(browser, str(api.client.base_url))
        looked.page.clock.install()
        looked.open()
        expect(looked.page.locator("#link")).to_have_text("live")
    page = looked.page
    expect(page.locator("#link")).to_have_text("reconnecting")
    page.clock.fast_forward(7_000)
    expect(page.locator("#link")).to_contain_text("reconnecting, last heard")
    assert "dim" in page.get_attribute("main", "class")
    looked.shot("lost")
    looked.close()


def test_page_without_a_stream_asks_for_the_state(
    normal: Api, look: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all streams are taken it shows the same, and says so in the console alone."""
    monkeypatch.setattr(normal.app.state.panel.hub, "_most", 0)
    looked = look(normal)
    expect(looked.page.locator("#link")).to_have_text("live")
    assert looked.text("#headline") == "Trading 2 symbols, all fresh"
    [said] = looked.complaints
    assert "503" in said


def test_page_that_nobody_sees_keeps_no_stream(normal: Api, look: Opener) -> None:
    """A browser has few connections to one server; it is taken up again where it is seen."""
    looked, hub = look(normal), normal.app.state.panel.hub
    expect(looked.page.locator("#link")).to_have_text("live")
    for hidden, streams in (("true", 0), ("false", 1)):
        looked.page.evaluate(
            f"Object.defineProperty(document, 'hidden', {{value: {hidden}, configurable: true}});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        until(lambda streams=streams: hub.open == streams)
    expect(looked.page.locator("#link")).to_have_text("live")
    assert looked.complaints == []
