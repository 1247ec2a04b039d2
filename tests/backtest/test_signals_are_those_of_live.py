"""What a backtest decides is what the live stages publish: each row against its signal, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from pure_stages import PureStages
from walks import MODELS, assert_equal, decided, history, market, whole

from connectors.codecs.signal import read_signal
from connectors.recovery.state import pack, unpack
from connectors.tick_history import TickHistory, files
from models.backtest.decided import Decided
from models.backtest.seconds import frames
from models.backtest.walk import Walk
from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS
from models.inputs import Cause, Genesis, TickBatch
from models.judge.records import CALIBRATION, Record, Shard
from models.judge.records import SIGNALS as TOPIC
from models.market.batches import cut
from models.spec import SECOND, Spec
from models.ticks import Symbol

SHARD = Shard("ticks", 0, 0)


def published(batches: list[TickBatch], desk: Desk) -> list[Record]:
    """Return every record that the live stages publish of a history under a desk."""
    stages = PureStages(Spec(), SHARD, MODELS)
    stages.step([Genesis(desk, Cause(0, 0))])
    return [record for batch in batches for record in stages.records([batch])]


def told(rows: Decided, symbols: list[Symbol]) -> list[dict[str, Any]]:
    """Return rows in the words of signals."""
    return [
        {
            "symbol": symbols[code].name,
            "venue": symbols[code].venue,
            "ts": (second + 1) * SECOND,
            "price": price,
            "prob": prob,
            "signal": SIGNALS[signal],
            "wanted": SIGNALS[wanted],
            "reason": REASONS[reason],
            "fallback": fallback,
        }
        for second, code, price, _, wanted, signal, reason, prob, fallback in zip(
            *(column.tolist() for column in rows.columns().values()), strict=True
        )
    ]


def signals(records: list[Record]) -> list[dict[str, Any]]:
    """Return the signals in the order of time, and of symbols as they appeared."""
    found: list[dict[str, Any]] = [record.body for record in records if record.topic == TOPIC]  # type: ignore[misc]
    order: dict[str, int] = {}
    for body in found:
        order.setdefault(body["symbol"], len(order))
    return sorted(found, key=lambda body: (body["ts"], order[body["symbol"]]))


def assert_same_signals(past: TickHistory, desk: Desk) -> None:
    batches = list(past.batches())
    rows, walk = decided(batches, desk)
    expected = signals(published(batches, desk))
    found = told(rows, walk.symbols)
    assert len(found) == len(expected) > 300
    for mine, live in zip(found, expected, strict=True):
        assert mine == {name: live[name] for name in mine}
    if not desk.challenger:
        assert_same_quotes(rows, walk.symbols, desk, expected)


def assert_same_quotes(
    rows: Decided, symbols: list[Symbol], desk: Desk, published: list[dict[str, Any]]
) -> None:
    """What the account is told of each second is what it reads from the published signals."""
    names = [f"{venue}:{name}" if venue else name for venue, name in symbols]
    found = [
        (frame.second, quote)
        for frame in frames(rows, names, SHARD.key, desk.model)
        for quote in frame.quotes
    ]
    live = [read_signal(orjson.dumps(body)) for body in published]
    assert found == [(quoted.second, quoted.quote) for quoted in live]


@pytest.mark.parametrize(
    "desk",
    [
        Desk(),
        Desk(model="ensemble"),
        Desk(model="river-logistic", challenger="ml-fusion"),
        Desk(model="stub-sine"),
        Desk(canary=True, canary_symbols=frozenset({"ETHUSDT"}), preview=True),
        Desk(fraction=0.5, flags={"ml_confid_floor": 0.56}),
        Desk(killed_symbols=frozenset({"BTCUSDT"})),
    ],
    ids=["plain", "ensemble", "learner", "fallback", "canary", "rollout", "killed"],
)
def test_a_simulated_market_gives_the_signals_of_live(desk: Desk) -> None:
    """With late, repeated, broken and future ticks, and silences long enough for the fallback."""
    assert_same_signals(history(600, market(3)), desk)


@pytest.mark.real_data
def test_a_recorded_capture_gives_the_signals_of_live(real_data: Path) -> None:
    """Ten minutes of BTCUSDT, among depth and quotes."""
    names = ("binance_ws/spot_btcusdt_20240808.gz",)
    assert_same_signals(files([real_data / name for name in names]), Desk())


def test_the_hours_calibration_is_that_of_the_monitor() -> None:
    """Error, floor, count and Brier score of each hour, as the calibration topic has them."""
    batches = list(history(1.4 * 3_600, market(2, silence=0.02)).batches())
    _, walk = decided(batches)
    live = [
        record.body
        for record in published(batches, Desk())
        if record.topic == CALIBRATION and isinstance(record.body, dict)
    ]
    expected = {}
    for body in live:
        hour = body["windows"]["1h"]
        if body["ts"] % (3_600 * SECOND) == 0 and body["model"] == "ml-fusion" and hour is not None:
            ece = hour["ece"]
            values = (hour["n"], ece["value"], ece["floor"], hour["brier"]["value"])
            expected[body["symbol"], body["ts"]] = values
    found = {(p.symbol.lstrip(":"), p.ts): (p.n, p.ece, p.floor, p.brier) for p in walk.points()}  # type: ignore[union-attr]
    assert found == expected
    assert len(found) == 2


def test_how_the_ticks_are_batched_does_not_show() -> None:
    """Law 1: cut into hundreds of records, with the state packed and unpacked between them."""
    batches = list(history(1_200).batches())
    expected, _ = decided(batches)
    walk, parts = Walk(Spec(), Desk(), MODELS), []
    for batch in batches:
        for start in range(0, len(batch), 700):
            walk.step(cut(batch, start, min(start + 700, len(batch))))
            parts.append(walk.take())
            walk = Walk(Spec(), Desk(), MODELS, unpack(pack(walk.snapshot())))
    parts.append(walk.take(end=True))
    assert_equal(whole(parts), expected)


def test_rows_come_in_the_order_of_time_and_none_too_early() -> None:
    """What was handed on is never followed by an earlier second."""
    walk, last = Walk(Spec(), Desk(), MODELS), -1
    for batch in history(900, market(3)).batches():
        walk.step(batch)
        rows = walk.take()
        if len(rows):
            assert rows.second[0] > last
            assert (rows.second[1:] >= rows.second[:-1]).all()
            last = int(rows.second[-1])
    assert last > 0
