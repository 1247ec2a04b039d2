"""Kill and un-kill from the panel, through the real gateway and an embedded broker, by keyboard alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent.parent / "gateway"))  # what runs a gateway is that room's

from api_markets import always_buy
from chromium import PHONE, WIDE, Looked
from playwright.sync_api import expect
from running_gateway import KEYS, Running, Shards, running, settings

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.topics import planned
from connectors.redis.writer import ViewWriter

pytestmark = [pytest.mark.slow, pytest.mark.embedded]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The API with its gateway on, over a Redis with two shards."""
    folder = tmp_path_factory.mktemp("gateway")
    topics = {plan.name: plan.partitions for plan in planned(settings("-", folder))}
    with EmbeddedRedis() as redis, EmbeddedBroker(topics) as broker:
        config = settings(broker.bootstrap, folder, redis_url=redis.url)
        with running(config) as found, closing(Shards(config)):
            yield found


@pytest.fixture
def looked(browser: Any, gateway: Running) -> Iterator[Looked]:
    """The panel, with nobody logged in."""
    publish(gateway, killed=False)
    with closing(Looked(browser, gateway.url)) as found:
        found.open()
        yield found


def publish(gateway: Running, *, killed: bool) -> None:
    """Show two shards as they are before or after a kill."""
    shards = [always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1)]
    with ViewWriter(gateway.config.redis_url, timeout_s=10.0) as writer:
        for shard in shards:
            if killed:
                shard.command("kill")
            writer.put(shard.shard.key, shard.view.as_dict())


def log_in(looked: Looked, role: str) -> None:
    """Log in with the key of a role, by keyboard."""
    page = looked.page
    page.focus("#log-in")
    page.keyboard.press("Enter")
    page.keyboard.type(KEYS[role])
    page.keyboard.press("Enter")
    expect(page.locator("#user")).to_have_text(role)


def test_kill_by_keyboard_says_what_happens_and_how_long_it_took(gateway: Running, looked: Looked) -> None:
    """Kill asks for the key, then for a yes that names what happens, and tells the last shard's time."""
    page = looked.page
    page.focus("#kill")
    page.keyboard.press("Enter")
    expect(page.locator("#login")).to_be_visible()
    page.keyboard.type(KEYS["admin"])
    page.keyboard.press("Enter")
    expect(page.locator("#confirm-title")).to_have_text("Kill everything?")
    assert looked.text("#confirm-what") == (
        "Every signal of 2 symbols on 2 shards becomes HOLD at once. The paper account only closes. "
        "It holds across restarts, until somebody ends it with a reason."
    )
    page.keyboard.type("a drill")
    page.keyboard.press("Tab")
    assert looked.text(":focus") == "Cancel"
    page.keyboard.press("Tab")
    assert looked.text(":focus") == "Kill now"
    looked.shot("confirm")
    page.keyboard.press("Enter")
    expect(page.locator("#confirm .said")).to_contain_text("Killed: 2 shards acknowledged, the last after ")
    looked.shot("acknowledged")
    assert looked.text(":focus") == "Close"
    page.keyboard.press("Enter")
    expect(page.locator("#confirm")).to_be_hidden()
    last = gateway.app.state.gateway.recent(1)[0]
    assert (last["cmd"], last["user"], last["args"], last["outcome"]) == (
        "kill", "admin", {"reason": "a drill"}, "done",
    )  # fmt: skip
    assert looked.complaints == []


def test_unkill_wants_a_reason(gateway: Running, looked: Looked) -> None:
    """Under a kill the button ends it; without a reason nothing is sent."""
    page = looked.page
    log_in(looked, "admin")
    publish(gateway, killed=True)
    expect(page.locator("#kill")).to_have_text("Un-kill")
    page.click("#kill")
    expect(page.locator("#confirm-title")).to_have_text("End the kill?")
    page.keyboard.press("Enter")
    assert page.is_visible("#confirm")
    assert looked.text("#confirm .said") == ""
    page.fill("#reason", "the drill is over")
    page.keyboard.press("Enter")
    expect(page.locator("#confirm .said")).to_contain_text("Un-killed: 2 shards acknowledged")
    assert looked.complaints == []


def test_wrong_key_is_said_in_the_dialog(looked: Looked) -> None:
    """And the dialog stays, for another try, or for Escape."""
    page = looked.page
    page.click("#log-in")
    page.keyboard.type("not-the-key-of-anybody")
    page.keyboard.press("Enter")
    expect(page.locator("#login .said")).to_have_text("this is not the key of any role")
    page.keyboard.press("Escape")
    expect(page.locator("#login")).to_be_hidden()
    assert looked.text(":focus") == "Log in"


@pytest.mark.parametrize("role", ["viewer", "trader"])
def test_who_may_not_kill_cannot(looked: Looked, role: str) -> None:
    """The button is there, out of use, and says why (S218)."""
    log_in(looked, role)
    assert looked.page.is_disabled("#kill")
    assert "Yetkiniz yok" in looked.page.get_attribute("#kill", "title")


def test_session_of_an_administrator_outlives_a_reload_and_ends_with_the_log_out(looked: Looked) -> None:
    """The cookie holds; after the log-out nobody is logged in, and the page asks nothing."""
    page = looked.page
    log_in(looked, "admin")
    looked.open()
    expect(page.locator("#user")).to_have_text("admin")
    assert page.evaluate("document.cookie") == ""
    page.click("#log-out")
    expect(page.locator("#log-in")).to_be_visible()
    looked.open()
    expect(page.locator("#log-in")).to_be_visible()
    assert looked.complaints == []


def test_dialogs_fit_a_phone(looked: Looked) -> None:
    """In the light and in the dark."""
    log_in(looked, "admin")
    looked.page.click("#kill")
    for size, scheme in ((PHONE, "light"), (PHONE, "dark"), (WIDE, "dark")):
        looked.view(size, scheme)
        looked.page.wait_for_timeout(100)
        if folder := looked.shots:
            looked.page.screenshot(path=f"{folder}/dialog-{scheme}-{size[0]}.png")
        assert looked.sticking_out() == []
