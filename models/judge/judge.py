"""Judge: the second keyed stage. Scored rows in; numbered output records out, every one with its cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.judge import bodies, events
from models.judge.answered import Answered, columns_of
from models.judge.audit import items
from models.judge.bodies import Body, cause_body
from models.judge.deciding import Deciding
from models.judge.outcomes import PUBLISHED, Outcomes
from models.judge.panel import Scores
from models.judge.records import (
    AUDIT,
    DLQ,
    FEATURES,
    JUDGED,
    PREDICTIONS,
    PROGRESS,
    SIGNALS,
    Emission,
    Record,
    Shard,
    record_id,
)  # fmt: skip
from models.judge.rejected import dead_letters
from models.judge.voices import Voices
from models.judge.watch import Watch
from models.market.block import Block, Closed, Progress
from models.monitor.recent import Recent
from models.scoring.model import Model
from models.scoring.scorer import Answers, ScoredBlock
from models.spec import SECOND, Spec


class Told(NamedTuple):
    """The signals of an emission, by the place that released them."""

    first: int  # ordinal
    block: Block | None

    def before(self, p: Progress) -> int:
        """Return the ordinal behind the signals of the seconds that are closed by then."""
        if self.block is None:
            return self.first
        start, stop = map(int, np.searchsorted(self.block.offset, (p.offset, p.offset + 1)))
        return self.first + start + int(np.count_nonzero(self.block.second[start:stop] < p.second))


class Judge:
    """The judging state of one shard: what is watched, what is pending, the next ordinal of each topic."""

    def __init__(
        self, spec: Spec, shard: Shard, models: Mapping[str, Model], saved: dict[str, Any] | None = None
    ) -> None:
        self.spec = spec
        self.shard = shard
        self._voices = Voices(models, spec.horizon_s)
        self._begin(saved or {})

    def _begin(self, saved: Mapping[str, Any]) -> None:
        known: dict[str, int] = saved.get("ordinals", {})
        self.ordinals = {topic: known.get(topic, 0) for topic in JUDGED}
        self._outcomes = Outcomes(self.spec.horizon_s, saved.get("outcomes"))
        self._watch = Watch(self.spec.staleness, saved.get("watch", {}))
        self._deciding = Deciding(self.spec, saved.get("panel"))
        voices = self._voices
        self._recent = Recent(self.spec.horizon_s, voices.binning, voices.version, saved.get("recent"))

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data and arrays."""
        return {
            "ordinals": dict(self.ordinals),
            "outcomes": self._outcomes.snapshot(),
            "watch": self._watch.snapshot(),
            "panel": self._deciding.snapshot(),
            "recent": self._recent.snapshot(),
        }

    def step(self, inputs: Iterable[ScoredBlock]) -> list[Emission]:
        """Judge inputs in order."""
        return [self._one(scored) for scored in inputs]

    def _one(self, scored: ScoredBlock) -> Emission:
        closed = scored.closed
        if closed.genesis is not None:
            self._begin({"ordinals": closed.genesis.ordinals})
        records: list[Record] = []
        told, answered = Told(self.ordinals[SIGNALS], closed.block), None
        if closed.block is not None and scored.answers is not None:
            answered, found = self._block(closed, closed.block, scored.answers)
            records += found
        records += self._numbered(events.STALENESS, self._watch.expired(closed, self.shard))
        for expired in closed.expired:
            self._outcomes.forget(expired.code)
        letters = dead_letters(closed.rejects, self.shard, closed.cause.seq, self.ordinals[DLQ])
        self.ordinals[DLQ] += len(letters)
        records += letters
        records += self._progress(closed, told)
        command = closed.command.id if closed.command else None
        begun = (closed.genesis,) if closed.genesis is not None else ()
        return Emission(
            records,
            closed.cause,
            closed.desk,
            closed.log_ts,
            closed.ledger,
            outcomes=dict(self._outcomes.counts),
            command_id=command,
            books=closed.books,
            pending=self._outcomes.pending(),
            monitor=(*begun, *self._recent.closed(closed)),
            answered=answered,
        )

    def _block(self, closed: Closed, block: Block, answers: Answers) -> tuple[Answered, list[Record]]:
        incumbent, scores, gate = self._deciding.step(closed, block, answers)
        self._remember(block, incumbent, scores, closed.desk)
        rows = bodies.rows_of(block, closed.names, closed.symbols, self.shard)
        heard = self._voices.heard(incumbent, scores, closed.desk)
        return columns_of(block, scores, gate, closed.desk), [
            *self._numbered(
                PREDICTIONS, self._voices.predictions(rows, incumbent, heard.incumbent, closed.desk)
            ),
            *self._numbered(FEATURES, bodies.features(rows, block)),
            *self._numbered(SIGNALS, bodies.signals(rows, block, heard, scores, gate, closed.desk)),
            *self._numbered(events.STALENESS, self._watch.staleness(rows, block)),
            *self._numbered(
                events.FALLBACK, self._watch.fallback(rows, block, incumbent, closed.desk, self.shard)
            ),
            *self._numbered(AUDIT, items(rows, block, heard.counted, scores, closed.desk)),
        ]

    def _remember(self, block: Block, incumbent: Scores, scores: Scores, desk: Desk) -> None:
        """Let what was said meet its outcomes, and keep both for the monitors."""
        said = self._voices.said(incumbent, desk)
        met = self._outcomes.meet(block, {PUBLISHED: scores.prob, **said})
        del met[PUBLISHED]
        self._recent.write(block, scores.parts, met, said, desk.bundles)

    def _progress(self, closed: Closed, told: Told) -> list[Record]:
        bodies_ = [
            {
                "id": record_id("progress", self.shard.key, p.second * SECOND),
                "shard": self.shard.key,
                "second": p.second,
                "ts": p.second * SECOND,
                "signals": told.before(p),
                "ledger": {"read": p.totals.read, **p.totals._asdict()},
                "caused_by": cause_body(self.shard, p.offset, closed.cause.seq),
            }
            for p in closed.progress
        ]
        return self._numbered(PROGRESS, bodies_)

    def _numbered(self, topic: str, found: Iterable[Body]) -> list[Record]:
        """Give records their ordinals, contiguous per shard and topic."""
        records, shard = [], self.shard.key
        for ordinal, body in enumerate(found, self.ordinals[topic]):
            body["ordinal"] = ordinal
            records.append(Record(topic, body.get("symbol", shard), body))
        self.ordinals[topic] += len(records)
        return records
