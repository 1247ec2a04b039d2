"""Law 6 over training rows: no feature knows what came after its row, no label what came after its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import orderly_logs
from laws.test_law_6_no_look_ahead import LONG_LIVES
from oracle.log import Event, Message, Pulse, Trade
from oracle.stages import inputs

from connectors.tick_history import simulated
from flows.training.gathering import rows_of
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.market.block import TIE
from models.market.market import Market
from models.simulator import MarketSpec, instruments
from models.spec import SECOND, Spec
from models.ticks import Floats, Symbol
from models.training.rows import Rows, RowsError, gather
from models.training.split import split

Log = list[Event]
START = 1_700_000_000 * SECOND
Change = Callable[[tuple[Trade, ...]], tuple[Trade, ...]]

CHANGES: dict[str, Change] = {
    "other prices": lambda trades: tuple(t._replace(price=t.price * 1.07) for t in trades),
    "other sizes and sides": lambda trades: tuple(t._replace(qty=t.qty * 3, side=-t.side) for t in trades),
    "no trades": lambda trades: (),
    "other symbols as well": lambda trades: (
        *(t._replace(symbol=Symbol("", "NEW")) for t in trades),
        *trades,
    ),
}


def training_rows(log: Log, spec: Spec, warm_up_s: int = 0) -> Rows | None:
    """Return the rows that a model would be trained on, None where nothing closed.

    The clock goes on for a while, so that every row up to the last record is closed whatever it holds.
    """
    last = max((event.ts for event in log), default=0)
    [activation] = inputs([*log, Pulse(last + 5 * SECOND)])
    try:
        return gather(Market(spec, Desk()).step(activation), spec.horizon_s, warm_up_s)
    except RowsError:
        return None


def known(rows: Rows | None, end: int, horizon_s: int) -> dict[str, Any]:
    """Return what is known at ``end``: features of rows that end by then, labels whose horizon does."""
    if rows is None:
        return {"features": {}, "labels": {}}
    names = [rows.symbols[code] for code in rows.code.tolist()]
    keys = list(zip(names, rows.second.tolist(), strict=True))
    features = {key: x.tobytes() for key, x in zip(keys, rows.x, strict=True) if (key[1] + 1) * SECOND <= end}
    labels = {
        key: (label, realised.tobytes())
        for key, label, realised in zip(keys, rows.label.tolist(), rows.realised, strict=True)
        if (key[1] + 1 + horizon_s) * SECOND <= end
    }
    return {"features": features, "labels": labels}


def changed(event: Event, change: Change, where: Callable[[Trade], bool]) -> Event:
    """Return a record with some of its trades changed, each in its place."""
    if not isinstance(event, Message):
        return event
    trades = [item for item in event.items if isinstance(item, Trade)]
    return event._replace(
        items=tuple(t for one in trades for t in (change((one,)) if where(one) else (one,)))
    )


def second_of(log: Log, at: int) -> int:
    """Return the second, in ns, in which one of the records stands."""
    times = [event.ts for event in log if isinstance(event, Message)] or [0]
    return times[min(at, len(times) - 1)] // SECOND * SECOND


def lively(seed: int) -> Log:
    """Return 30 s of two symbols, in records of one to three trades, many of them in one second."""
    chance = np.random.default_rng(seed)
    log: Log = []
    for offset, ms in enumerate(sorted(chance.integers(0, 30_000, 80).tolist())):
        ts, symbol = START + ms * SECOND // 1_000, Symbol("", f"COIN{chance.integers(2)}")
        prices = 100 + chance.integers(-50, 50, chance.integers(1, 4)) / 100
        log.append(Message(offset, ts, tuple(Trade(symbol, ts, p, 1.0) for p in prices.tolist()), b""))
    return log


LOGS = st.one_of(orderly_logs(), st.integers(0, 1_000).map(lively))


@examples()
@given(
    log=LOGS, spec=LONG_LIVES, at=st.integers(0, 40), how=st.sampled_from(sorted(CHANGES)),
    warm_up_s=st.sampled_from((0, 3)),
)  # fmt: skip
def test_no_training_row_knows_a_trade_after_it(
    log: Log, spec: Spec, at: int, how: str, warm_up_s: int
) -> None:
    """Whatever changes from t on, features of rows that end by t stay, and labels whose horizon does."""
    end = second_of(log, at)
    other = [changed(event, CHANGES[how], lambda trade: trade.ts >= end) for event in log]

    found = known(training_rows(other, spec, warm_up_s), end, spec.horizon_s)

    assert found == known(training_rows(log, spec, warm_up_s), end, spec.horizon_s)


PLACE = st.tuples(st.integers(0, 1_000), st.integers(2, 20), st.sampled_from((3, 7)))
"""A lively market by its seed, the second at which a row ends, and a horizon."""


def labels_at(log: Log, end: int, horizon_s: int) -> list[tuple[str, int, bytes]]:
    """Return the labels of the rows that end at a time."""
    rows = training_rows(log, Spec(horizon_s=horizon_s))
    assert rows is not None
    here = rows.where((rows.second + 1) * SECOND == end)
    columns = zip(here.code.tolist(), here.label.tolist(), here.realised, strict=True)
    return [(here.symbols[code], label, realised.tobytes()) for code, label, realised in columns]


def last_before(log: Log, end: int) -> set[int]:
    """Return the identities of each symbol's last trade before a time."""
    trades = [t for event in log if isinstance(event, Message) for t in event.items if isinstance(t, Trade)]
    return {id(trade) for trade in {t.symbol: t for t in trades if t.ts < end}.values()}


