"""Law 6, no look-ahead: nothing that comes after a record changes what was released up to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import logs, orderly_logs, specs
from oracle.log import Event, Message, Pulse, Trade
from oracle.seen import rows_of
from oracle.stages import Line, frozen, inputs

from models.desk.desk import Desk
from models.market.market import Market
from models.spec import SECOND, Spec

Log = list[Event]
DESK = Desk(challenger="constant-0.9")


def published(line: Line) -> dict[str, list[bytes]]:
    """Return the bytes on each topic, in order."""
    topics: dict[str, list[bytes]] = {}
    for record in line.records:
        topics.setdefault(record.topic, []).append(frozen(record))
    return topics


@examples()
@given(log=logs(), other=logs(), spec=specs(), at=st.integers(0, 60))
def test_what_a_record_released_does_not_depend_on_what_follows(
    log: Log, other: Log, spec: Spec, at: int
) -> None:
    """Two futures behind one past, each in one batch with it, share all that the past alone released."""
    past = log[:at]
    alone = published(Line(spec, DESK).run(past))

    for future in (log[at:], moved_behind(past, other)):
        topics = published(Line(spec, DESK).run([*past, *future]))
        assert {topic: topics.get(topic, [])[: len(found)] for topic, found in alone.items()} == alone


def moved_behind(past: Log, future: Log) -> Log:
    """Return a log with its offsets and record times behind those of another."""
    records = [event for event in past if isinstance(event, Message)]
    first = records[-1].offset + 1 if records else 0
    return [
        event._replace(offset=event.offset + first) if isinstance(event, Message) else event
        for event in future
    ]


LONG_LIVES = specs().map(lambda spec: replace(spec, symbol_ttl_s=3_600))
"""A trade within the grace behind a life's end prolongs it, and so decides whether its last rows exist."""


@examples()
@given(log=orderly_logs(), spec=LONG_LIVES, at=st.integers(0, 40))
def test_no_row_sees_a_trade_after_its_window_end(log: Log, spec: Spec, at: int) -> None:
    """Without any trade after t, all rows up to t keep their features, scores and signals."""
    messages = [event for event in log if isinstance(event, Message)]
    if not messages:
        return
    end = messages[min(at, len(messages) - 1)].ts // SECOND * SECOND
    emptied = [_without_later_trades(event, end) for event in log]

    # without its next trade a row waits for the clock: let it go on behind both
    clock = Pulse(max(event.ts for event in log) + 5 * SECOND)
    whole, cut = Line(spec).run([*log, clock]), Line(spec).run([*emptied, clock])

    assert seen_by(cut, end) == seen_by(whole, end)


def _without_later_trades(event: Event, end: int) -> Event:
    return event._replace(items=()) if isinstance(event, Message) and event.ts >= end else event


def seen_by(line: Line, end: int) -> list[dict[str, Any]]:
    """Return what is said of windows that end by ``end``, without when it was said."""
    hidden = ("caused_by", "ordinal")
    bodies = [body for topic in ("features", "predictions", "signals") for body in line.on(topic)]
    said = [{k: v for k, v in body.items() if k not in hidden} for body in bodies if body["ts"] <= end]
    return sorted(said, key=lambda body: str(body["id"]))


@examples(0.5)
@given(log=orderly_logs(), spec=specs())
def test_a_label_begins_where_the_features_of_its_row_end(log: Log, spec: Spec) -> None:
    """A label is the move between two closes: prices that stand at neither end have no part in it."""
    assert labels([_only_last_prices_kept(event) for event in log], spec) == labels(log, spec)


def labels(log: Log, spec: Spec) -> list[tuple[Any, ...]]:
    """Return outcome and realised return of every row."""
    market = Market(spec, Desk())
    closed = [one for activation in inputs(log) for one in market.step(activation)]
    return [(row.symbol, row.second, row.outcome, row.realised) for row in rows_of(closed)]


def _only_last_prices_kept(event: Event) -> Event:
    if not isinstance(event, Message):
        return event
    trades = [item for item in event.items if isinstance(item, Trade)]
    last = {trade.symbol: i for i, trade in enumerate(trades)}
    kept = set(last.values())
    changed = [t if i in kept else t._replace(price=t.price * 1.01) for i, t in enumerate(trades)]
    return event._replace(items=tuple(changed))
