"""A shard's view is what its emissions say last, however they were cut, and what was handed out stays."""

from __future__ import annotations

import copy

from one_shard import START, OneShard, at, trade

from connectors.redis.hour import HourCount
from connectors.redis.view import EVENTS, ShardView
from models.spec import SECOND, Spec

MINUTE = 60 * SECOND


def test_latest_signal_and_row_of_each_symbol() -> None:
    """Of many closed seconds the newest is shown, with its own price."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.5, 100.0), trade("ETHUSDT", 0.6, 7.0), trade("BTCUSDT", 3.5, 101.0))
    view = shard.view.as_dict()
    assert list(view["symbols"]) == ["BTCUSDT", "ETHUSDT"]
    btc, eth = view["symbols"].values()
    # BTC's own trade at 3.5 closes its seconds 0 to 2; log time 3.5 less a second of grace closes ETH's 0, 1
    assert (btc["signal"]["ts"], eth["signal"]["ts"]) == (at(3), at(2))
    assert (btc["signal"]["price"], eth["features"]["price"]) == (100.0, 7.0)
    assert btc["features"]["tf"] == "1s"
    assert btc["features"]["id"] != eth["features"]["id"]


def test_one_second_row_is_shown_where_a_five_second_bar_ends() -> None:
    """The m5s record that follows the m1s record of the same window does not take its place."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 4.5, 100.0), trade("BTCUSDT", 5.1, 101.0))
    row = shard.view.as_dict()["symbols"]["BTCUSDT"]["features"]
    assert (row["tf"], row["ts"]) == ("1s", at(5))
    assert row["values"]["since_trade_s"] == 0.5


def test_head_tells_position_books_and_desk() -> None:
    """Cause, last progress, log time, ledger and desk are those of the last emission."""
    shard = OneShard("trades.binance", 3)
    shard.feed(trade("BTCUSDT", 0.5, 100.0), b"no json", trade("BTCUSDT", 4.0, 101.0))
    shard.command("kill")
    view = shard.view.as_dict()
    assert view["shard"] == "trades.binance/0003"
    assert (view["topic"], view["partition"], view["number"]) == ("trades.binance", 3, 3)
    assert (view["offset"], view["seq"], view["log_ts"]) == (3, 1, at(4))
    assert view["second"] == at(3) // SECOND
    assert view["ledger"] == {"read": 3, "used": 2, "skipped": 0, "late": 0, "duplicate": 0, "invalid": 1}
    assert view["desk"]["killed"] is True
    assert view["desk"]["killed_by"] == "ops"
    assert view["command_id"] == "c1"
    assert view["versions"] == {"ml-fusion": "ml-fusion-1.2"}


def test_view_is_the_same_however_the_log_was_cut() -> None:
    """One batch and one record at a time give the same view."""
    ticks = [trade(f"S{i % 3}USDT", i * 0.7, 100.0 + i % 5) for i in range(200)] + [b"no json"]
    whole, single = OneShard(), OneShard()
    whole.feed(*ticks)
    for tick in ticks:
        single.feed(tick)
    assert whole.view.as_dict() == single.view.as_dict()


def test_what_was_handed_out_never_changes() -> None:
    """A snapshot that another thread may be writing is not touched by later emissions."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.5, 100.0), trade("BTCUSDT", 1.5, 100.0))
    handed_out = shard.view.as_dict()
    then = copy.deepcopy(handed_out)
    shard.feed(trade("ETHUSDT", 70.0, 7.0), trade("BTCUSDT", 80.0, 99.0), b"no json")
    shard.command("kill")
    assert handed_out == then
    assert shard.view.as_dict() != then


def test_unchanged_symbols_keep_their_identity() -> None:
    """A symbol without news is the same object, by which the writer knows what to skip."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.5, 100.0), trade("ETHUSDT", 0.5, 7.0), trade("ETHUSDT", 1.5, 7.0))
    before = shard.view.as_dict()["symbols"]
    shard.feed(trade("BTCUSDT", 1.6, 100.0))
    after = shard.view.as_dict()["symbols"]
    assert after["ETHUSDT"] is before["ETHUSDT"]
    assert after["BTCUSDT"]["signal"]["ts"] == at(1)


def test_staleness_level_follows_the_age_of_the_last_trade() -> None:
    """31 s after the last trade the level is warn, 61 s after it crit, and the events say so."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.0, 100.0))
    levels = {}
    for second in (31, 32, 61, 62):
        shard.beat(second)  # closes the windows up to one second before
        levels[second - 1] = shard.view.as_dict()["symbols"]["BTCUSDT"]["level"]
    assert levels == {30: "ok", 31: "warn", 60: "warn", 61: "crit"}
    events = shard.view.as_dict()["events"]
    assert [(e["topic"], e["event"], e.get("level")) for e in events] == [
        ("staleness", "crossed", "warn"),
        ("staleness", "crossed", "crit"),
        ("fallback", "enter", None),
    ]
    assert shard.view.as_dict()["fallbacks"] == {"stale": 1}


def test_expired_symbol_stays_with_its_level() -> None:
    """A symbol past its time to live is shown as expired until it trades again."""
    shard = OneShard(spec=Spec(symbol_ttl_s=60))
    shard.feed(trade("BTCUSDT", 0.5, 100.0))
    shard.beat(100)
    assert shard.view.as_dict()["symbols"]["BTCUSDT"]["level"] == "expired"
    shard.feed(trade("BTCUSDT", 101, 100.0), trade("BTCUSDT", 102, 100.0))
    assert shard.view.as_dict()["symbols"]["BTCUSDT"]["level"] == "ok"


def test_events_are_bounded() -> None:
    """Only the newest events are kept."""
    shard = OneShard()
    for round_ in range(EVENTS):
        shard.feed(trade("BTCUSDT", 100.0 * round_, 100.0))
        shard.beat(100.0 * round_ + 90)
    events = shard.view.as_dict()["events"]
    assert len(events) == EVENTS
    assert events[-1]["ts"] > START + (EVENTS - 1) * 100 * SECOND


def test_dead_letters_of_an_hour_count_invalid_ones_only() -> None:
    """Late and duplicate ticks are not on the count, and what is over an hour old is not either."""
    shard = OneShard()
    same = trade("BTCUSDT", 10.0, 100.0, trade_id=7)
    shard.feed(same, same, trade("BTCUSDT", 30, 100.0), trade("BTCUSDT", 1, 100.0), b"no json", b"{}")
    view = shard.view.as_dict()
    assert (view["ledger"]["duplicate"], view["ledger"]["late"], view["ledger"]["invalid"]) == (1, 1, 2)
    assert view["dlq_size"] == 2
    shard.beat(3_579)  # START is 20 s into its minute: the 59th after it ends here
    assert shard.view.as_dict()["dlq_size"] == 2
    shard.beat(3_580)
    assert shard.view.as_dict()["dlq_size"] == 0


def test_hour_count_equals_a_plain_sum() -> None:
    """At every step the count is the sum over the present minute and the 59 before it."""
    count, seen = HourCount(), []
    for step in range(500):
        ts, more = START + step * 37 * SECOND, step % 3
        seen.append((ts // MINUTE, more))
        expected = sum(n for minute, n in seen if minute > ts // MINUTE - 60)
        assert count.update(ts, more) == expected


def test_empty_view_is_plain() -> None:
    """Before the first emission there is a head without answers."""
    shard = OneShard()
    view = ShardView(shard.shard).as_dict()
    assert (view["symbols"], view["events"], view["second"]) == ({}, [], None)
