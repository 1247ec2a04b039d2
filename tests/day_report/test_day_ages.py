"""How stale ticks became, against the age of every symbol at every second."""

from __future__ import annotations

import numpy as np
import pytest

from flows.day_report.ages import Age, ages
from flows.day_report.window import Window
from models.spec import SECOND
from tests.day_report.told import DAY_S, stale

LIMIT_S = 30.0
LENGTH_S = 2_000
WINDOW = Window(DAY_S * SECOND, (DAY_S + LENGTH_S) * SECOND)
SHARD = "ticks/0000"


def events_of(trades: dict[str, set[int]]) -> list[dict[str, object]]:
    """Return what a shard tells of symbols that trade at these seconds."""
    found = []
    for symbol, seconds in trades.items():
        last, crossed = 0, False
        for second in range(1, LENGTH_S):
            if second in seconds:
                if crossed:
                    found.append(stale("recovered", symbol, second))
                last, crossed = second, False
            elif second - last >= LIMIT_S and not crossed:
                crossed = True
                found.append(stale("crossed", symbol, second, second - last))
    return found


def greatest(trades: dict[str, set[int]], together: bool) -> float:
    """Return the greatest age of any symbol, or of the freshest one, over all seconds, one by one."""
    last, worst = dict.fromkeys(trades, 0), 0.0
    for second in range(1, LENGTH_S + 1):
        found = [second - at for at in last.values()]
        worst = max(worst, min(found) if together else max(found))
        last = {symbol: second if second in trades[symbol] else at for symbol, at in last.items()}
    return worst


@pytest.mark.parametrize("seed", range(8))
def test_ages_are_those_of_a_walk_over_every_second(seed: int) -> None:
    """Of the stalest symbol, and of the freshest one: the latter crosses with the last symbol alone."""
    rng = np.random.default_rng(seed)
    trades = {name: set(rng.choice(LENGTH_S, 25, replace=False).tolist()) for name in ("A", "B")}
    found = ages(events_of(trades), {SHARD: {":A", ":B"}}, WINDOW, LIMIT_S)
    assert found.symbol.value == greatest(trades, together=False)
    freshest = greatest(trades, together=True)
    assert found.shard == (Age(freshest, SHARD) if freshest >= LIMIT_S else Age(None, "", LIMIT_S))


def test_a_symbol_that_trades_keeps_its_shard_fresh() -> None:
    """One symbol of two is silent for good: it is 500 s old at the end, the shard never crossed."""
    quiet = [stale("crossed", "A", 1_530, 30.0)]
    found = ages(quiet, {SHARD: {":A", ":B"}}, WINDOW, LIMIT_S)
    assert found == (Age(500.0, ":A"), Age(None, "", LIMIT_S), 1)


def test_without_scores_and_events_nothing_is_known() -> None:
    """That nothing was stale can be said of shards that were heard of alone."""
    assert ages([], {}, WINDOW, LIMIT_S).shard == Age(None, "", None)
    assert ages([], {SHARD: {":A"}}, WINDOW, LIMIT_S).shard == Age(None, "", LIMIT_S)
