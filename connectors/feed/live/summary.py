"""What a bridge did, as figures: what was sent, what is missing, and what became of its connections."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from connectors.feed.live.ids import Numbering
from connectors.feed.live.lag import Lags

KEPT_GAPS = 1_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Trades of a symbol that did not come."""

    symbol: str
    from_id: int
    to_id: int
    reconnect: bool
    """It lies between two connections, not within one."""
    recv_ts: int
    """When it was noticed, ns."""


@dataclass(slots=True, kw_only=True)
class LiveSummary:
    """What a bridge did. All records counted here are delivered."""

    venue: str
    topic: str
    records: int = 0
    bytes: int = 0
    trades: int = 0
    """Trades that could be read in them; an aggregated one counts as those it is made of."""
    unread: int = 0
    """Records without a trade that could be read: other kinds of messages, and rubbish."""
    too_large: int = 0
    """Left out: over 1 MB, which no reader of the topic would look into."""
    overlap: int = 0
    """Left out: the same message came from the connection before, while both stood."""
    mixed: int = 0
    """Records with trades of several symbols; such a record can be in one partition only."""
    connections: int = 0
    relieved: int = 0
    """Connections replaced before their end, without a break."""
    losses: Counter[str] = field(default_factory=Counter)
    """Connections lost, and attempts that failed, by what ended them."""
    pings: int = 0
    """Stalls in which a ping was answered."""
    symbols: Counter[str] = field(default_factory=Counter)
    numberings: dict[str, Numbering] = field(default_factory=dict)
    gaps: deque[Gap] = field(default_factory=lambda: deque(maxlen=KEPT_GAPS))
    """The newest of them; ``numberings`` counts all."""
    lags: Lags = field(default_factory=Lags)
    silent: tuple[str, ...] = ()
    """Symbols asked for that have sent nothing."""
    first_ts: int | None = None
    last_ts: int | None = None
    seconds: float = 0.0
    stopped: bool = False
    """A signal ended it."""

    @property
    def missing(self) -> int:
        """Trades that did not come."""
        return sum(numbering.missing for numbering in self.numberings.values())

    @property
    def repeated(self) -> int:
        """Trades that came more than once."""
        return sum(numbering.repeated for numbering in self.numberings.values())

    @property
    def gap_count(self) -> int:
        """How often trades were passed over."""
        return sum(numbering.gaps for numbering in self.numberings.values())

    def count(self, key: str, size: int, ts: int) -> None:
        """Add a record that was sent."""
        self.records += 1
        self.bytes += size
        self.symbols[key] += 1
        self.first_ts = ts if self.first_ts is None else self.first_ts
        self.last_ts = ts

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        plain = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("symbols", "numberings", "gaps", "lags")
        }
        return plain | {
            "missing": self.missing,
            "repeated": self.repeated,
            "gap_count": self.gap_count,
            "gaps": [{name: getattr(gap, name) for name in gap.__slots__} for gap in self.gaps],
            "lag_ms": self.lags.as_dict(),
            "symbols": {symbol: self._of(symbol) for symbol in sorted(self.symbols)},
        }

    def _of(self, symbol: str) -> dict[str, int | None]:
        figures: dict[str, int | None] = {"records": self.symbols[symbol]}
        if numbering := self.numberings.get(symbol):
            names = ("first", "last", "gaps", "missing", "repeated")
            figures |= {name: getattr(numbering, name) for name in names}
        return figures
