"""The records that a shard publishes, as plain data, and the ids that are functions of the input alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.judge.answered import Answered
from models.judge.outcomes import NOTHING_PENDING, Pending
from models.market.ledger import Books, Totals
from models.monitor.bucket import Bucket

SIGNALS, PREDICTIONS, FEATURES = "signals", "predictions", "features"
STALENESS, FALLBACK, PROGRESS, DLQ = "staleness", "fallback", "progress", "dlq"
CALIBRATION, DRIFT, AUDIT = "calibration", "drift", "audit"
TOPICS = (
    SIGNALS, PREDICTIONS, FEATURES, STALENESS, FALLBACK, PROGRESS, DLQ, AUDIT, CALIBRATION, DRIFT,
)  # fmt: skip
"""Output topics of the hot path; each has one partition a shard."""
MONITORED = (CALIBRATION, DRIFT)
"""Those of them that Monitor numbers."""
JUDGED = tuple(topic for topic in TOPICS if topic not in MONITORED)
"""Those that Judge numbers."""

DLQ_VALUE_LIMIT = 256 * 1024

_DIGEST = hashlib.blake2b(digest_size=16)


class Shard(NamedTuple):
    """One partition of a tick topic; ``number`` is its partition on every output topic."""

    topic: str
    partition: int
    number: int

    @property
    def key(self) -> str:
        """Return the name of the shard, sortable and unique."""
        return f"{self.topic}/{self.partition:04d}"


class Record(NamedTuple):
    """One record of an output topic; ``body`` is JSON-ready, or the original bytes on ``dlq``."""

    topic: str
    key: str
    body: dict[str, Any] | bytes
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Emission:
    """Everything one input of a shard publishes, with the state behind the read model."""

    records: list[Record]
    cause: Cause
    desk: Desk
    log_ts: int
    ledger: Totals
    outcomes: Mapping[str, int] = field(default_factory=dict)
    command_id: str | None = None
    books: Books | None = None
    pending: Pending = NOTHING_PENDING
    monitor: tuple[Genesis | Bucket, ...] = ()  # what Monitor is to take in
    answered: Answered | None = None  # None where no row closed


@dataclass(frozen=True, slots=True)
class Observed:
    """What Monitor publishes of one bucket, and the present state of each model and symbol behind it."""

    records: list[Record]
    cause: Cause


def record_id(kind: str, symbol: str, end: int, *more: object) -> str:
    """Return a record's id: a hash of kind, ``venue:symbol``, window end (ns) and what else sets it apart."""
    digest = _DIGEST.copy()  # a third of the cost of making one
    digest.update("\x1f".join((kind, symbol, str(end), *map(str, more))).encode())
    return digest.hexdigest()
