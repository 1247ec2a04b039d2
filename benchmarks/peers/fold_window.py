"""The idiomatic Bytewax program: its Kafka source, a decoded tick a message, ``key_on``, ``fold_window``.

Written as its documentation has it, and set to be fast: small batches; values folded in upstream order
(``ordered=False``: "there is a performance and latency penalty to ordering by timestamp"); and a clock that
nothing but the ticks moves. By default the watermark also runs with the system's time: a tick that comes more
slowly than it happened would be late, and a window long over would wake its key again and again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bytewax.operators as op
import msgspec
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow, Stream
from bytewax.operators import KeyedStream
from bytewax.operators.windowing import EventClock, TumblingWindower, WindowOut, fold_window
from bytewax.run import cli_main

from benchmarks.errors import BenchmarkError
from benchmarks.peers.bars import Bar, write
from benchmarks.peers.telling import FETCHING, Began, Collected, tell

BATCH = 100
"""Messages of a batch. The default, 1,000, was about 1.5 times as slow: Python's collector then walks
many more objects that are alive."""
EPOCH = datetime.fromtimestamp(0, UTC)
Folded = list[Any]  # open, high, low, close, volume, count; empty before the first tick


class Tick(msgspec.Struct, gc=False):
    """What a bar needs of a tick."""

    symbol: str
    ts: int  # ns
    price: float
    qty: float


def main(bootstrap: str, topic: str, _partitions: str, out: str) -> None:
    """Make the bars of a topic, tell how long it took, and write them."""
    decode = msgspec.json.Decoder(Tick).decode
    flow = Dataflow("fold_window")
    messages = kop.input(
        "ticks", flow, brokers=[bootstrap], topics=[topic], tail=False, add_config=FETCHING, batch_size=BATCH
    )
    op.inspect("errors", messages.errs).then(op.raises, "crash-on-err")
    began = Began()
    noted = op.flat_map_batch("began", messages.oks, began.note)
    ticks = op.map("decode", noted, lambda message: decode(message.value or b""))
    made = measured(flow, ticks, began)
    write(Path(out), bars(made))


def measured(flow: Dataflow, ticks: Stream[Tick], began: Began) -> Collected:
    """Run a dataflow of ticks to its end, tell how long it took, and return its windows."""
    made, late = Collected(), Collected()
    found = windows(op.key_on("symbol", ticks, lambda tick: tick.symbol))
    op.output("keep", found.down, made)
    op.output("late", found.late, late)
    cli_main(flow)  # type: ignore[no-untyped-call]
    if late.items:
        raise BenchmarkError(f"fold_window found {len(late.items)} ticks late, the first {late.items[0]}")
    tell(sum(bar.trades for bar in bars(made)), began, made.last, version("bytewax"))
    return made


def windows(ticks: KeyedStream[Tick]) -> WindowOut[Tick, Folded]:
    """Return one-second windows; a window's number is its second since 1970."""
    clock: EventClock[Tick] = EventClock(
        ts_getter=lambda tick: datetime.fromtimestamp(tick.ts / 1e9, UTC),
        wait_for_system_duration=timedelta(0),
        now_getter=lambda: EPOCH,
        to_system_utc=lambda _: None,
    )
    second = TumblingWindower(length=timedelta(seconds=1), align_to=EPOCH)
    return fold_window("bars", ticks, clock, second, list, fold, merge, ordered=False)


def fold(bar: Folded, tick: Tick) -> Folded:
    """Take one tick in."""
    price = tick.price
    if not bar:
        return [price, price, price, price, tick.qty, 1]
    if price > bar[1]:
        bar[1] = price
    elif price < bar[2]:
        bar[2] = price
    bar[3] = price
    bar[4] += tick.qty
    bar[5] += 1
    return bar


def merge(_one: Folded, _other: Folded) -> Folded:
    """Tumbling windows never merge."""
    raise NotImplementedError


def bars(made: Collected) -> Iterator[Bar]:
    """Yield bars of what ``fold_window`` emitted."""
    for symbol, (second, values) in made.items:
        yield Bar(symbol, second, *values)


if __name__ == "__main__":
    main(*sys.argv[1:])
