"""The message, one attempt to post it to a real server, and the wait for the next."""

from __future__ import annotations

import logging
import time
from email.utils import formatdate

import pytest
from pydantic import SecretStr, ValidationError
from receiver import HANG, SECRET, Receiver, Reply
from told_alerts import AT, told

from connectors.embedded import free_port
from connectors.settings import Settings
from connectors.webhook.backoff import Backoff
from connectors.webhook.hook import Answer, Hook
from connectors.webhook.message import message, trial


def test_an_alert_is_told_with_its_numbers_and_its_id() -> None:
    """A text for those who show no more, and an attachment with the rest."""
    one = told()
    assert message([one]) == {
        "text": f"[P1] FIRING: tick_stale of symbol:S0USDT (id {one['id']})",
        "attachments": [
            {
                "color": "#d00000",
                "fallback": "[P1] FIRING: tick_stale of symbol:S0USDT",
                "title": "[P1] FIRING: tick_stale of symbol:S0USDT",
                "text": "staleness.tick is 61.5, the rule is &gt; 60 for 3m; since 2023-11-14 22:13:20 UTC",
                "fields": [
                    {"title": "severity", "value": "P1, RED", "short": True},
                    {"title": "scope", "value": "symbol:S0USDT", "short": True},
                    {"title": "actions", "value": "alert", "short": True},
                    {"title": "profile", "value": "golive", "short": True},
                    {"title": "runbook", "value": "docs/runbook.md#datastale60s", "short": True},
                ],
                "footer": f"id {one['id']}",
                "ts": AT + 180,
            }
        ],
    }


def test_several_are_one_message_that_begins_with_the_worst() -> None:
    """Each with its own attachment; what is over is green."""
    many = [told(0, severity="P2"), told(1), told(2, event="resolved")]
    found = message(many)
    ids = ", ".join(one["id"] for one in many)
    assert found["text"] == f"3 alerts, the worst P1 (id {ids})"
    assert [one["color"] for one in found["attachments"]] == ["#e0a000", "#d00000", "#2e8b57"]
    assert message([told(2, event="resolved")] * 2)["text"].startswith("2 alerts, all resolved")


def test_no_text_becomes_a_command_of_the_receiver() -> None:
    """A symbol is named by whoever writes ticks."""
    found = message([told() | {"scope": "symbol:<!channel>&"}])
    assert "<" not in str(found) and "symbol:&lt;!channel&gt;&amp;" in found["text"]


def test_a_value_that_is_not_known_and_a_limit_are_told() -> None:
    """As the record of a silent shard has none."""
    [one] = message([told() | {"value": None, "limit": 0.08125}])["attachments"]
    assert one["text"].startswith(
        "staleness.tick is no value, the rule is &gt; 60 for 3m, chance explains up to 0.08"
    )


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (200, Answer("delivered")),
        (204, Answer("delivered")),
        (500, Answer("failed", "status 500")),
        (503, Answer("failed", "status 503")),
        (404, Answer("failed", "status 404")),
        (400, Answer("refused", "status 400")),
        (413, Answer("refused", "status 413")),
        (Reply(429, {"Retry-After": "7"}), Answer("failed", "status 429", 7.0)),
        (Reply(503, {"Retry-After": "soon"}), Answer("failed", "status 503")),
        (Reply(302, {"Location": "http://127.0.0.1:1/elsewhere"}), Answer("failed", "status 302")),
    ],
)  # fmt: skip
def test_what_is_answered_decides_what_becomes_of_a_message(reply: Reply | int, answer: Answer) -> None:
    """Taken, worth another attempt, or unfit for good."""
    with Receiver([reply]) as receiver, Hook(SecretStr(receiver.url)) as hook:
        assert hook.post(trial(AT)) == answer
        assert receiver.arrived()[1]["text"] == (
            "LEVIBOT: a test of the alerts, sent 2023-11-14T22:13:20+00:00. Nothing is wrong."
        )


def test_a_date_is_waited_for_too() -> None:
    """The other form of Retry-After; one that is over is no wait."""
    later, earlier = (formatdate(time.time() + seconds, usegmt=True) for seconds in (100, -100))
    replies = [Reply(429, {"Retry-After": when}) for when in (later, earlier)]
    with Receiver(replies) as receiver, Hook(SecretStr(receiver.url)) as hook:
        asked = [hook.post(trial(AT)).retry_after_s for _ in replies]
    assert asked[0] is not None and 0 < asked[0] <= 100
    assert asked[1] == 0.0


def test_a_receiver_that_hangs_or_is_not_there_holds_up_nobody() -> None:
    """The attempt fails by its time-out, or at once."""
    with Receiver([HANG]) as receiver, Hook(SecretStr(receiver.url), timeout_s=0.2) as hook:
        assert hook.post(trial(AT)) == Answer("failed", "ReadTimeout")
    with Hook(SecretStr(f"http://127.0.0.1:{free_port()}/{SECRET}")) as hook:
        assert hook.post(trial(AT)) == Answer("failed", "ConnectError")


def test_the_address_is_never_told(caplog: pytest.LogCaptureFixture) -> None:
    """Not in an answer, not in a log of any library at any level, not by the settings."""
    settings = Settings(_env_file=None, webhook_url=f"http://127.0.0.1:{free_port()}/{SECRET}")
    assert settings.webhook_url is not None
    with caplog.at_level(logging.DEBUG), Receiver([200]) as receiver, Hook(SecretStr(receiver.url)) as hook:
        answers = [hook.post(trial(AT)), Hook(settings.webhook_url).post(trial(AT))]
    assert SECRET not in f"{answers} {caplog.text} {settings!r}"


def test_an_address_that_is_none_is_refused_without_showing_it() -> None:
    """At the start, by the name of the setting."""
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, webhook_url=f"ftp://example.org/{SECRET}")
    assert "must be the address of a webhook" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_waits_double_up_to_a_minute_with_jitter() -> None:
    """Half of it is sure, the other half is drawn."""
    least, most = Backoff(lambda: 0.0), Backoff(lambda: 1.0)
    assert [least.next_s() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert [most.next_s() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_what_the_receiver_asks_for_is_waited_at_the_least() -> None:
    """Up to ten minutes; its own wait goes on growing."""
    backoff = Backoff(lambda: 0.0)
    assert [backoff.next_s(asked) for asked in (7.0, 0.0, 86_400.0, None)] == [7.0, 1.0, 600.0, 4.0]
