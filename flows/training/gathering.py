"""From tick histories to training rows: each history is a shard and goes through its own Market."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.tick_history import TickHistory
from flows.ticks import Ticks
from flows.training.progress import Told
from models.desk.desk import Desk
from models.market.block import Closed
from models.market.market import Market
from models.market.schema import FEATURES
from models.spec import Spec
from models.training.rows import Rows, gather, join, last_days, of_symbol

WARM_UP_S = max(feature.window for feature in FEATURES)
"""Until then some feature of a symbol looks back to before its first trade."""


def wanted_rows(asked: Ticks, histories: Sequence[TickHistory], spec: Spec, told: Told) -> Rows:
    """Return the rows of the histories that were asked for: one symbol's, the last days'."""
    rows = rows_of(histories, spec, told)
    if asked.symbol is not None:
        rows = of_symbol(rows, asked.symbol)
    return rows if asked.days is None else last_days(rows, asked.days)


def rows_of(histories: Sequence[TickHistory], spec: Spec, told: Told) -> Rows:
    """Return the rows of all histories, in the order of time; raise ``RowsError`` where there are none."""
    shards = []
    for place, history in enumerate(histories):
        closed = _closed(history, spec, told, place, len(histories))
        shards.append(gather(closed, spec.horizon_s, WARM_UP_S))
    return join(shards)


def _closed(history: TickHistory, spec: Spec, told: Told, place: int, count: int) -> Iterator[Closed]:
    market = Market(spec, Desk())
    records = 0
    for batch in history.batches():
        records += len(batch)
        yield from market.step([batch])
        told((place + (history.share or 0.0)) / count, f"{records:,} records")
