"""The reference Market: takes a log event by event, item by item, and says what each releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from models.spec import Spec
from models.ticks import Symbol
from oracle.life import Life
from oracle.log import SECOND, Bad, Event, Item, Log, Message, Pulse, Skip, Trade
from oracle.lots import LOT_LIMIT, digits_of, lots_of
from oracle.rows import Closing, Expiry, Row, Verdict

LEAST_PRICE, MOST_PRICE = 1e-18, 1e18
WORDS = ("used", "skipped", "late", "duplicate", "invalid")


def book_of(what: str) -> str:
    """Return under which word a verdict is counted."""
    return what if what in WORDS else "invalid"


class Reference:
    """One shard's market path; everything it released lies in its lists."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.rows: list[Row] = []
        self.verdicts: list[Verdict] = []
        self.expiries: list[Expiry] = []
        self.closings: list[Closing] = []
        self.symbols: list[Symbol] = []  # in order of first appearance
        self.lives: dict[Symbol, Life] = {}
        self.digits: dict[Symbol, int] = {}
        self.by_symbol: dict[Symbol, Counter[str]] = {}  # from a symbol's first credible trade on
        self._log_ts, self._offset, self._seq = 0, 0, 0

    def take(self, log: Log) -> Reference:
        """Take all events of a log."""
        for event in log:
            self._one(event)
        return self

    @property
    def books(self) -> tuple[int, int, int, int, int]:
        """Return how many items were used, skipped, late, duplicate and invalid."""
        counts = Counter(book_of(verdict.what) for verdict in self.verdicts)
        return tuple(counts[word] for word in WORDS)  # type: ignore[return-value]

    def _one(self, event: Event) -> None:
        if isinstance(event, Message):
            self._offset = event.offset + 1
            self._move_to(event.ts)
            self._judge(event)
        else:
            self._seq += 1  # beats and commands are journalled
            if isinstance(event, Pulse):
                self._move_to(event.ts)

    @property
    def _by_log(self) -> int:
        return (self._log_ts - self.spec.grace) // SECOND

    def _move_to(self, ts: int) -> None:
        """Move log time: close, then let symbols expire."""
        before = self._by_log
        self._log_ts = max(self._log_ts, ts)
        if self._by_log > before:
            self.closings.append(Closing(self._by_log, self._offset, self._seq, self.books))
        ends = {symbol: life.newest + self.spec.symbol_ttl_s + 1 for symbol, life in self.lives.items()}
        self._close({symbol: min(self._by_log, ends[symbol]) for symbol in self.lives})
        for symbol in self._in_order(s for s, end in ends.items() if self._by_log >= end):
            self.expiries.append(Expiry(symbol, ends[symbol] - 1, self._offset, self._seq))
            del self.lives[symbol]

    def _judge(self, message: Message) -> None:
        reach: dict[Symbol, int] = {}
        for place, item in message.placed():
            what = self._verdict(item, reach)
            self.verdicts.append(Verdict(message.offset, place, what, message.value or b""))
            if isinstance(item, Trade) and item.symbol in self.by_symbol:
                self.by_symbol[item.symbol][book_of(what)] += 1
        self._close(reach)

    def _verdict(self, item: Item, reach: dict[Symbol, int]) -> str:
        """Judge one item; ``reach`` is to which second this record's trades closed their symbols so far."""
        if isinstance(item, Skip):
            return "skipped"
        if isinstance(item, Bad):
            return str(item.reason)
        if item.ts > self._log_ts + self.spec.max_skew:
            return "future"
        if not LEAST_PRICE <= item.price <= MOST_PRICE:
            return "bad_price"
        if not self._known(item):
            return "bad_symbol"
        lots = lots_of(item.qty, self.digits[item.symbol])
        return "bad_quantity" if lots > LOT_LIMIT else self._timely(item, lots, reach)

    def _known(self, trade: Trade) -> bool:
        if trade.symbol not in self.digits:
            if len(self.symbols) >= self.spec.max_symbols:
                return False
            self.symbols.append(trade.symbol)
            self.digits[trade.symbol] = digits_of(trade.price)
            self.by_symbol[trade.symbol] = Counter()
        return True

    def _timely(self, trade: Trade, lots: int, reach: dict[Symbol, int]) -> str:
        life = self.lives.get(trade.symbol)
        closed = max(life.closed_to if life else self._by_log, reach.get(trade.symbol, 0))
        if trade.ts // SECOND < closed:
            return "late"
        if life is None:
            life = self.lives[trade.symbol] = Life(trade)
        own = (trade.ts - self.spec.disorder) // SECOND
        reach[trade.symbol] = max(own, life.closed_to, reach.get(trade.symbol, 0))
        if life.holds(trade):
            return "duplicate"
        life.use(trade, lots)
        return "used"

    def _close(self, upto: dict[Symbol, int]) -> None:
        new = [
            (row.second, self.symbols.index(symbol), row)
            for symbol, end in upto.items()
            for row in self.lives[symbol].close_to(end, self._offset, self._seq, self.spec)
        ]
        self.rows += [row for _, _, row in sorted(new, key=lambda entry: entry[:2])]

    def _in_order(self, symbols: Iterable[Symbol]) -> list[Symbol]:
        return sorted(symbols, key=self.symbols.index)
