"""The challenger's book: paired with the active one, with money of its own, bound by less of the gate."""

from __future__ import annotations

import pytest
from paper.walk import START, Walk, events, quote

from models.desk.gate import BUY, HOLD, SELL
from models.spec import SECOND

S = "BTCUSDT"
Q = {"challenger": "lgbm"}


def of(walk: Walk, book: str, topic: str = "trades") -> list[dict[str, object]]:
    """Return the records of a book."""
    return [body for body in walk.said(topic) if body["book"] == book]


def test_without_a_challenger_there_is_nothing_of_its_book() -> None:
    """From its first word on there is, each minute, beside the active book's."""
    walk = Walk()
    walk.seconds(60, quote(S, 100.0))
    walk.seconds(60, quote(S, 100.0, **Q))
    walk.seconds(60, quote(S, 100.0))
    books = [(body["book"], body["ts"] // SECOND - START) for body in walk.said("account")]
    assert books == [
        ("active", 60),
        ("active", 120),
        ("challenger", 120),
        ("active", 180),
        ("challenger", 180),
    ]


def test_both_books_trade_their_own_model_with_money_of_their_own() -> None:
    """The challenger buys while the active model waits, and the other way round."""
    walk = Walk()
    walk.second(quote(S, 100.0, HOLD, shadow=BUY, **Q))
    walk.second(quote(S, 100.0, BUY, shadow=BUY, **Q))
    walk.seconds(3, quote(S, 100.0, HOLD, shadow=HOLD, **Q))
    active, challenger = of(walk, "active"), of(walk, "challenger")
    assert [body["model"] for body in active + challenger] == ["ml-fusion", "lgbm"]
    assert [body["cash"] for body in active + challenger] == ["899.85000098"] * 2
    assert [body["ordered_ts"] for body in active + challenger] == [
        (START + 2) * SECOND,
        (START + 1) * SECOND,
    ]
    assert active[0]["signal_id"] is not None
    assert challenger[0]["signal_id"] is None


@pytest.mark.parametrize("reason", ["canary_symbol", "rollout_bucket", "preview", "confid_floor", "between"])
def test_what_limits_the_active_model_alone_does_not_bind_a_shadow(reason: str) -> None:
    """Nobody trades by it."""
    walk = Walk()
    walk.seconds(4, quote(S, 100.0, HOLD, reason, shadow=BUY, **Q))
    assert events(of(walk, "challenger")) == [("fill", "BUY", "entry")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "why"), [("killed", "killed"), ("guard", "guard"), ("fallback", "advisory")]
)
def test_what_makes_an_answer_worthless_binds_both(reason: str, why: str) -> None:
    """A kill, a broken row, a fallback."""
    walk = Walk()
    walk.seconds(4, quote(S, 100.0, BUY, reason, shadow=BUY, **Q))
    assert [(body["book"], body["reason"]) for body in walk.trades] == [("active", why), ("challenger", why)]


def test_kill_and_halt_reach_both_books_and_orders_by_command_the_active_one() -> None:
    """Each takes back what waits in it."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY, shadow=BUY, **Q))
    walk.command("paper.order", symbol=S, side="buy", notional_usd=5)
    cancelled = walk.command("kill")
    assert [(body["book"], body["source"]) for body in cancelled] == [
        ("active", "signal"), ("active", "paper.order"), ("challenger", "signal"),
    ]  # fmt: skip


def test_a_kill_of_a_model_reaches_the_book_that_trades_it() -> None:
    """The other one goes on."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY, shadow=BUY, **Q))
    [cancelled] = walk.command("kill", "model:lgbm")
    walk.seconds(2, quote(S, 100.0, HOLD, shadow=BUY, **Q))
    assert (cancelled["book"], cancelled["model"]) == ("challenger", "lgbm")
    assert [(body["book"], body["event"]) for body in walk.trades[1:]] == [
        ("challenger", "blocked"), ("active", "fill"),
    ]  # fmt: skip


def test_a_change_of_challenger_closes_nothing() -> None:
    """What the one bought, the next may sell; each fill names who ordered it, the tally who opened."""
    walk = Walk()
    walk.seconds(3, quote(S, 100.0, shadow=BUY, **Q))
    walk.seconds(3, quote(S, 100.0))
    walk.seconds(3, quote(S, 100.0, challenger="other", shadow=SELL))
    found = of(walk, "challenger")
    assert [(body["side"], body["model"]) for body in found] == [("BUY", "lgbm"), ("SELL", "other")]
    assert list(of(walk, "challenger", "account")[-1]["by_model"]) == ["lgbm"]  # type: ignore[call-overload]
