"""What the account says of its equity: minutes, days, the daily limit, rolling figures and grades."""

from __future__ import annotations

import math

import numpy as np
import pytest
from paper.walk import START, Walk, quote

from models.desk.desk import Desk
from models.desk.gate import BUY, HOLD, SELL
from models.inputs import Cause, Genesis
from models.paper.curve import Curve, sharpe
from models.paper.spec import PaperSpec
from models.spec import SECOND

S = "BTCUSDT"
FREE = PaperSpec(slippage_bps=0, taker_bps=0, latency_ms=0)


def held(notional: float = 1_000, **flags: float) -> Walk:
    """Lead a walk to a position in S, bought for so much at 100 without costs: 10 a thousand."""
    walk = Walk(FREE, **flags)
    walk.second(quote(S, 100.0))
    walk.command("paper.order", symbol=S, side="buy", notional_usd=notional)
    walk.second(quote(S, 100.0))
    return walk


def test_every_minute_is_marked_once_at_its_end() -> None:
    """The equity behind the last second of the minute; nothing was traded, so nothing has changed."""
    walk = Walk()
    walk.seconds(125, quote(S, 100.0))
    marks = walk.said("account")
    assert [(body["event"], body["ts"] // SECOND - START) for body in marks] == [
        ("minute", 60),
        ("minute", 120),
    ]
    assert {body["equity"] for body in marks} == {"1000.00000000"}
    assert [body["ordinal"] for body in marks] == [0, 1]
    assert marks[0]["caused_by"] == {"topic": "account", "partition": 0, "offset": 600, "seq": 60}


def test_minutes_without_a_second_are_one_mark_of_what_was_before() -> None:
    """A gap from 0:00:10 to 0:05:07 is one mark at 0:05, at the price before the gap."""
    walk = held()
    walk.at = START + 10
    walk.second(quote(S, 110.0))
    walk.at = START + 307
    walk.second(quote(S, 50.0))
    marks = [body for body in walk.said("account") if body["event"] == "minute"]
    assert [(body["ts"] // SECOND - START, body["equity"]) for body in marks] == [(300, "1100.00000000")]


def test_positions_are_valued_at_the_last_price() -> None:
    """With what they cost, and what closing them without costs would bring."""
    walk = held(500)
    walk.at = START + 59
    walk.second(quote(S, 123.4, traded=False))
    body = walk.said("account")[-1]
    assert body["positions"] == [{
        "symbol": S, "venue": "", "qty": "5.00000000", "cost": "500.00000000", "fees": "0.00000000",
        "price": "123.4", "value": "617.00000000", "pnl": "117.00000000", "model": "paper.order",
    }]  # fmt: skip
    assert (body["equity"], body["unrealised"], body["realised"]) == (
        "1117.00000000",
        "117.00000000",
        "0.00000000",
    )


@pytest.mark.parametrize("broken", [math.nan, math.inf, 0.0, -1.0])
def test_what_is_no_price_neither_values_nor_fills(broken: float) -> None:
    """The last price stands."""
    walk = held(500)
    walk.command("paper.close")
    walk.second(quote(S, broken))
    walk.at = START + 59
    walk.second(quote(S, broken))
    assert walk.said("account")[-1]["equity"] == "1000.00000000"
    assert len(walk.trades) == 1


def losses(walk: Walk, *prices: float) -> list[tuple[str, str]]:
    """Return the events of the daily limit that these prices bring about, each with the day's profit."""
    for price in prices:
        walk.second(quote(S, price))
    return [(b["event"], b["day_pnl"]) for b in walk.said("account") if b["event"] in ("near_limit", "limit")]


def test_the_daily_limit_is_told_when_near_and_when_reached_once_a_day() -> None:
    """Of -200: near at exactly -180, reached at exactly -200, each once."""
    near, limit = ("near_limit", "-180.00000000"), ("limit", "-200.00000000")
    assert losses(held(), 82.00001, 99.0) == []
    assert losses(held(), 82.0, 81.0, 99.0, 82.0) == [near]
    assert losses(held(), 82.0, 80.0, 79.0, 99.0, 70.0) == [near, limit]
    assert losses(held(), 80.0) == [("near_limit", "-200.00000000"), limit]
    assert losses(held(max_daily_loss=-100), 91.0, 90.0) == [
        ("near_limit", "-90.00000000"), ("limit", "-100.00000000"),
    ]  # fmt: skip


def test_a_reached_limit_blocks_entries_until_midnight_and_no_exits() -> None:
    """Even where the equity recovers or the flag is loosened; the next day begins with its own equity."""
    walk = held(500)
    walk.second(quote(S, 50.0, HOLD))  # 250 lost
    walk.second(quote(S, 100.0), quote("B", 9.0, BUY))
    walk.command("flag.set", key="max_daily_loss", value=-300)
    walk.second(quote(S, 100.0, SELL), quote("B", 9.0, BUY))
    walk.second(quote(S, 100.0))
    told = [(body["symbol"], body["event"], body["reason"]) for body in walk.trades[1:]]
    assert told == [("B", "blocked", "daily_loss_limit"), (S, "fill", "exit")]
    assert walk.said("account")[-1]["limit_reached"]

    walk.at = START + 86_400 - 1
    [minute, day] = walk.second(quote(S, 100.0), quote("B", 9.0, BUY))  # known at midnight: the next day's
    assert (minute["ts"] // SECOND - START, day["ts"] // SECOND - START) == (86_340, 86_400)
    assert (minute["limit_reached"], day["limit_reached"]) == (True, False)
    walk.second(quote("B", 9.0))
    assert walk.trades[-1]["event"] == "fill"


def test_a_day_begins_with_the_equity_of_its_midnight() -> None:
    """The profit of the day before is not lost again."""
    walk = held()
    walk.at = START + 86_399
    walk.second(quote(S, 150.0))
    assert walk.said("account")[-1]["day_pnl"] == "0.00000000"
    walk.at += 59
    walk.second(quote(S, 140.0))
    last = walk.said("account")[-1]
    assert (last["day_pnl"], last["pnl"]) == ("-100.00000000", "400.00000000")


def test_without_the_flag_there_is_no_limit() -> None:
    """A desk that sets none."""
    walk = held()
    walk.account.step([Genesis(Desk(), Cause(0, 0))])
    walk.at = START + 59
    walk.second(quote(S, 1.0))
    last = walk.said("account")[-1]
    assert (last["day_limit"], last["near_limit"]) == (None, None)


def test_rolling_profits_look_a_day_and_seven_days_back() -> None:
    """Equity follows the price: minute k of the account ends at 1000 + k / 100."""
    walk = held()
    minutes = 8 * 1_440
    for minute in range(1, minutes + 1):
        walk.at = START + 60 * minute - 1
        walk.second(quote(S, round(100 + minute / 1_000, 3), traded=False))
    marks = {b["ts"] // SECOND - START: b for b in walk.said("account") if b["event"] == "minute"}
    one, seven = ([marks[60 * minute][name] for minute in (1, 1_440, 1_441, 10_080, 10_140, minutes)]
                  for name in ("pnl_1d", "pnl_7d"))  # fmt: skip
    assert one == ["0.01000000", "14.40000000", "14.40000000", "14.40000000", "14.40000000", "14.40000000"]
    assert seven == [
        "0.01000000", "14.40000000", "14.41000000", "100.80000000", "100.80000000", "100.80000000",
    ]  # fmt: skip
    assert len(walk.account.snapshot()["active"]["curve"]["minutes"]) == 1_441
    assert len(walk.account.snapshot()["active"]["curve"]["hours"]) == 169


def test_the_sharpe_ratio_is_that_of_the_hourly_returns() -> None:
    """Against numpy; nothing below 24 returns, nor where nothing varies."""
    rng = np.random.default_rng(7)
    equity = np.round(1e11 * np.cumprod(1 + rng.normal(0.0002, 0.003, 169))).astype(np.int64)
    for count in (25, 26, 100, 169):
        returns = np.diff(equity[:count]) / equity[: count - 1]
        expected = returns.mean() / returns.std(ddof=1) * np.sqrt(8_760)
        assert sharpe(equity[:count].tolist()) == pytest.approx(expected, rel=1e-12)
    assert sharpe(equity[:24].tolist()) is None
    assert sharpe([10**11] * 100) is None
    assert sharpe([10**11] * 30 + [0]) is None


def test_missing_minutes_and_hours_keep_what_was_before() -> None:
    """A curve with holes is the curve in which each hole repeats the mark before it."""
    holed, whole = Curve(1_000), Curve(1_000)
    equity = {0: 1_000, 1: 1_001, 59: 900, 61: 950, 185: 1_200, 240: 1_100, 9_000: 1_300, 30_000: 1_400}
    value = 0
    for minute in range(30_001):
        value = equity.get(minute, value)
        whole.minute(minute, value)
        if minute in equity:
            holed.minute(minute, value)
            assert holed.snapshot() == whole.snapshot(), minute
            assert (holed.day_ago, holed.week_ago, holed.sharpe) == (
                whole.day_ago,
                whole.week_ago,
                whole.sharpe,
            )


def test_drawdown_is_measured_from_the_highest_mark() -> None:
    """Peaks 100, 120, 130; the deepest fall is from 120 to 90, a quarter, not the later one to 104."""
    curve = Curve(100)
    found = []
    for equity in (110, 120, 90, 130, 104):
        curve.mark(equity)
        found.append((curve.drawdown, curve.max_drawdown))
    assert found == [(0.0, 0.0), (0.0, 0.0), (0.25, 0.25), (0.0, 0.25), (0.2, 0.25)]
