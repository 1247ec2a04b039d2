"""Monitor: the third keyed stage. Closed buckets in; calibration and drift records out, numbered.

It stands behind Judge and wakes when a bucket closes, so its state, which reaches back a day, is written
down that often and not with every snapshot of the hot path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models.desk.references import is_bundle
from models.inputs import Genesis
from models.judge.records import CALIBRATION, DRIFT, MONITORED, Observed, Record, Shard
from models.monitor.bodies import About, Body, calibration_body, drift_body, shard_drift_body
from models.monitor.bucket import Bucket
from models.monitor.drift.declared import Declared
from models.monitor.drift.findings import Daily, Finding
from models.monitor.drift.ladder import Ladder
from models.monitor.trained import drift_reference
from models.monitor.watched import Watched
from models.scoring.model import Model
from models.scoring.scorer import FALLBACK
from models.spec import Spec


class Monitor:
    """The monitoring state of one shard: calibration and drift by model, and the next ordinals."""

    def __init__(
        self, spec: Spec, shard: Shard, models: Mapping[str, Model], saved: Mapping[str, Any] | None = None
    ) -> None:
        self.shard = shard
        self._models = models
        self._horizon = spec.horizon_s
        limits = spec.monitors
        self._declared = Declared(limits.false_alarms_per_day, limits.pairs)
        self._rarity = limits.rarity
        self._ladder = Ladder(limits.watch, limits.alert, limits.kill)
        self._begin(saved or {})

    def _begin(self, saved: Mapping[str, Any]) -> None:
        known: Mapping[str, int] = saved.get("ordinals", {})
        self.ordinals = {topic: known.get(topic, 0) for topic in MONITORED}
        self._names: dict[str, str] = dict(saved.get("names", {}))  # shown, by ``venue:name``
        self._watched = {name: self._watch(name, state) for name, state in saved.get("models", {}).items()}

    def _watch(self, reference: str, saved: Mapping[str, Any] | None = None) -> Watched:
        bins = drift_reference(self._models, reference)
        return Watched(self._horizon, bins, self._declared, self._ladder, self._rarity, saved)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data and arrays."""
        return {
            "ordinals": dict(self.ordinals),
            "names": dict(self._names),
            "models": {reference: watched.snapshot() for reference, watched in self._watched.items()},
        }

    def step(self, inputs: Iterable[Genesis | Bucket]) -> list[Observed]:
        """Take buckets in the order in which they closed."""
        return [self._one(one) for one in inputs]

    def _one(self, one: Genesis | Bucket) -> Observed:
        if isinstance(one, Genesis):
            self._begin({"ordinals": one.ordinals})
            return Observed([], one.cause)
        self._names |= {":".join(s): name for s, name in zip(one.symbols, one.names, strict=True)}
        records = [record for reference in one.answers for record in self._model(reference, one)]
        self._forget(one)
        return Observed(records, one.cause)

    def _model(self, reference: str, bucket: Bucket) -> list[Record]:
        """Take in what one model said, and return what is to be told of it.

        How many records there are is a matter of the desk and of the rows alone, and not of what the model
        answered or how it was trained: where a crash took its bundle along, they are numbered all the same.
        """
        if reference not in self._watched:
            self._watched[reference] = self._watch(reference)
        watched = self._watched[reference]
        watched.compare_with(drift_reference(self._models, reference))
        findings = watched.fold(reference, bucket)
        about = About(self.shard, bucket, reference, bucket.answers[reference].version)
        drifts = self._drifts(about, findings) if reference != FALLBACK else ()
        return [
            *self._numbered(CALIBRATION, self._calibrations(about, watched)),
            *self._numbered(DRIFT, drifts),
        ]

    def _calibrations(self, about: About, watched: Watched) -> Iterable[Body]:
        """Yield a record for each symbol with rows; of the fallback only where it has answered lately."""
        bucket = about.bucket
        told = watched.calibrations([":".join(symbol) for symbol in bucket.symbols])
        for symbol, name, found in zip(bucket.symbols, bucket.names, told, strict=True):
            if about.reference != FALLBACK or found.day is not None:
                yield calibration_body(about, symbol, name, found, self._horizon)

    def _drifts(self, about: About, findings: Sequence[Finding]) -> Iterable[Body]:
        """Yield a trained model's record for each symbol with rows, and one of all symbols together."""
        by_symbol: dict[str | None, list[Finding]] = defaultdict(list)
        for one in findings:
            by_symbol[one.symbol].append(one)
        if is_bundle(about.reference):
            for symbol, name in zip(about.bucket.symbols, about.bucket.names, strict=True):
                yield drift_body(about, symbol, name, by_symbol[":".join(symbol)])
        days = [(self._names[one.symbol], one) for one in findings if isinstance(one, Daily)]
        yield shard_drift_body(about, by_symbol[None], days)

    def _forget(self, bucket: Bucket) -> None:
        """Let time pass for models that were not asked; forget those of which nothing was said for a day."""
        for reference in self._watched.keys() - bucket.answers.keys():
            self._watched[reference].advance(bucket.end)
            if not self._watched[reference]:
                del self._watched[reference]

    def _numbered(self, topic: str, found: Iterable[Body]) -> list[Record]:
        records = []
        for ordinal, body in enumerate(found, self.ordinals[topic]):
            body["ordinal"] = ordinal
            records.append(Record(topic, body["symbol"] or self.shard.key, body))
        self.ordinals[topic] += len(records)
        return records
