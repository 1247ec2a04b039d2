"""Notices a symbol that trades on two shards: its producer does not key by symbol.

Such a symbol's ticks have no common order, so its bars would be halves. Each shard goes on (its own log is
what it is), the process says so once a symbol, and ``levibot doctor`` finds it over all processes.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from models.judge.records import Shard

_LOG = structlog.get_logger()


class Routing:
    """The shard on which each symbol of this process was first seen."""

    def __init__(self) -> None:
        self._home: dict[str, str] = {}
        self.misrouted: dict[str, set[str]] = {}

    def see(self, shard: Shard, symbols: Iterable[str]) -> None:
        """Note the symbols of a shard; log an error for one that has another home."""
        for symbol in symbols:
            home = self._home.setdefault(symbol, shard.key)
            if home != shard.key and shard.key not in self.misrouted.setdefault(symbol, {home}):
                self.misrouted[symbol].add(shard.key)
                _LOG.error(
                    "symbol on two shards",
                    symbol=symbol,
                    shards=sorted(self.misrouted[symbol]),
                    do="key the producer's records by symbol; see the README on tick topics",
                )
