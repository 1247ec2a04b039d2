"""Of which models there is something to tell in each five minutes: those that the desks called for."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.buckets import Bucket
from verifier.desks import DeskHistory


def references(buckets: Iterable[Bucket], desks: DeskHistory, horizon_s: int) -> dict[int, list[str]]:
    """Return models by the start of each bucket of an era, sorted.

    A model has a place in a bucket where it was asked of a row of it, or of one less than a horizon before:
    what it said then may meet its outcome here.
    """
    last: dict[str, int] = {}  # second at which a model was asked
    found: dict[int, list[str]] = {}
    for bucket in buckets:
        for row in (row for _, rows in bucket.rows for row in rows):
            for reference in desks.asked(row.seq):
                last[reference] = max(row.second, last.get(reference, row.second))
        begin = bucket.start - horizon_s
        found[bucket.start] = sorted(reference for reference, second in last.items() if second >= begin)
    return found
