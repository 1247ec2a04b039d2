"""The market path of a shard, one record at a time: what each record or beat closes, and what it refuses.

Log time is the highest record timestamp or beat so far. A symbol's second closes when a trade of that symbol
lies past its end (by ``disorder``), or when log time does (by ``grace``). Log time moves first, then the
record's items are judged in their order, then the symbols that traded are closed.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.events import Event, Expired, Moved, Rejected, Row, Symbol
from verifier.fields import (
    BAD_PRICE,
    BAD_QUANTITY,
    BAD_SYMBOL,
    DUPLICATE,
    FUTURE,
    LATE,
    Refused,
    Trade,
)
from verifier.life import Life
from verifier.log import Record
from verifier.placement import partition_of
from verifier.rules import MS, SECOND, Rules
from verifier.ticks import Item, items_of

LEAST_PRICE, MOST_PRICE = 1e-18, 1e18
_LOTS = 2.0**53
USED, SKIPPED, INVALID = "used", "skipped", "invalid"
BOOKS = (USED, SKIPPED, LATE, DUPLICATE, INVALID)
"""What can become of an item; every refusal but late and duplicate is booked as invalid."""


class Market:
    """One shard's symbols and clock; every method yields what it releases, in order."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._grace, self._disorder = rules.grace_ms * MS, rules.disorder_ms * MS
        self._symbols: dict[tuple[str, str], Symbol] = {}
        self._names: set[str] = set()
        self._log_ts = 0
        self._retired = False  # a symbol moved away and still lives
        self.books = dict.fromkeys(BOOKS, 0)

    @property
    def _by_log(self) -> int:
        return (self._log_ts - self._grace) // SECOND

    def beat(self, ts: int) -> Iterator[Event]:
        """Move log time to ``ts`` (ns), unless it is further already."""
        before = self._by_log
        self._log_ts = max(self._log_ts, ts)
        if self._by_log > before:
            yield Moved(self._by_log, dict(self.books))
        if self._by_log > before or self._retired:
            yield from self._closed_by_log()

    def retire(self, partition: int, partitions: int) -> None:
        """End every symbol whose records go to another partition from now on, once log time lets it."""
        for symbol in self._symbols.values():
            if symbol.life is not None and partition_of(symbol.plain, partitions) != partition:
                symbol.life.ttl_s = 0
                self._retired = True

    def record(self, record: Record) -> Iterator[Event]:
        """Take a tick record; raise ``Unjudged``, having done nothing, where it cannot be judged."""
        items = items_of(record.value, self._rules.codec)
        yield from self.beat(record.ts_ms * MS)
        reached: dict[Symbol, int] = {}
        place = 0
        for item in items:
            reason, name = self._judge(item, reached)
            self.books[reason if reason in BOOKS else INVALID] += 1
            if reason not in (USED, SKIPPED):
                yield Rejected(record, place, reason, name)
            place += item is not None
        yield from self._closed_to(reached)

    def _closed_by_log(self) -> Iterator[Event]:
        living = [(symbol, symbol.life) for symbol in self._symbols.values() if symbol.life is not None]
        ends = {symbol: max(life.newest + life.ttl_s + 1, life.closed_to) for symbol, life in living}
        yield from self._closed_to({symbol: min(self._by_log, end) for symbol, end in ends.items()})
        for symbol, life in living:
            if self._by_log >= ends[symbol]:
                symbol.life = None
                yield Expired(symbol, ends[symbol] - 1, life.ttl_s)
        self._retired = any(life.ttl_s == 0 for symbol, life in living if symbol.life is life)

    def _closed_to(self, ends: dict[Symbol, int]) -> Iterator[Row]:
        rows = [
            Row(symbol, closed)
            for symbol, end in ends.items()
            for closed in (symbol.life.close_to(end) if symbol.life else ())
        ]
        rows.sort(key=lambda row: (row.closed.second, row.symbol.number))
        yield from rows

    def _judge(self, item: Item, reached: dict[Symbol, int]) -> tuple[str, str]:
        """Return what becomes of an item, and the name it is filed under.

        ``reached`` is to which second this record's trades closed their symbols so far.
        """
        if item is None:
            return SKIPPED, ""
        if isinstance(item, Refused):
            return item.reason, ""
        return self._verdict(item, reached), item.name

    def _verdict(self, trade: Trade, reached: dict[Symbol, int]) -> str:
        if trade.ts > self._log_ts + self._rules.max_skew_ms * MS:
            return FUTURE
        if not LEAST_PRICE <= trade.price <= MOST_PRICE:
            return BAD_PRICE
        symbol = self._known(trade)
        if symbol is None:
            return BAD_SYMBOL
        lots = round(min(trade.qty, 2 * _LOTS) * symbol.units)
        return BAD_QUANTITY if lots > _LOTS else self._timely(symbol, trade, lots, reached)

    def _known(self, trade: Trade) -> Symbol | None:
        """Return the trade's symbol, a new one if the table has room."""
        key = (trade.venue, trade.name)
        if key not in self._symbols and len(self._symbols) < self._rules.max_symbols:
            symbol = Symbol(len(self._symbols), trade, self._names)
            self._names.add(symbol.name)
            self._symbols[key] = symbol
        return self._symbols.get(key)

    def _timely(self, symbol: Symbol, trade: Trade, lots: int, reached: dict[Symbol, int]) -> str:
        life, second = symbol.life, trade.ts // SECOND
        closed = max(life.closed_to if life else self._by_log, reached.get(symbol, 0))
        if second < closed:
            return LATE
        if life is None:
            life = symbol.life = Life(trade, self._rules.symbol_ttl_s)
        reached[symbol] = max((trade.ts - self._disorder) // SECOND, life.closed_to, reached.get(symbol, 0))
        if life.holds(trade):
            return DUPLICATE
        life.use(trade, lots)
        return USED
