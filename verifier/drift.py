"""Which records must stand on ``drift``: for each five minutes, of each model that was asked, a record of all
symbols together; of a bundle, which has a training to compare with, one of each symbol before it.

What they tell of drift itself is not recomputed: it takes the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.buckets import Bucket
from verifier.events import Symbol
from verifier.expected import Expected
from verifier.history import Shard
from verifier.keys import RECORD_KEY
from verifier.rules import FALLBACK, SECOND, record_id


def drifts(buckets: list[Bucket], asked: Mapping[int, list[str]], shard: Shard) -> list[Expected]:
    """Return the records of an era in order; ``asked`` has the models by the start of each bucket."""
    return [
        _record(reference, symbol, bucket, shard)
        for bucket in buckets
        for reference in asked[bucket.start]
        if reference != FALLBACK
        for symbol in _about(reference, bucket)
    ]


def _about(reference: str, bucket: Bucket) -> Iterator[Symbol | None]:
    if "@" in reference:
        yield from (symbol for symbol, _ in bucket.rows)
    yield None


def _record(reference: str, symbol: Symbol | None, bucket: Bucket, shard: Shard) -> Expected:
    end = bucket.end * SECOND
    whose, name = (symbol.qualified, symbol.name) if symbol else (shard.key, None)
    fields: dict[str, Any] = {
        "id": record_id("drift", whose, end, reference),
        "symbol": name,
        "venue": symbol.venue if symbol else "",
        "ts": end,
        "kind": "drift",
        "model": reference.partition("@")[0],
        "reference": reference,
        "caused_by": bucket.cause,
        RECORD_KEY: name or shard.key,
    }
    return Expected((name or repr(None), end, reference), fields)
