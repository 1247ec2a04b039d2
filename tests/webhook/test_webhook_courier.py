"""Alerts from a broker to a receiver: in order, each at least once, whatever becomes of either."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import orjson
import pytest
from confluent_kafka import Producer
from pydantic import SecretStr
from receiver import HANG, SECRET, Receiver, Reply
from told_alerts import told

from connectors.embedded import EmbeddedBroker, free_port
from connectors.embedded.child import Child
from connectors.kafka.alerts_feed import AlertsFeed
from connectors.kafka.topics import output
from connectors.webhook.hook import Hook
from flows.webhook import Courier
from tests.flows.commands import levibot
from tests.flows.running import LEVIBOT, Stage, until

pytestmark = pytest.mark.embedded


@pytest.fixture
def stage(embedded_broker: Callable[..., EmbeddedBroker]) -> Stage:
    """A broker with the product's topics."""
    found = Stage("nowhere", "redis://127.0.0.1:1/0", partitions="1", webhook_port=str(free_port()))
    return found.at(embedded_broker({output("alerts", found.settings): 1}).bootstrap)


def tell(stage: Stage, *values: bytes) -> None:
    """Put records on the topic of alerts."""
    producer = Producer({"bootstrap.servers": stage.settings.kafka_bootstrap})
    for value in values:
        producer.produce(output("alerts", stage.settings), value, partition=0)
    assert producer.flush(10) == 0


def record(number: int) -> bytes:
    """Return an alert as it lies on the topic."""
    return orjson.dumps(told(number))


def scopes(body: dict[str, object]) -> list[str]:
    """Return what the alerts of a message are of."""
    attachments = body["attachments"]
    assert isinstance(attachments, list)
    return [one["fields"][1]["value"].removeprefix("symbol:") for one in attachments]


class Waiting:
    """Instead of waiting, notes how long it would have been; the end comes once so many posts were taken."""

    def __init__(self, alerts: int) -> None:
        self.courier: Courier | None = None
        self.waits: list[float] = []
        self._alerts = alerts

    def __call__(self, seconds: float) -> bool:
        if seconds:
            self.waits.append(seconds)
        assert self.courier is not None
        return self.courier.alerts >= self._alerts


def courier(feed: AlertsFeed, hook: Hook, alerts: int) -> tuple[Courier, Waiting]:
    """Return a courier that ends once so many alerts were taken."""
    waiting = Waiting(alerts)
    waiting.courier = Courier(feed, hook.post, waiting)
    return waiting.courier, waiting


def test_a_receiver_that_fails_gets_every_alert_in_order(stage: Stage) -> None:
    """After 500 and 429 the same message; what is unfit is left out, what is no alert passed over."""
    replies = [500, Reply(429, {"Retry-After": "90"}), 200, 400]
    with Receiver(replies) as receiver, Hook(SecretStr(receiver.url)) as hook:
        with AlertsFeed(stage.settings) as feed:
            tell(stage, record(0))
            first, waiting = courier(feed, hook, alerts=1)
            first.run()
        with AlertsFeed(stage.settings) as feed:
            tell(stage, b"no alert", record(1))
            second, _ = courier(feed, hook, alerts=1)
            until(lambda: feed._kept() == 1, "the first alert to be kept")
            second._pause = lambda seconds: second.counts["refused"] == 1  # type: ignore[method-assign]
            second.run()
        with AlertsFeed(stage.settings) as feed:
            tell(stage, record(2), record(3))
            third, _ = courier(feed, hook, alerts=2)
            third.run()
        posts = [receiver.arrived() for _ in range(4)]
        while sum(map(len, (scopes(body) for code, body in posts if code == 200))) < 3:
            posts.append(receiver.arrived())
    assert [code for code, _ in posts][:4] == [500, 429, 200, 400]
    assert posts[0][1] == posts[1][1] == posts[2][1]
    assert [name for code, body in posts if code == 200 for name in scopes(body)] == [
        "S0USDT",
        "S2USDT",
        "S3USDT",
    ]
    assert 0.5 <= waiting.waits[0] <= 1.0 and waiting.waits[1] == 90.0
    assert (first.counts, second.counts["refused"]) == ({"delivered": 1, "failed": 2, "refused": 0}, 1)


