"""Orders by command, and what kill and halt do to what waits and to what is ordered."""

from __future__ import annotations

from typing import Any

from paper.walk import SHARD, START, Walk, events, quote

from models.desk.gate import BUY, SELL
from models.spec import SECOND

S = "BTCUSDT"


def waiting(walk: Walk) -> None:
    """Lead the walk to a pending entry."""
    walk.second(quote(S, 100.0, BUY))


def held(walk: Walk) -> None:
    """Lead the walk to a position."""
    waiting(walk)
    walk.seconds(2, quote(S, 100.0))


def order(walk: Walk, side: str, notional: float, symbol: str = S) -> list[dict[str, Any]]:
    """Send an order."""
    return walk.command("paper.order", symbol=symbol, side=side, notional_usd=notional)


def test_a_kill_takes_back_waiting_entries_at_once() -> None:
    """Of every scope that reaches them; others go on waiting."""
    for scope in ("all", f"symbol:{S}", "model:ml-fusion"):
        walk = Walk()
        waiting(walk)
        [cancelled] = walk.command("kill", scope)
        assert events([cancelled]) == [("cancelled", "BUY", "killed")]
        assert cancelled["ts"] == (START + 1) * SECOND
        walk.seconds(5, quote(S, 100.0))
        assert len(walk.trades) == 1
    for scope in ("symbol:ETHUSDT", "model:stub-sine"):
        walk = Walk()
        waiting(walk)
        assert walk.command("kill", scope) == []
        walk.seconds(2, quote(S, 100.0))
        assert events(walk.trades) == [("fill", "BUY", "entry")]


