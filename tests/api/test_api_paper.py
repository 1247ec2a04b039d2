"""The paper account over HTTP: numbers as its topics tell them, each book apart, never a made-up one."""

from __future__ import annotations

from typing import Any

import pytest
from api_product import publish_account, walked
from guard.looks import FIRST
from one_shard import at
from running_api import NOW, Api

pytestmark = pytest.mark.embedded

PATHS = ("summary", "portfolio", "positions", "trades", "performance", "equity")
HEAD: dict[str, Any] = {
    "book": "active", "status": "LIVE", "online": True, "written_age_s": 0.0, "second": FIRST + 10,
    "lag_s": 0.4, "age_s": 30.4,
}  # fmt: skip
"""The last record is that of the minute that ended 20 s before the test's day."""


@pytest.fixture
def account(api: Api) -> Api:
    """Bought at 100.05 in both books, sold at 109.945 by the active one; computed by hand elsewhere."""
    publish_account(api, walked())
    return api


def test_summary(account: Api) -> None:
    """The owner's four figures and what stands beside them."""
    assert account.get("/paper/summary") == {
        **HEAD,
        "stats": {
            "total_equity": 1009.57521977, "total_pnl": 9.57521977, "total_trades": 1, "wins": 1,
            "win_rate": 1.0, "cash": 1009.57521977, "fees": 0.31483509, "realised": 9.57521977,
            "unrealised": 0.0, "pnl_1d": 9.57521977, "pnl_7d": 9.57521977, "day_pnl": 9.57521977,
            "drawdown": 0.0, "max_drawdown": 0.00019997502, "sharpe": None, "open_positions": 0,
        },
        "ts": NOW,
    }  # fmt: skip


def test_portfolio(account: Api) -> None:
    """Cash and profit, the limits of the day, and who earned it."""
    said = account.get("/paper/portfolio")
    assert (said["total_pnl"], said["cash_balance"], said["positions_value"]) == (
        9.57521977,
        1009.57521977,
        0.0,
    )
    assert (said["day_limit"], said["near_limit"], said["limit_reached"]) == (-200.0, -180.0, False)
    earned = {"trades": 1, "wins": 1, "realised": 9.57521977, "fees": 0.31483509}
    assert (said["by_symbol"], said["by_model"]) == ({"BTCUSDT": earned}, {"ml-fusion": earned})


def test_positions_of_the_challenger(account: Api) -> None:
    """It still holds what it bought: worth 110 less slippage, against what it paid with its fee."""
    said = account.get("/paper/positions?book=challenger")
    [held] = said["positions"]
    assert (said["count"], said["book"], held["symbol"], held["model"]) == (
        1,
        "challenger",
        "BTCUSDT",
        "shadow",
    )
    assert (held["qty"], held["value"], held["pnl_usd"]) == (0.99950024, 109.9450264, 9.79502738)
    assert held["pnl_pct"] == pytest.approx(100 * (109.9450264 / (99.99999902 + 0.15) - 1), rel=1e-9)
    assert account.get("/paper/positions")["positions"] == []


def test_trades_come_newest_first(account: Api) -> None:
    """Fills; on request what was not filled and why."""
    said = account.get("/paper/trades?limit=10")
    assert [(one["side"], one["price"], one["realised"]) for one in said["trades"]] == [
        ("SELL", 109.945, 9.57521977),
        ("BUY", 100.05, None),
    ]
    assert [one["age_s"] for one in said["trades"]] == [194.4, 197.4]
    assert account.get("/paper/trades?limit=1")["trades"] == said["trades"][:1]
    [blocked] = account.get("/paper/trades?event=blocked")["trades"]
    assert (blocked["reason"], blocked["qty"]) == ("halted", None)
    assert account.get("/paper/trades?event=all")["count"] == 3


def test_performance(account: Api) -> None:
    """A return in percent of what the book began with, 1,000, and the owner's words for each figure."""
    said = account.get("/paper/performance")
    assert said["total_return_pct"] == pytest.approx(0.957521977, rel=1e-12)
    assert said["max_drawdown_pct"] == pytest.approx(0.019997502, rel=1e-12)
    assert (said["sharpe"], said["grades"]["sharpe"], said["grades"]["max_drawdown"]) == (
        None,
        None,
        "excellent",
    )


def test_equity_is_a_curve_with_its_drawdown(account: Api) -> None:
    """A point a fill and a minute; the fall is from the highest before it in the window."""
    points = account.get("/paper/equity?window=1d&book=challenger")["points"]
    assert [(point["second"] - FIRST, point["drawdown"]) for point in points] == [
        (-187, 0.0), (-140, 0.0), (-80, 0.0), (-20, 0.0)
    ]  # fmt: skip
    assert [point["value"] for point in points] == [999.80002498, *[1009.79502738] * 3]
    short = account.get("/paper/equity?window=1m")
    assert (short["count"], short["points"][0]["second"]) == (1, FIRST - 20)


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_book_is_refused(account: Api, path: str) -> None:
    """With those there are."""
    said = account.get(f"/paper/{path}?book=other", 404)
    assert (said["error"], said["known"]) == ("unknown_book", ["active", "challenger"])


@pytest.mark.parametrize("bad", ["trades?limit=0", "trades?limit=101", "trades?event=x", "equity?window=9"])
def test_a_bad_parameter_is_refused(account: Api, bad: str) -> None:
    """As everywhere."""
    assert account.get(f"/paper/{bad}", 400)["error"] == "bad_parameter"


def test_a_dead_account_is_stale(account: Api) -> None:
    """Its figures stay readable, with their age, and are not called live."""
    account.now = at(14)
    said = account.get("/paper/summary")
    assert (said["status"], said["online"], said["written_age_s"], said["age_s"]) == (
        "STALE",
        False,
        3.6,
        34.0,
    )
    assert said["stats"]["total_equity"] == 1009.57521977


@pytest.mark.parametrize("path", PATHS)
def test_before_there_is_an_account(api: Api, path: str) -> None:
    """Nothing is claimed: no figure, no position, no trade."""
    said = api.get(f"/paper/{path}")
    assert (said["status"], said["online"], said["age_s"]) == ("EMPTY", False, None)
    assert not any(said.get(name) for name in ("positions", "trades", "points", "total_pnl", "count"))
    assert all(value in (None, 0) for value in said.get("stats", {}).values())


@pytest.mark.parametrize("path", PATHS)
def test_without_redis(api_without_redis: Api, path: str) -> None:
    """503 with a reason."""
    assert api_without_redis.get(f"/paper/{path}", 503)["error"] == "redis_down"
