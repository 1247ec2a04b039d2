"""A strategy that knows the future: the look-ahead check names it, and its report cannot be believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from peeking import PEEKS, Bend, Bent, Follower, nothing
from walks import MODELS

from flows.backtest.job import ShardJob
from flows.backtest.origins import SimulatedMarket, history_of
from flows.backtest.paper import Chosen, Shard, Trading
from flows.backtest.walking import walk
from flows.backtest.work import Work
from flows.reporting.page import page
from models.desk.desk import Desk
from models.leakage.lookahead import LookAhead, Seen
from models.paper.spec import PaperSpec
from models.performance.result import Result
from models.simulator import MarketSpec, instruments
from models.spec import Spec

MARKET = MarketSpec(instruments=instruments(1), ticks_per_second=3.0, volatility=1.0)
"""Without an edge: nothing in its past tells its future."""
HOUR = SimulatedMarket(MARKET, 3, 3_600.0)
BUSY = SimulatedMarket(replace(MARKET, ticks_per_second=20.0), 3, 8_000.0)
"""Of many batches: what is fitted on each of them is fitted often."""
DESK = Desk(model="follower")
PAPER = PaperSpec(latency_ms=0)
"""Filled at once, or a second's knowledge would be too old by the time of the fill."""
IMPOSSIBLE = "too good to be true"

Tested = Callable[[Bend, SimulatedMarket], Result]


def seen_by_the_check(bend: Bend) -> Seen:
    """Return what the look-ahead check finds."""
    check = LookAhead(lambda saved: Bent(bend, Spec(), DESK, saved), Spec().horizon_s, seed=0)
    for batch in history_of(HOUR).batches():
        check.take(batch)
    check.finish()
    return check.seen


@pytest.fixture
def tested(tmp_path: Path) -> Tested:
    """Backtest the model that follows a feature bent in some way."""

    def result(bend: Bend, origin: SimulatedMarket) -> Result:
        job = ShardJob(
            shard="backtest/0000", origin=origin, sources=[], spec=Spec(), desk=DESK.as_dict(), version="1"
        )  # fmt: skip
        models = {**MODELS, "follower": Follower()}
        folder = tmp_path / bend.__name__
        found = walk(job, models, folder, lambda *_: None, partial(Bent, bend))
        chosen = Chosen(Shard(job, found, Work(folder)), (0,), found.first_second)
        return Trading([chosen], PAPER).result("BTCUSDT", 0, {}, lambda *_: None)

    return result


@pytest.mark.parametrize("bend", PEEKS)
def test_the_check_finds_every_peek(bend: Bend) -> None:
    """With the column that was bent."""
    seen = seen_by_the_check(bend)
    assert seen.different
    assert {finding.column for finding in seen.findings} == {"ret_1s"}


@pytest.mark.parametrize(
    ("bend", "market"),
    [*zip(PEEKS, (HOUR, HOUR, BUSY), strict=True)],
    ids=[bend.__name__ for bend in PEEKS],
)
def test_the_report_of_a_peek_says_that_it_is_impossible(
    bend: Bend, market: SimulatedMarket, tested: Tested
) -> None:
    """First of all its caveats, on the page too; and nothing that is entered at random earns as much."""
    result = tested(bend, market)
    assert result.caveats[0].startswith(IMPOSSIBLE)
    assert "levibot verify lookahead" in result.caveats[0]
    assert IMPOSSIBLE in page(result).lower()
    assert result.significance is not None
    assert (result.significance.p_value or 1) < 0.01


def test_an_honest_feature_is_left_alone(tested: Tested) -> None:
    """The same model on the return that has just been: no finding, and no word of the impossible."""
    assert not seen_by_the_check(nothing).different
    assert not any(caveat.startswith(IMPOSSIBLE) for caveat in tested(nothing, HOUR).caveats)
