"""When records are sent, what the first and the last one hold, and the meter of the paper account."""

from __future__ import annotations

from typing import Any

from slo.metered import Heard

from flows.slo.account import AccountMeter
from flows.slo.process import process
from models.inputs import Cause
from models.judge.records import Record, Shard
from models.paper.account import Booked
from models.slo.tally import Tally
from models.spec import SECOND

ACCOUNT = Shard("account", 0, 0)


def counts(heard: Heard) -> list[tuple[str, dict[str, int]]]:
    return [(body["source"], body["counts"]) for _, body in heard.records]


def test_every_source_tells_once_in_ten_seconds_of_the_clock() -> None:
    """On its own partition; a record that log time brought puts the next one off."""
    heard = Heard()
    reporter = heard.reporter(Tally("signals", "ticks/0000", 0), Tally("signals", "ticks/0001", 1))
    heard.passed = 4.0
    reporter.passed("ticks/0001", 100 * SECOND)
    reporter.passed("ticks/0001", 110 * SECOND)
    for passed in range(5, 25):
        heard.passed = float(passed)
        reporter.looks()
    assert [(partition, body["source"]) for partition, body in heard.records] == [
        (1, "ticks/0001"), (0, "ticks/0000"), (1, "ticks/0001"), (0, "ticks/0000"), (1, "ticks/0001"),
    ]  # fmt: skip


def test_the_first_record_tells_of_the_start_and_the_last_comes_with_the_end() -> None:
    """A crash before is told with it; starts belong to the process, so to one of its sources."""
    heard = Heard()
    with heard.reporter(
        Tally("signals", "a/0000", 0), Tally("signals", "a/0001", 1), crashed=True
    ) as reporter:
        reporter.tally("a/0001").count("rows", 7)
        heard.lost = 2
    assert counts(heard) == [("a/0000", {"starts": 1, "crashes": 1, "lost": 2}), ("a/0001", {"rows": 7})]
    assert heard.closed


def test_what_was_told_is_not_told_again() -> None:
    """Each record is about what came since the one before."""
    tally = Tally("paper", "account/0000")
    tally.count("fills", 3)
    assert tally.take(5, process())["counts"] == {"fills": 3}
    assert tally.take(6, process())["counts"] == {}


def test_the_process_is_described() -> None:
    """By what the system says of it."""
    found = process()
    assert found["rss_bytes"] > 1_000_000
    assert found["cpu_s"] > 0
    assert found["began"] == process()["began"]


def booked(second: int, *trades: tuple[str, str]) -> Booked:
    """Return what the account took in up to a second, with its trades as (event, reason)."""
    records = [Record("trades", "active", {"event": event, "reason": reason}) for event, reason in trades]
    state: dict[str, Any] = {"book": "active"}
    return Booked([*records, Record("account", "active", state)], Cause(second, 0))


def test_the_account_counts_what_became_of_its_orders() -> None:
    """An order that a rule of the account stops is no failure; one that a missing number stops is."""
    heard = Heard()
    meter = AccountMeter(heard.reporter(Tally("paper", ACCOUNT.key)))
    meter.delivered(ACCOUNT, [booked(100, ("fill", "entry"), ("blocked", "max_open_positions"))], 1)
    meter.delivered(ACCOUNT, [booked(110, ("blocked", "guard"), ("cancelled", "shard_behind"))], 2)
    [(partition, body)] = heard.records
    assert (partition, body["flow"], body["ts"], body["span_s"]) == (0, "paper", 110 * SECOND, 10.0)
    assert body["counts"] == {"starts": 1, "fills": 1, "blocked": 2, "cancelled": 1, "trading_errors": 2}
    heard.passed = 10.0
    meter.turn()
    assert len(heard.records) == 2
