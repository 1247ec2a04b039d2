"""From messages to records: each goes into the topic byte for byte, under its symbol's key, and is accounted.

Delivery promise: every message that was received is in the topic at least once, in the order of its
connection, and one symbol has one connection at a time. What the exchange sent while there was no connection
is lost, and named by its ids where the exchange numbers its trades. Unit of parallelism: a group of symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog

from connectors.feed.live.ids import Missing, Numbering
from connectors.feed.live.link import Reading
from connectors.feed.live.plan import Timing
from connectors.feed.live.summary import Gap, LiveSummary
from connectors.feed.live.venue import UNNUMBERED, Trades
from connectors.feed.symbols import symbol_of
from connectors.kafka.delivery import DeliveryError
from models.ticks import MAX_RECORD_BYTES

RECEIVED = "recv_ts"
"""The header with the time of receipt, ns, as decimal digits."""
_LOG = structlog.get_logger()


class Outlet(Protocol):
    """Where records go; ``Delivery`` is one."""

    def send(
        self, key: bytes, value: bytes, ts: int, headers: list[tuple[str, str | bytes | None]] | None = None
    ) -> None:
        """Send one record stamped ``ts``, ns; raise ``DeliveryError``."""

    def wait(self, seconds: float) -> None:
        """Serve delivery reports for at most ``seconds``."""

    def finish(self) -> None:
        """See everything delivered, or raise ``DeliveryError``."""


class Bridge:
    """Takes messages in, sends records out and keeps account.

    A record's timestamp is the wall clock's at its receipt, which never goes back within a process.
    """

    def __init__(
        self, outlet: Outlet, summary: LiveSummary, timing: Timing, limit: int | None = None
    ) -> None:
        self._outlet = outlet
        self._summary = summary
        self._wall = timing.wall
        self._limit = limit
        self._stamp = 0
        self.failure: DeliveryError | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more is taken: there is enough, or a record could not be delivered."""
        return self.failure is not None or self._summary.records == self._limit

    def take(self, payload: bytes, trades: Sequence[Trades], reading: Reading) -> None:
        """Send one message and note what it says; a failure is kept for whoever runs the bridge."""
        if self.done:
            return
        received = self._wall()
        if len(payload) > MAX_RECORD_BYTES:
            self._summary.too_large += 1
        elif self._is_copy(trades, reading):
            self._summary.overlap += 1
        else:
            self._send(payload, self._key(payload, trades, reading), received)
            self._account(trades, reading, received)

    def _send(self, payload: bytes, key: str, received: int) -> None:
        self._stamp = max(self._stamp, received)
        try:
            self._outlet.send(key.encode(), payload, self._stamp, [(RECEIVED, b"%d" % received)])
        except DeliveryError as error:
            self.failure = error
        else:
            self._summary.count(key, len(payload), self._stamp)

    def _key(self, payload: bytes, trades: Sequence[Trades], reading: Reading) -> str:
        if trades:
            return trades[0].symbol
        named = symbol_of(payload)
        return named.upper() if named else reading.main

    def _is_copy(self, trades: Sequence[Trades], reading: Reading) -> bool:
        return reading.overlaps and bool(trades) and all(self._came(each, reading) for each in trades)

    def _came(self, trades: Trades, reading: Reading) -> bool:
        numbering = self._summary.numberings.get(trades.symbol)
        if trades.symbol in reading.seen or numbering is None or numbering.last is None:
            return False
        return trades.last <= numbering.last

    def _account(self, trades: Sequence[Trades], reading: Reading, received: int) -> None:
        self._summary.unread += not trades
        self._summary.mixed += len({each.symbol for each in trades}) > 1
        for each in trades:
            self._summary.trades += each.size
            if each.first != UNNUMBERED:
                self._follow(each, reading, received)
            if each.ts is not None:
                self._summary.lags.add(received - each.ts)
            reading.seen.add(each.symbol)

    def _follow(self, trades: Trades, reading: Reading, received: int) -> None:
        numbering = self._summary.numberings.setdefault(trades.symbol, Numbering())
        if missing := numbering.see(trades.first, trades.last):
            self._tell(trades.symbol, missing, trades.symbol not in reading.seen, received)

    def _tell(self, symbol: str, missing: Missing, reconnect: bool, received: int) -> None:
        self._summary.gaps.append(Gap(symbol, missing.first, missing.last, reconnect, received))
        _LOG.warning(
            "trades are missing",
            symbol=symbol,
            from_id=missing.first,
            to_id=missing.last,
            count=missing.last - missing.first + 1,
            reconnect=reconnect,
        )