def test_a_kill_of_a_bundle_takes_back_what_a_bundle_of_that_name_ordered() -> None:
    """A signal names its model without the digest; what waits does not wait on a guess."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY, model="lgbm"))
    assert events(walk.command("kill", f"model:lgbm@{'ab' * 32}")) == [("cancelled", "BUY", "killed")]
    walk.second(quote(S, 100.0, BUY, model="lgbm"))  # of another bundle, or the signal itself would say so
    walk.seconds(2, quote(S, 100.0))
    assert events(walk.trades)[1:] == [("fill", "BUY", "entry")]


def test_a_kill_leaves_waiting_exits_but_lets_no_signal_order_any_more() -> None:
    """A close is what a kill is for; an answer of before it that says SELL is not carried out after it."""
    walk = Walk()
    held(walk)
    walk.second(quote(S, 100.0, SELL))
    assert walk.command("kill") == []
    walk.seconds(2, quote(S, 100.0))
    assert events(walk.trades)[1:] == [("fill", "SELL", "exit")]

    walk = Walk()
    held(walk)
    walk.command("kill")
    walk.seconds(5, quote(S, 100.0, SELL))
    assert events(walk.trades)[1:] == [("blocked", "SELL", "killed")]


def test_under_a_kill_people_can_close_and_not_open() -> None:
    """Reduce only, until the unkill."""
    walk = Walk()
    held(walk)
    walk.command("kill")
    assert events(order(walk, "buy", 50)) == [("blocked", "BUY", "killed")]
    assert order(walk, "sell", 30) == []
    walk.seconds(2, quote(S, 100.0))
    assert walk.command("paper.close") == []
    walk.seconds(2, quote(S, 100.0))
    assert events(walk.trades)[2:] == [("fill", "SELL", "order"), ("fill", "SELL", "close")]
    walk.command("unkill", reason="checked")
    order(walk, "buy", 50)
    walk.seconds(2, quote(S, 100.0))
    assert walk.trades[-1]["source"] == "paper.order"


def test_a_halt_takes_everything_back_and_nothing_works_until_resume() -> None:
    """Neither orders nor closes."""
    walk = Walk()
    held(walk)
    order(walk, "sell", 30)
    order(walk, "buy", 30)
    assert events(walk.command("halt")) == [("cancelled", "SELL", "halted"), ("cancelled", "BUY", "halted")]
    for found in (order(walk, "buy", 5), order(walk, "sell", 0), walk.command("paper.close")):
        assert [body["reason"] for body in found] == ["halted"]
    walk.second(quote(S, 100.0, SELL))
    assert walk.trades[-1]["reason"] == "halted"
    walk.command("resume", reason="checked")
    walk.second(quote(S, 100.0, SELL))
    walk.seconds(2, quote(S, 100.0))
    assert events(walk.trades)[-1] == ("fill", "SELL", "exit")


def test_a_kill_under_a_halt_still_speaks_first_for_buys() -> None:
    """Sells are not killed, so they are halted."""
    walk = Walk()
    held(walk)
    walk.command("halt")
    walk.command("kill")
    assert events(order(walk, "buy", 5)) == [("blocked", "BUY", "killed")]
    assert events(order(walk, "sell", 5)) == [("blocked", "SELL", "halted")]


def test_what_cannot_be_ordered_is_told_with_its_reason() -> None:
    """A symbol without a price, a sell of nothing, a name that means two symbols, a shard that is behind."""
    walk = Walk()
    assert events(order(walk, "buy", 5)) == [("blocked", "BUY", "guard")]
    walk.second(quote("binance:A", 1.0), quote("bybit:A", 2.0), quote("B", 3.0))
    assert events(order(walk, "buy", 5, "A")) == [("blocked", "BUY", "guard")]
    assert events(order(walk, "sell", 5, "B")) == [("blocked", "SELL", "insufficient_balance")]
    assert walk.command("paper.close", symbol="B")[0]["reason"] == "insufficient_balance"
    assert walk.command("paper.close") == []
    walk.behind(SHARD)
    assert events(order(walk, "buy", 5, "B")) == [("blocked", "BUY", "shard_behind")]
    walk.behind(SHARD, behind=False)
    assert order(walk, "buy", 5, "bybit:A") == []


def test_a_close_takes_back_a_waiting_entry_and_a_second_one_adds_nothing() -> None:
    """After it the symbol is flat, whatever was on its way."""
    walk = Walk()
    held(walk)
    order(walk, "buy", 50)
    assert events(walk.command("paper.close", symbol=S)) == [("cancelled", "BUY", "close")]
    assert walk.command("paper.close") == []
    walk.seconds(3, quote(S, 100.0))
    assert events(walk.trades)[2:] == [("fill", "SELL", "close")]
    assert walk.trades[-1]["position"] == "0.00000000"


def test_a_command_that_is_repeated_orders_once() -> None:
    """Its number has been used up."""
    walk = Walk()
    walk.second(quote(S, 100.0))
    order(walk, "buy", 50)
    again = walk.inputs[-1]
    walk.account.step([again])
    walk.seconds(2, quote(S, 100.0))
    assert events(walk.trades) == [("fill", "BUY", "order")]


def test_an_order_by_command_is_capped_by_the_largest_position() -> None:
    """100 asked with 39.99999901 held and 60 allowed: 20.00000099 more, of which rounding takes its part."""
    walk = Walk(max_position_size_usd=60)
    walk.second(quote(S, 100.0))
    for notional in (40, 100, 100):
        order(walk, "buy", notional)
        walk.seconds(2, quote(S, 100.0))
    spent = [body["notional"] for body in walk.trades if body["event"] == "fill"]
    assert spent == ["39.99999901", "20.00000001"]
    assert events(walk.trades)[-1] == ("blocked", "BUY", "insufficient_balance")


def test_a_sell_that_finds_nothing_left_is_cancelled() -> None:
    """Two sells wait; the first takes all there is."""
    walk = Walk()
    held(walk)
    order(walk, "sell", 500)
    order(walk, "sell", 10)
    walk.seconds(2, quote(S, 100.0))
    assert events(walk.trades)[1:] == [
        ("fill", "SELL", "order"),
        ("cancelled", "SELL", "insufficient_balance"),
    ]
