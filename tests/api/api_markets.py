"""Markets that the tests of the API look at, closed to second 10 at 10.4 s."""

from __future__ import annotations

from one_shard import OneShard, trade


def always_buy(symbol: str = "BTCUSDT", partition: int = 0) -> OneShard:
    """Return a shard whose model has said BUY with 0.9 for the second that ended at 10, at a price of 101."""
    shard = OneShard(partition=partition)
    shard.command("model.select", name="constant-0.9")
    shard.feed(trade(symbol, 8.5, 100.0), trade(symbol, 9.75, 101.0), trade(symbol, 10.1, 102.0))
    return shard
