"""The rules of the account one by one: when an order is placed, when it is filled, and why not."""

from __future__ import annotations

import pytest
from paper.walk import SHARD, START, Walk, events, quote

from models.desk.gate import BUY, HOLD, SELL
from models.judge.records import record_id
from models.paper.inputs import Frame
from models.paper.spec import PaperSpec
from models.spec import SECOND

S = "BTCUSDT"


def bought(walk: Walk, symbol: str = S, price: float = 100.0) -> None:
    """Lead the walk to a position."""
    walk.second(quote(symbol, price, BUY))
    walk.seconds(2, quote(symbol, price))


@pytest.mark.parametrize(("latency_ms", "seconds"), [(0, 1), (1, 2), (250, 2), (1_000, 2), (1_001, 3)])
def test_a_fill_is_at_the_first_open_that_begins_after_the_latency(latency_ms: int, seconds: int) -> None:
    """The signal of second 0 is known at 1 s; the bar of second n begins at n s, is known a second later."""
    walk = Walk(PaperSpec(latency_ms=latency_ms))
    walk.second(quote(S, 100.0, BUY))
    for price in (101.0, 102.0, 103.0):
        walk.second(quote(S, price))
    [fill] = walk.trades
    assert fill["price"] == {1: "101.0505", 2: "102.051", 3: "103.0515"}[seconds]
    assert fill["ordered_ts"] == (START + 1) * SECOND
    assert fill["ts"] == (START + seconds + 1) * SECOND
    assert fill["signal_id"] == record_id("signal", f":{S}", (START + 1) * SECOND, 60)


def test_a_price_that_is_carried_forward_fills_nothing() -> None:
    """Only a second with a trade has an open."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY))
    walk.seconds(5, quote(S, 100.0, traded=False))
    assert walk.trades == []
    walk.second(quote(S, 107.0))
    assert [body["price"] for body in walk.trades] == ["107.0535"]


def test_while_an_order_waits_or_a_position_is_held_buy_is_no_new_order() -> None:
    """One entry, however long the model says BUY; one exit, however long it says SELL."""
    walk = Walk()
    walk.seconds(10, quote(S, 100.0, BUY))
    walk.seconds(10, quote(S, 100.0, SELL))
    assert events(walk.trades) == [("fill", "BUY", "entry"), ("fill", "SELL", "exit")]


def test_a_second_that_closes_one_position_may_decide_on_the_next() -> None:
    """A word of the very second in which a fill becomes known already meets the new position."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY))
    walk.second(quote(S, 100.0))
    walk.second(quote(S, 100.0, SELL))  # the entry is filled in this second
    walk.second(quote(S, 100.0))
    walk.second(quote(S, 100.0, BUY))  # the exit in this one
    walk.seconds(2, quote(S, 100.0))
    sides = [(body["side"], body["ordered_ts"] // SECOND - START) for body in walk.trades]
    assert sides == [("BUY", 1), ("SELL", 3), ("BUY", 5)]


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("killed", "killed"), ("guard", "guard"), ("fallback", "advisory"), ("rollout_bucket", "advisory"),
        ("preview", "advisory"), ("canary_symbol", "canary_symbol"),
    ],
)  # fmt: skip
def test_what_the_gate_holds_back_is_told_once_and_becomes_no_order(reason: str, why: str) -> None:
    """Neither an entry nor an exit; a run of seconds of one reason is one record."""
    walk = Walk()
    walk.seconds(3, quote(S, 100.0, BUY, reason))
    bought(walk)
    walk.seconds(3, quote(S, 100.0, SELL, reason))
    told = [body for body in walk.trades if body["event"] == "blocked"]
    assert events(told) == [("blocked", "BUY", why), ("blocked", "SELL", why)]
    assert [body.get("tag") for body in told] == ["[CANARY]" if reason == "canary_symbol" else None] * 2
    assert told[0] | {"price": None, "fee": None, "notional": None, "cash": "1000.00000000"} == told[0]
    assert told[1]["position"] == "0.99950024"


