"""Whether the circuit breakers of shards are open."""

from __future__ import annotations

from collections.abc import Iterable

from models.guard.inputs import FALLBACK, Told
from models.rules.evaluate import Sample
from models.rules.metrics import scope_key

CLOSED = "closed"


def breakers(found: Iterable[Told]) -> list[Sample]:
    """Return a sample for each transition of a breaker."""
    return [
        Sample("breaker.open", scope_key("shard", told.body["shard"]), float(told.body["state"] != CLOSED))
        for told in found
        if told.topic == FALLBACK and told.body["event"] == "breaker"
    ]
