"""``levibot feed`` refuses what it cannot do, with exit code 2 and a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.feed.errors import FeedError
from connectors.feed.simulate import Simulation, started
from flows.commands.feed import app
from models.simulator import MarketSpec, instruments

MARKET = MarketSpec(instruments=instruments(2))
NOW = 1_800_000_000_000_000_000
SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["file", "none.csv"], "No such file"),
        (["file", "none.csv", "--speed", "fast"], "--speed"),
        (["file", "none.csv", "--speed", "0"], "--speed"),
        (["simulate", "--symbols", "BTC USDT"], "letters and digits"),
        (["simulate", "--symbols", "BTCUSDT,BTCUSDT"], "only once"),
        (["simulate", "--rate", "0"], "ticks_per_second"),
        (["simulate", "--start", "yesterday"], "--start"),
        (["simulate", "--edge", "2"], "--edge"),
    ],
)
def test_bad_options_are_refused(arguments: list[str], why: str, tmp_path: Path) -> None:
    """Before any broker is asked."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert why in result.stderr


def plan(**settings: object) -> Simulation:
    return Simulation(market=MARKET, topic="ticks", bootstrap="", **settings)  # type: ignore[arg-type]


def test_a_live_market_begins_now() -> None:
    """At speed 1 or below, whole milliseconds of the clock."""
    assert started(plan(speed=1.0), NOW + 5) == NOW
    assert started(plan(speed=0.5, seconds=10), NOW + 5) == NOW


def test_a_fast_market_ends_now() -> None:
    """Its length is known from its seconds or by rehearsing its records."""
    assert started(plan(speed=20.0, seconds=60), NOW) == NOW - 60 * SECOND
    begin = started(plan(speed=20.0, records=1_000), NOW)
    assert NOW - 1_000 * SECOND < begin < NOW - 20 * SECOND


def test_a_fast_market_needs_an_end() -> None:
    """Endless past cannot be fed."""
    with pytest.raises(FeedError, match="--seconds or --ticks"):
        started(plan(speed=20.0), NOW)


def test_a_market_may_not_run_ahead_of_the_clock() -> None:
    """A given start is refused where the last record would lie in the future."""
    assert started(plan(speed=20.0, seconds=60, start_ts=NOW - 60 * SECOND), NOW) == NOW - 60 * SECOND
    with pytest.raises(FeedError, match="ahead of the clock"):
        started(plan(speed=20.0, seconds=60, start_ts=NOW - 59 * SECOND), NOW)
    with pytest.raises(FeedError, match="ahead of the clock"):
        started(plan(speed=1.0, start_ts=NOW + 1), NOW)