def test_a_word_under_the_confidence_floor_is_no_attempt() -> None:
    """The policy does not want it."""
    walk = Walk()
    walk.seconds(3, quote(S, 100.0, BUY, "confid_floor"))
    bought(walk)
    walk.seconds(3, quote(S, 100.0, SELL, "confid_floor"))
    assert events(walk.trades) == [("fill", "BUY", "entry")]


def test_a_reason_is_told_again_when_it_changes_or_a_new_run_begins() -> None:
    """Edge-triggered: preview, guard and preview again in one run; then anew after a HOLD."""
    walk = Walk()
    for reason in ("preview", "preview", "guard", "preview"):
        walk.second(quote(S, 100.0, BUY, reason))
    walk.second(quote(S, 100.0, HOLD))
    walk.second(quote(S, 100.0, BUY, "preview"))
    assert [body["reason"] for body in walk.trades] == ["advisory", "guard", "advisory", "advisory"]
    assert len({body["id"] for body in walk.trades}) == 4


def test_a_run_that_is_let_pass_becomes_an_order_in_its_middle() -> None:
    """The first second that nothing forbids."""
    walk = Walk()
    walk.seconds(3, quote(S, 100.0, BUY, "preview"))
    walk.seconds(5, quote(S, 100.0, BUY))
    assert events(walk.trades) == [("blocked", "BUY", "advisory"), ("fill", "BUY", "entry")]
    assert walk.trades[1]["ordered_ts"] == (START + 4) * SECOND


def test_the_first_reason_in_the_order_of_precedence_is_the_one() -> None:
    """Everything at once forbids an entry; one after the other is taken away."""
    walk = Walk(max_daily_loss=0, max_open_positions=0, max_position_size_usd=0.5)
    walk.command("halt")
    walk.command("kill")
    told = []

    def again(reason: str = "", late: bool = False) -> None:
        found = walk.frames(Frame(SHARD, walk.at, (quote(S, 100.0, BUY, reason),), late))
        told.extend(body["reason"] for body in found if "side" in body)

    again("guard", late=True)
    walk.command("unkill", reason="go on")
    again("guard", late=True)
    walk.command("resume", reason="go on")
    again("guard", late=True)
    again("preview", late=True)
    again("canary_symbol", late=True)
    again(late=True)
    again()
    walk.command("flag.set", key="max_daily_loss", value=-1)  # reached is reached until midnight
    walk.at = START + 86_400
    again()
    walk.command("flag.set", key="max_open_positions", value=1)
    again()
    walk.command("flag.set", key="max_position_size_usd", value=1)
    again()
    assert told == [
        "killed", "halted", "guard", "advisory", "canary_symbol", "shard_behind", "daily_loss_limit",
        "max_open_positions", "insufficient_balance",
    ]  # fmt: skip
    walk.seconds(2, quote(S, 100.0))
    assert walk.trades[-1]["event"] == "fill"


def test_positions_and_waiting_entries_count_against_the_largest_number() -> None:
    """Two are allowed: one held, one waiting; an exit that is filled makes room."""
    walk = Walk(max_open_positions=2)
    bought(walk, "A")
    walk.second(quote("A", 100.0), quote("B", 50.0, BUY), quote("C", 10.0, BUY))
    assert events(walk.trades)[1:] == [("blocked", "BUY", "max_open_positions")]
    walk.second(quote("A", 100.0, SELL), quote("C", 10.0, BUY))
    walk.second(quote("C", 10.0, BUY))
    walk.second(quote("A", 100.0), quote("C", 10.0, BUY))  # A is sold, and C is wanted in the same second
    walk.seconds(2, quote("C", 10.0, BUY))
    assert [body["symbol"] for body in walk.trades if body["event"] == "fill"] == ["A", "A", "C"]


