"""A live market of its own that can be throttled, and into which bad records and strange trades are put."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from itertools import cycle, islice
from types import TracebackType
from typing import Any, Self

import orjson

from connectors.feed.pace import Pace
from connectors.kafka.delivery import Delivery
from connectors.settings import Settings
from models.simulator import MarketSpec, Record, instruments, simulate
from models.simulator.text import Kind, corrupted
from models.spec import SECOND

TRICKLE_S = 10
"""Under the throttle one symbol trades once in so many seconds, and the others not at all."""
BROKEN = (Kind.CUT, Kind.NAN, Kind.NO_PRICE, Kind.WRONG_TYPE, Kind.GARBAGE)
JUMP, HEAVY = 1.05, 10_000.0
"""A strange trade: so many times the price, and the quantity, of the last one."""


class Market:
    """Feeds ticks at their own pace from a thread, from the entry of the context to its end."""

    def __init__(self, config: Settings, symbols: Sequence[str], rate: float, seed: int) -> None:
        self.symbols = tuple(symbols)
        self.sent = 0
        self._market = MarketSpec(instruments=instruments(list(symbols)), ticks_per_second=rate)
        self._seed = seed
        self._bootstrap, self._topic = config.kafka_bootstrap, config.tick_topics
        self._last: dict[str, bytes] = {}
        self._throttled = False
        self._trickled = 0
        self._upsetting: set[str] = set()
        self._ending = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="market", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def throttle(self, on: bool) -> None:
        """Let almost nothing through, as an exchange that answers 429 does, or everything again."""
        self._throttled = on

    def corrupt(self, count: int, seconds: float) -> None:
        """Put so many records that are no ticks among the ticks, evenly over so many seconds."""
        with Delivery(self._bootstrap, self._topic, linger_ms=0) as delivery:
            began = time.monotonic()
            pairs = islice(zip(cycle(self.symbols), cycle(BROKEN), strict=False), count)
            for number, (symbol, kind) in enumerate(pairs):
                due = began + number * seconds / count
                self._ending.wait(max(0.0, due - time.monotonic()))
                delivery.send(symbol.encode(), corrupted(self._last[symbol], kind), time.time_ns())
            delivery.finish()
            self._ending.wait(max(0.0, began + seconds - time.monotonic()))

    def upset(self) -> None:
        """Make a strange trade follow the next one of every symbol.

        For ten seconds the price then lies far below its mean. The feed sends it itself: from elsewhere it
        would come too late for its second.
        """
        self._upsetting = set(self.symbols)

    def ready(self) -> bool:
        """Return whether every symbol has traded."""
        return len(self._last) == len(self.symbols)

    def _work(self) -> None:
        try:
            with Delivery(self._bootstrap, self._topic, linger_ms=5) as delivery:
                self._feed(delivery)
                delivery.finish()
        except Exception as error:  # told where the context ends
            self._failure = error

    def _feed(self, delivery: Delivery) -> None:
        start = time.time_ns()
        pace = Pace(1.0, origin=start)
        for record in simulate(self._market, self._seed, start):
            while delay := pace.delay(record.record_ts):
                delivery.wait(delay)
                if self._ending.is_set():
                    return
            if self._passes(record):
                self._send(delivery, record)

    def _send(self, delivery: Delivery, record: Record) -> None:
        symbol = record.key.decode()
        self._last[symbol] = record.value
        delivery.send(record.key, record.value, record.record_ts)
        self.sent += 1
        if symbol in self._upsetting:
            self._upsetting.discard(symbol)
            delivery.send(record.key, strange(record.value), record.record_ts)

    def _passes(self, record: Record) -> bool:
        if not self._throttled:
            return True
        if record.key != self.symbols[0].encode() or record.record_ts < self._trickled:
            return False
        self._trickled = record.record_ts + TRICKLE_S * SECOND
        return True


def strange(value: bytes) -> bytes:
    """Return a trade of the same instant, far dearer and larger, without an id."""
    tick: dict[str, Any] = orjson.loads(value)
    del tick["trade_id"]
    return orjson.dumps(tick | {"price": tick["price"] * JUMP, "qty": tick["qty"] * HEAVY})
