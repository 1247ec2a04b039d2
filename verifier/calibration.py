"""What must stand on ``calibration``: what each model said, as it is published, and what came of it.

A record of each symbol with rows in a bucket, for each model that was asked of a row whose outcome the bucket
can hold: in it, or less than a horizon before. Of the fallback only where it has answered in the last day.

Checked are the sums. What is estimated from them, such as the ECE and its limits, is not recomputed.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from verifier.buckets import Bucket, Outcome
from verifier.desks import DeskHistory
from verifier.events import Symbol
from verifier.evidence import UNSURE, Evidence
from verifier.expected import Expected
from verifier.keys import RECORD_KEY
from verifier.rules import FALLBACK, SECOND, Rules, record_id
from verifier.tally import Tally

HOUR_S = 3_600
DAY_HOURS = 24

Key = tuple[object, ...]


class Calibrations:
    """Goes from bucket to bucket of one era."""

    def __init__(self, evidence: Evidence, desks: DeskHistory, rules: Rules) -> None:
        self._evidence, self._desks, self._rules = evidence, desks, rules
        self._tallies: dict[tuple[str, Symbol], dict[int, Tally | None]] = {}  # by start; None: not known

    def expected(
        self, buckets: list[Bucket], asked: Mapping[int, list[str]], there: Container[Key]
    ) -> list[Expected]:
        """Return the records in order; ``asked`` has the models by the start of each bucket.

        ``there`` are the keys of those that were published: that decides where it cannot be told whether
        the fallback has answered.
        """
        return [one for bucket in buckets for one in self._bucket(bucket, asked[bucket.start], there)]

    def _bucket(self, bucket: Bucket, asked: list[str], there: Container[Key]) -> Iterator[Expected]:
        for reference in asked:
            for symbol, rows in bucket.rows:
                kept = self._tallies.setdefault((reference, symbol), {})
                kept[bucket.start] = self._tally(reference, symbol, rows)
                for start in [s for s in kept if not _in_day(s, bucket)]:
                    del kept[start]
                one = self._record(reference, symbol, bucket)
                if reference != FALLBACK or _answered(kept, default=one.key in there):
                    yield one

    def _tally(self, reference: str, symbol: Symbol, rows: list[Outcome]) -> Tally | None:
        found = Tally()
        for row in rows:
            prob = self._said(reference, symbol, row)
            if prob == UNSURE:
                return None
            if prob is not None:
                found.take(prob, row.up, row.move)
        found.buckets = int(found.said > 0)
        return found

    def _said(self, reference: str, symbol: Symbol, row: Outcome) -> float | None:
        """Return what the model said one horizon before."""
        if row.asked_seq is None or reference not in self._desks.asked(row.asked_seq):
            return None
        desk = self._desks.at(row.asked_seq)
        end = (row.second - self._rules.horizon_s + 1) * SECOND
        return self._evidence.said(reference, desk, symbol.name, end) if desk else None

    def _record(self, reference: str, symbol: Symbol, bucket: Bucket) -> Expected:
        end = bucket.end * SECOND
        head: dict[str, Any] = {
            "id": record_id("calibration", symbol.qualified, end, reference),
            "symbol": symbol.name,
            "venue": symbol.venue,
            "ts": end,
            "kind": "calibration",
            "model": reference.partition("@")[0],
            "reference": reference,
            "horizon_s": self._rules.horizon_s,
            "start_s": bucket.start,
            "caused_by": bucket.cause,
            RECORD_KEY: symbol.name,
        }
        kept = self._tallies[reference, symbol]
        return Expected((symbol.name, end, reference), head | _sums(kept, bucket))


def _sums(kept: dict[int, Tally | None], bucket: Bucket) -> dict[str, Any]:
    own = kept[bucket.start]
    hour = _added(tally for start, tally in kept.items() if start >= bucket.end - HOUR_S)
    day = _added(kept.values())
    return {
        **(own.bucket("bucket") if own else {}),
        **(hour.window("windows.1h") if hour else {}),
        **(day.window("windows.24h") if day else {}),
    }


def _added(tallies: Iterable[Tally | None]) -> Tally | None:
    """Return the sum, None where one of them is not known."""
    found = Tally()
    for tally in tallies:
        if tally is None:
            return None
        found.add(tally)
    return found


def _answered(kept: dict[int, Tally | None], *, default: bool) -> bool:
    """Return whether something was said; ``default`` where it is not known."""
    if any(tally is not None and tally.said for tally in kept.values()):
        return True
    return default and None in kept.values()


def _in_day(start: int, bucket: Bucket) -> bool:
    """The hour that is running and the 23 before it."""
    return start // HOUR_S > bucket.start // HOUR_S - DAY_HOURS