@examples(2)
@given(PLACE)
def test_a_label_shares_no_trade_with_the_features_of_its_row(place: tuple[int, int, int]) -> None:
    """Trades before it have a part by their last price alone, and those behind the horizon none."""
    seed, at, horizon_s = place
    log, begin = lively(seed), START + at * SECOND
    end, kept = begin + horizon_s * SECOND, last_before(log, begin)
    other = [
        changed(event, CHANGES["other prices"], lambda t: id(t) not in kept and not begin <= t.ts < end)
        for event in log
    ]
    other = [changed(event, CHANGES["other sizes and sides"], lambda t: t.ts < begin) for event in other]

    assert labels_at(other, begin, horizon_s) == labels_at(log, begin, horizon_s)


@examples(2)
@given(PLACE)
def test_the_last_price_within_the_horizon_is_the_other_end_of_a_label(place: tuple[int, int, int]) -> None:
    """So the tests above do look at something: with that price another, so is each label's return."""
    seed, at, horizon_s = place
    log, begin = lively(seed), START + at * SECOND
    end = begin + horizon_s * SECOND
    last = last_before(log, end) - last_before(log, begin)
    names = {t.symbol.name for event in log for t in event.items if id(t) in last}
    other = [changed(event, CHANGES["other prices"], lambda t: id(t) in last) for event in log]

    before, after = labels_at(log, begin, horizon_s), labels_at(other, begin, horizon_s)

    moved = [one[0] for one, two in zip(before, after, strict=True) if one != two]
    assert moved == [name for name, label, _ in before if name in names and label >= TIE]


class Altered:
    """A simulated market in which every price is another from some second on."""

    total: int | None = None
    share: float | None = None

    def __init__(self, since_s: float) -> None:
        spec = MarketSpec(instruments=instruments(2))
        self._since = since_s * SECOND
        self._market = simulated(spec, 5, 2_400, START)

    def batches(self) -> Iterator[TickBatch]:
        """Yield the market's batches with their prices changed."""
        for batch in self._market.batches():
            ticks = batch.decoded.ticks
            drift = 1 + 1e-3 * np.sin(np.arange(len(ticks)))
            price: Floats = np.where(ticks.ts >= self._since, ticks.price * drift, ticks.price)
            yield replace(batch, decoded=replace(batch.decoded, ticks=replace(ticks, price=price)))

    def sources(self) -> list[dict[str, Any]]:
        """Return nothing: no card is made of it."""
        return []


def columns(rows: Rows) -> tuple[bytes, ...]:
    """Return everything about rows as bytes."""
    return tuple(getattr(rows, name).tobytes() for name in ("code", "second", "x", "label", "realised"))


def test_a_part_does_not_change_with_the_ticks_of_a_later_one() -> None:
    """With other prices from a boundary on, all parts before it stay, to the bit; the purged rows do not."""
    horizon, spec = 60, Spec()

    def gathered(since_s: float) -> Rows:
        return rows_of([Altered(since_s)], spec, lambda share, note: None)

    rows = gathered(np.inf)
    parts = split(rows, horizon)
    before = {parts.boundaries[0]: parts.train, parts.boundaries[1]: parts.train | parts.validation}
    for boundary, mask in before.items():
        other = gathered(boundary)
        assert mask.sum() > 500
        assert columns(other.where(mask)) == columns(rows.where(mask))
        purged = (rows.second + 1 < boundary) & ~before[boundary]
        assert columns(other.where(purged))[:3] == columns(rows.where(purged))[:3]
        assert columns(other.where(purged))[4] != columns(rows.where(purged))[4]