def test_what_was_told_before_the_first_start_is_not_and_the_rest_is(stage: Stage) -> None:
    """Nobody wants the alerts of last week; but those of a stop are told when it is back."""
    tell(stage, record(0))
    with Receiver() as receiver, Hook(SecretStr(receiver.url)) as hook:
        with AlertsFeed(stage.settings):
            tell(stage, record(1))  # told while it runs, and not posted before it ends
        tell(stage, record(2))
        with AlertsFeed(stage.settings) as feed:
            courier(feed, hook, alerts=2)[0].run()
        found = [name for _ in range(1) for name in scopes(receiver.arrived()[1])]
        while len(found) < 2:
            found += scopes(receiver.arrived()[1])
    assert found == ["S1USDT", "S2USDT"]


@pytest.mark.slow
def test_a_courier_that_is_killed_posts_again_what_was_not_answered(stage: Stage, tmp_path: Path) -> None:
    """With the same id; its log never tells the address, and a clean stop ends with 0."""
    log = tmp_path / "webhook.log"
    with Receiver([200, HANG]) as receiver:
        env = stage.env | {"WEBHOOK_URL": receiver.url, "LOG_LEVEL": "debug"}
        courier = Child("webhook", [LEVIBOT, "run", "webhook"], log=log, env=env)
        until(lambda: health(stage), f"the courier to start; see {log}")
        tell(stage, record(0))
        assert scopes(receiver.arrived()[1]) == ["S0USDT"]
        until(lambda: health(stage)["alerts"] == 1, "the first to be counted")
        tell(stage, record(1))
        assert scopes(receiver.arrived()[1]) == ["S1USDT"]
        courier.kill()
        again = Child("webhook", [LEVIBOT, "run", "webhook"], log=log, env=env)
        _, repeated = receiver.arrived()
        assert scopes(repeated) == ["S1USDT"]
        assert told(1)["id"] in repeated["text"]
        until(lambda: health(stage)["alerts"] == 1, "it to be counted")
        metrics = httpx.get(f"http://127.0.0.1:{stage.settings.webhook_port}/metrics").text
        assert again.stop() == 0
    assert "levibot_webhook_alerts_total 1.0" in metrics
    assert "levibot_webhook_waiting_seconds 0.0" in metrics
    assert SECRET not in log.read_text()


def health(stage: Stage) -> dict[str, object]:
    """Return what the process says of itself, nothing while it does not."""
    try:
        found: dict[str, object] = httpx.get(
            f"http://127.0.0.1:{stage.settings.webhook_port}/health", timeout=5
        ).json()
    except httpx.TransportError:
        return {}
    return found


def test_a_message_can_be_sent_to_try_it() -> None:
    """Whether it was taken is the exit code."""
    began = time.time()
    with Receiver([200, 404]) as receiver:
        taken, refused = (levibot(("alerts", "test"), {"WEBHOOK_URL": receiver.url}) for _ in range(2))
        text = receiver.arrived()[1]["text"]
    assert (taken.code, taken.out) == (0, "the webhook has taken a test message\n")
    assert text.startswith("LEVIBOT: a test of the alerts, sent ") and time.time() >= began
    assert (refused.code, "(status 404): check WEBHOOK_URL" in refused.err) == (1, True)
    assert SECRET not in refused.err


def test_without_an_address_nothing_is_posted() -> None:
    """Which is how it is delivered."""
    for words in (("alerts", "test"), ("run", "webhook")):
        said = levibot(words, {"WEBHOOK_URL": ""})
        assert said.code == 2
        assert "WEBHOOK_URL is not set" in said.err
