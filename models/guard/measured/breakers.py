"""Whether the circuit breakers of shards are open."""

from __future__ import annotations

from collections.abc import Iterable

from models.guard.inputs import FALLBACK, Told
from models.rules.evaluate import Sample
from models.rules.metrics import scope_key

CLOSED = "closed"


def breakers(found: Iterable[Told]) -> list[Sample]:
    """Return a sample for each breaker that has changed: its last state.

    A probe that succeeds makes two transitions within a second or two, to half open and to closed; rules take
    the worst of samples of one time, and would never hear that it is closed.
    """
    every = [told.body for told in found if told.topic == FALLBACK and told.body["event"] == "breaker"]
    last = {body["shard"]: body["state"] for body in sorted(every, key=lambda body: int(body["ordinal"]))}
    return [
        Sample("breaker.open", scope_key("shard", shard), float(state != CLOSED))
        for shard, state in sorted(last.items())
    ]
