"""The table of symbols and one symbol's signal, each value with its age."""

from __future__ import annotations

import pytest
from api_markets import always_buy
from one_shard import at
from running_api import NOW, Api

pytestmark = pytest.mark.embedded


def test_table(api: Api) -> None:
    """One row a symbol over all shards, in order of names."""
    api.publish(always_buy("SOLUSDT", 0), always_buy("BTCUSDT", 1))
    said = api.get("/symbols")
    assert (said["count"], said["ts"], [r["symbol"] for r in said["symbols"]]) == (
        2,
        NOW,
        ["BTCUSDT", "SOLUSDT"],
    )
    assert said["symbols"][0] == {
        "symbol": "BTCUSDT", "venue": "", "shard": "ticks/0001", "price": 101.0, "signal": "BUY", "prob": 0.9,
        "confid": 0.9, "reason": "entry", "advisory": False, "fallback": False, "killed": False,
        "stale": False, "model": "constant-0.9", "ts": at(10), "age_s": 0.4, "level": "ok",
        "trade_age_s": 0.65, "ticks_per_minute": 2,
    }  # fmt: skip


def test_stale_row_is_no_word_to_act_upon(api: Api) -> None:
    """Past five seconds the table says HOLD and no longer how busy the market is."""
    api.publish(always_buy())
    api.now = at(30)
    [row] = api.get("/symbols")["symbols"]
    assert (row["signal"], row["reason"], row["stale"], row["fallback"]) == ("HOLD", "stale", True, True)
    assert (row["age_s"], row["trade_age_s"], row["ticks_per_minute"]) == (20.0, 20.25, None)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "btcusdt"])
def test_signal_as_published_and_as_it_counts_now(api: Api, symbol: str) -> None:
    """The record of the topic is whole; beside it stands what it is worth now."""
    shard = always_buy()
    api.publish(shard)
    api.now = at(60)
    said = api.get(f"/signals/{symbol}")
    assert said["signal"] == shard.view.as_dict()["symbols"]["BTCUSDT"]["signal"]
    assert said["features"] == shard.view.as_dict()["symbols"]["BTCUSDT"]["features"]
    assert (said["age_s"], said["signal"]["signal"], said["now"]["signal"]) == (50.0, "BUY", "HOLD")


def test_signal_of_a_name_with_a_slash(api: Api) -> None:
    """Names such as BTC/USD are one path."""
    api.publish(always_buy("BTC/USD"))
    assert api.get("/signals/BTC/USD")["symbol"] == "BTC/USD"


def test_signal_of_an_unknown_symbol(api: Api) -> None:
    """404 with what is known."""
    api.publish(always_buy())
    assert api.get("/signals/XRPUSDT", 404)["known"] == ["BTCUSDT"]