@pytest.mark.parametrize(
    ("flags", "balance", "notional"),
    [
        ({}, "1000", "99.99999902"),  # a tenth of the equity
        ({"max_position_size_usd": 40}, "1000", "39.99999901"),  # 0.39980009 x 100.05, rounded up
    ],
)
def test_an_entry_is_the_least_of_share_largest_position_and_cash(
    flags: dict[str, float], balance: str, notional: str
) -> None:
    """At a fill price of 100.05."""
    walk = Walk(PaperSpec(start_balance=balance), **flags)
    bought(walk)
    assert [body["notional"] for body in walk.trades] == [notional]


def test_cash_that_waiting_orders_need_is_not_spent_twice() -> None:
    """600 are kept back with their fee of 0.9; of the 399.1 left, 398.50224663 can pay their own fee."""
    walk = Walk()
    walk.second(quote("A", 100.0), quote("B", 100.0))
    walk.command("paper.order", symbol="A", side="buy", notional_usd=600)
    walk.command("paper.order", symbol="B", side="buy", notional_usd=600)
    assert (
        walk.command("paper.order", symbol="A", side="buy", notional_usd=5)[0]["reason"]
        == "insufficient_balance"
    )
    walk.second()
    walk.second(quote("A", 100.0), quote("B", 100.0))
    first, second = walk.trades[1:]
    assert (first["notional"], first["fee"]) == ("599.99999908", "0.90000000")
    assert (second["notional"], second["fee"]) == ("398.50224655", "0.59775337")
    assert second["cash"] == "0.00000100"


def test_below_the_smallest_order_there_is_no_entry() -> None:
    """A tenth of 9.99 USD is not worth placing; a tenth of 10 is."""
    poor, rich = Walk(PaperSpec(start_balance="9.99999999")), Walk(PaperSpec(start_balance="10"))
    for walk in (poor, rich):
        bought(walk)
    assert events(poor.trades) == [("blocked", "BUY", "insufficient_balance")]
    assert events(rich.trades) == [("fill", "BUY", "entry")]


def test_a_shard_that_is_late_is_followed_but_opens_nothing() -> None:
    """Its prices and opens count in their order; entries wait until it is back, exits do not."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY))
    walk.behind(SHARD)
    walk.seconds(3)
    late = [Frame(SHARD, walk.at - 3 + i, (quote(S, 101.0 + i, BUY),), late=True) for i in range(3)]
    walk.frames(*late)  # the order of the first second is filled at the second of the three opens
    assert [(body["event"], body["price"]) for body in walk.trades] == [("fill", "102.051")]
    other = [Frame(SHARD, walk.at, (quote("ETHUSDT", 9.0, BUY), quote(S, 104.0, SELL)), late=True)]
    walk.frames(*other)
    walk.behind(SHARD, behind=False)
    walk.second(quote("ETHUSDT", 9.0, BUY), quote(S, 104.0))
    walk.second(quote(S, 104.0))
    walk.second(quote("ETHUSDT", 9.0))
    assert events(walk.trades)[1:] == [
        ("blocked", "BUY", "shard_behind"), ("fill", "SELL", "exit"), ("fill", "BUY", "entry"),
    ]  # fmt: skip


def test_the_order_of_shards_and_quotes_in_a_second_changes_nothing() -> None:
    """Two symbols compete for the last place; by name, whoever comes first."""
    walks = [Walk(max_open_positions=1) for _ in range(2)]
    a, b = quote("A", 10.0, BUY), quote("B", 20.0, BUY)
    for walk, frames in zip(walks, ((("x", a), ("y", b)), (("y", b), ("x", a))), strict=True):
        walk.frames(*(Frame(shard, walk.at, (one,)) for shard, one in frames))
    assert walks[0].trades == walks[1].trades
    assert [body["symbol"] for body in walks[0].trades] == ["B"]
