"""A shard's history, made by hand or drawn, run through the product's stages as a broker would keep it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from oracle.stages import BUNDLES
from pure_stages import PureStages

from connectors.codecs.decode import Decoder
from connectors.codecs.wire import Encoded, decode_entry, encode
from connectors.kafka.entries import as_input
from models.desk.desk import Desk
from models.desk.news import News
from models.inputs import Input, TickBatch
from models.journal.entry import BEAT, COMMAND, GENESIS, NO_CONTROL, OPEN, Entry
from models.judge.records import TOPICS
from models.judge.records import Shard as ProductShard
from models.scoring.registry import load_all
from models.spec import Spec
from verifier.history import History, Shard
from verifier.log import Partition, Record
from verifier.rules import MS, Rules

SHARD = Shard("ticks", 0, 0)


@dataclass
class Written:
    """The ticks and the journal of one shard as they grow; entries are placed at the end of the ticks."""

    ticks: list[Record] = field(default_factory=list)
    journal: list[Record] = field(default_factory=list)
    next_tick: int = 0
    seq: int = 0
    gen: int = 0
    commands: int = 0

    def begin(self, desk: Desk | None = None) -> Written:
        """Open the journal and write the genesis."""
        self.open()
        self.entry(GENESIS, {"fingerprint": "f" * 64, "desk": (desk or Desk()).as_dict()})
        return self

    def open(self) -> None:
        """Start a process."""
        self.gen += 1
        self._append(Entry(self.gen, -1, self.next_tick, OPEN, {"nonce": "0" * 16}))

    def entry(self, kind: str, payload: Mapping[str, Any], ctl_offset: int = NO_CONTROL) -> Entry:
        """Take something in behind the last tick."""
        entry = Entry(self.gen, self.seq, self.next_tick, kind, payload, ctl_offset)
        self.seq += 1
        self._append(entry)
        return entry

    def beat(self, ts: int) -> None:
        """Let log time go on to ``ts`` (ns)."""
        self.entry(BEAT, {"ts": ts})

    def command(self, cmd: str, scope: str = "all", *, n: int | None = None, **args: Any) -> None:
        """Take an operator's command in; numbered after the one before, unless ``n`` says otherwise."""
        self.commands += 1
        command = {"id": f"c{self.commands}", "ts": 1, "actor": "ops", "n": self.commands if n is None else n}
        command |= {"role": "admin", "cmd": cmd, "scope": scope, "args": args}
        self.entry(COMMAND, {"command": command, "ts": 1}, self.commands)

    def news(self, news: News) -> None:
        """Take in what became of a bundle."""
        self.entry(news.kind, news.as_dict())

    def tick(self, value: bytes | dict[str, Any] | None, ts_ms: int, skip: int = 0) -> None:
        """Produce a tick record, ``skip`` offsets behind the one before."""
        raw = orjson.dumps(value) if isinstance(value, dict) else value
        offset = self.next_tick + skip
        self.ticks.append(Record("ticks", 0, offset, ts_ms, b"key", raw))
        self.next_tick = offset + 1

    def append(self, entry: Entry) -> None:
        """Write an entry as it is."""
        self._append(entry)

    def _append(self, entry: Entry) -> None:
        value = orjson.dumps(entry.as_dict())
        self.journal.append(Record("journal", 0, len(self.journal), 0, b"ticks/0000", value))

    def history(self, outputs: Mapping[str, Partition]) -> History:
        """Return everything as the verifier reads it."""
        return History(
            SHARD,
            Partition("ticks", 0, 0, self.next_tick, self.ticks),
            Partition("journal", 0, 0, len(self.journal), self.journal),
            outputs,
        )

    def run(self, spec: Spec, batch: int = 50) -> History:
        """Let the product run over it, ticks in batches of up to ``batch``, and return what stands there."""
        return self.history(outputs_of(product(self, spec, batch)))


def product(written: Written, spec: Spec, batch: int = 50) -> list[Encoded]:
    """Return what the product's stages publish; no entry of the journal may be void."""
    shard, models = ProductShard("ticks", 0, 0), load_all(spec.models) | BUNDLES
    stages = PureStages(spec, shard, models)
    return [encode(record) for one in _inputs(written, batch) for record in stages.records([one])]


def _inputs(written: Written, batch: int) -> Iterable[Input]:
    decoder, rest = Decoder(), list(written.ticks)
    seq = 0
    for entry in (decode_entry(record.value) for record in written.journal):
        if entry.kind == OPEN:
            continue
        before = [record for record in rest if record.offset < entry.after]
        rest = rest[len(before) :]
        if entry.kind != GENESIS:
            yield from _batches(decoder, before, seq, batch)
        yield as_input(entry)
        seq = entry.seq + 1
    yield from _batches(decoder, rest, seq, batch)


def _batches(decoder: Decoder, records: Sequence[Record], seq: int, size: int) -> Iterable[TickBatch]:
    for start in range(0, len(records), size):
        part = records[start : start + size]
        values = [record.value for record in part]
        offsets, stamps = np.array([r.offset for r in part]), np.array([r.ts_ms * MS for r in part])
        yield TickBatch(offsets, stamps, values, decoder.decode(values), seq)


def outputs_of(records: Iterable[Encoded]) -> dict[str, Partition]:
    """Return records as the output partitions of shard 0."""
    by_topic: dict[str, list[Record]] = defaultdict(list)
    for one in records:
        found = by_topic[one.topic]
        headers = tuple((name, str(value).encode()) for name, value in one.headers or ())
        found.append(Record(one.topic, 0, len(found), 0, one.key, one.value, headers))
    return {topic: Partition(topic, 0, 0, len(by_topic[topic]), by_topic[topic]) for topic in TOPICS}


def rules_of(spec: Spec) -> Rules:
    """Return the verifier's rules for a spec of the product."""
    return Rules(
        grace_ms=spec.grace // MS,
        disorder_ms=spec.disorder // MS,
        max_skew_ms=spec.max_skew // MS,
        symbol_ttl_s=spec.symbol_ttl_s,
        max_symbols=spec.max_symbols,
        horizon_s=spec.horizon_s,
        warn_after_s=spec.staleness.warn_s,
        fallback_after_s=spec.staleness.fallback_s,
        feature_warn_after_s=spec.staleness.feature_warn_s,
        feature_crit_after_s=spec.staleness.feature_crit_s,
        outcome_max_age_s=spec.outcome_max_age_s,
        models=spec.models,
    )
