"""A challenger that decides for a share of the symbols, as the paper account hears it from signals."""

from __future__ import annotations

import orjson
from judge.published import Story, trade
from oracle.stages import Line
from paper.walk import Walk

from connectors.codecs.signal import read_signal
from models.desk.desk import Desk
from models.desk.gate import BUY, SELL, rollout_bucket
from models.paper.inputs import Quote
from models.spec import Spec
from models.ticks import Symbol

MODELS = ("stub-sine", "constant-0.9", "constant-0.2")
SHARED, OTHER = "ETHUSDT", "BTCUSDT"  # inside of a half, and outside


def quotes(model: str, challenger: str, share: float = 0.5) -> list[Quote]:
    """Return the quotes of both symbols at one second, through the bytes of their signals."""
    desk = Desk(model=model, challenger=challenger, share=share)
    items = [trade(0.5, symbol=Symbol("", name)) for name in (SHARED, OTHER)]
    line = Line(Spec(models=MODELS), desk).run(Story().record(0.5, *items).beat(2).log)
    return [read_signal(orjson.dumps(body)).quote for body in line.on("signals")]


def test_the_symbols_lie_on_both_sides_of_a_half() -> None:
    """As their places say."""
    assert rollout_bucket(SHARED) < 0.5 <= rollout_bucket(OTHER)


def test_a_quote_says_who_decided_and_what_the_challenger_says() -> None:
    """The challenger's word is the same on all symbols."""
    found = {q.symbol: q for q in quotes("constant-0.2", "constant-0.9")}

    assert {name: (q.wanted, q.model, q.reason) for name, q in found.items()} == {
        SHARED: (BUY, "constant-0.9", "entry"), OTHER: (SELL, "constant-0.2", "exit"),
    }  # fmt: skip
    assert {(q.challenger, q.challenger_wanted) for q in found.values()} == {("constant-0.9", BUY)}


def test_the_active_book_trades_what_was_decided_and_the_challengers_what_it_says() -> None:
    """Of the share both buy, in the challenger's name; beside it only the challenger's book."""
    walk = Walk()
    for _ in range(3):
        walk.second(*quotes("constant-0.2", "constant-0.9"))

    bought = {(t["book"], t["symbol"], t["model"]) for t in walk.trades if t["event"] == "fill"}
    assert bought == {
        ("active", SHARED, "constant-0.9"),
        ("challenger", SHARED, "constant-0.9"),
        ("challenger", OTHER, "constant-0.9"),
    }


def test_without_a_share_the_active_book_is_the_incumbents() -> None:
    """The challenger's is the same as with one."""
    walk = Walk()
    for _ in range(3):
        walk.second(*quotes("constant-0.2", "constant-0.9", share=0.0))

    assert {(t["book"], t["symbol"]) for t in walk.trades if t["event"] == "fill"} == {
        ("challenger", SHARED), ("challenger", OTHER),
    }  # fmt: skip
