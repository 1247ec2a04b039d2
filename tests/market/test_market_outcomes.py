"""What became of a price one horizon later."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from oracle.log import SECOND, Event, Message, Pulse, Trade
from oracle.seen import SeenRow, rows_of
from oracle.stages import inputs

from models.desk.desk import Desk
from models.market.market import Market
from models.spec import Spec
from models.ticks import Symbol

START = 1_700_000_000
COIN = Symbol("", "COIN")


def rows(
    prices: dict[float, float], until: float, spec: Spec | None = None, cuts: Sequence[int] = ()
) -> list[SeenRow]:
    """Return the rows of trades at these seconds after the start, closed up to ``until``."""
    log: list[Event] = []
    for offset, (second, price) in enumerate(prices.items()):
        ts = START * SECOND + round(second * SECOND)
        log.append(Message(offset, ts, (Trade(COIN, ts, price, 1.0),), b""))
    log.append(Pulse(START * SECOND + round((until + 1) * SECOND)))
    market = Market(spec or Spec(), Desk())
    return rows_of(one for activation in inputs(log, cuts) for one in market.step(activation))


def every_second(prices: Sequence[float]) -> dict[float, float]:
    """Return one trade in the middle of each second."""
    return {k + 0.5: price for k, price in enumerate(prices)}


@pytest.mark.parametrize(
    ("later", "word"), [(100.01, "up"), (99.99, "down"), (100.0, "tie"), (100.0 * (1 + 1e-11), "up")]
)
def test_a_label_compares_two_closes_one_horizon_apart(later: float, word: str) -> None:
    """The row 60 seconds on carries it, with the log return; a difference of 1e-12 is a tie."""
    found = rows(every_second([100.0] * 60 + [later]), 61)

    assert [row.outcome for row in found] == ["unknown"] * 60 + [word]
    assert found[60].realised == pytest.approx(math.log(later / 100.0), abs=1e-12)
    assert [row.realised for row in found[:60]] == [None] * 60


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [(0.0, 60.5, "up"), (0.0, 65.0, "up"), (0.0, 65.5, "up"), (-4.0, 60.5, "up"), (-4.5, 60.5, "stale")],
)
def test_a_price_older_than_five_seconds_at_either_end_gives_no_label(
    first: float, last: float, word: str
) -> None:
    """Five seconds exactly are still good; the ages count from the window ends at 1 s and 61 s.

    A life that begins before second 0 has its rows from then on, so the pair in question is found by second.
    """
    prices = {first: 100.0, 58.0: 101.0} | ({last: 102.0} if last > 58 else {})
    found = {row.second - START: row for row in rows(prices, 70)}

    assert found[60].outcome == word


def test_an_age_beyond_the_limit_at_the_later_end_is_stale() -> None:
    """The last trade at 55.999 s is 5.001 s old when second 60 ends, 5.0 s old at 56.0 s."""
    assert rows({0.5: 100.0, 55.999: 101.0}, 61)[60].outcome == "stale"
    assert rows({0.5: 100.0, 56.0: 101.0}, 61)[60].outcome == "up"


def test_a_symbol_that_came_back_has_no_label_until_a_horizon_later() -> None:
    """What it said in its former life is not judged by the prices of the new one."""
    spec = Spec(symbol_ttl_s=10)
    found = rows({0.5: 100.0, 60.5: 200.0, 61.5: 200.0}, 65, spec)

    assert {row.outcome for row in found} == {"unknown"}


@pytest.mark.parametrize("horizon", [1, 7, 60])
def test_the_horizon_is_the_specs(horizon: int) -> None:
    """Any number of seconds, also across batches."""
    prices = every_second([100.0 + (k * 7) % 5 for k in range(80)])
    found = rows(prices, 80, Spec(horizon_s=horizon), cuts=range(0, 80, 3))

    values = list(prices.values())
    moves = [math.log(values[k] / values[k - horizon]) for k in range(horizon, 80)]
    assert [row.outcome for row in found][:horizon] == ["unknown"] * horizon
    assert [row.realised for row in found][horizon:80] == [pytest.approx(move, abs=2e-12) for move in moves]
