"""A recorded run with a paper account, made without a broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from connectors.kafka.paper.entries import plain
from connectors.kafka.topics import ACCOUNT_SHARD
from connectors.recording.manifest import RecordedAccount, RecordedLine, Recording
from connectors.recording.parts import PartWriter
from connectors.recording.rows import JOURNAL, LINES, OUTPUTS, Output, Schema, entry_row, output_row, replayed
from flows.replay.account import Past, account_records
from models.desk.desk import Desk
from models.journal.entry import GENESIS, Entry
from models.judge.records import PROGRESS, SIGNALS
from models.paper.merge import Start
from models.paper.spec import PaperSpec
from tests.recording.runs import START, OneShard, written

SPEC = PaperSpec(latency_ms=0, maker_bps=10.0, taker_bps=15.0, slippage_bps=5.0)
FIRST_SECOND = START // 1_000_000_000 - 2


def account_outputs(shards: Sequence[OneShard]) -> dict[str, list[Output]]:
    """Return what the account publishes of what shards published."""
    found: dict[str, list[Output]] = {"trades": [], "account": []}
    past = {one.shard.key: Past(values(one, SIGNALS), values(one, PROGRESS)) for one in shards}
    for record in account_records(past, [genesis(shards)], SPEC):
        of = found[record.topic]
        of.append(replayed(record, ACCOUNT_SHARD.number)._replace(offset=len(of), ts_ms=len(of)))
    return found


def values(one: OneShard, topic: str) -> list[tuple[int, bytes]]:
    """Return offsets and values of a topic of a shard."""
    return [(output.offset or 0, output.value or b"") for output in one.outputs[topic]]


def genesis(shards: Sequence[OneShard]) -> Entry:
    """Return the entry with which the account begins: with the first record of each shard."""
    starts = {one.shard.key: Start(FIRST_SECOND, False, 0, 0, 0) for one in shards}
    payload = {"fingerprint": SPEC.fingerprint(), "desk": Desk().as_dict(), "lines": plain(starts)}
    return Entry(1, 0, FIRST_SECOND, GENESIS, payload)


def with_account(
    folder: Path, shards: Sequence[OneShard], outputs: dict[str, list[Output]] | None = None
) -> Recording:
    """Write a recording of shards and the account over them, or one that published something else."""
    outputs = account_outputs(shards) if outputs is None else outputs
    folder.mkdir(parents=True, exist_ok=True)
    table(folder, "account-journal", JOURNAL, [entry_row(genesis(shards))])
    for topic, found in outputs.items():
        table(folder, f"account-outputs-{topic}", OUTPUTS, [output_row(one) for one in found])
    account = RecordedAccount(
        fingerprint=SPEC.fingerprint(),
        spec=asdict(SPEC),
        journal=1,
        outputs={topic: len(found) for topic, found in outputs.items()},
        lines={one.shard.key: line(folder, one) for one in shards},
    )
    return written(folder, shards, account=account)


def line(folder: Path, one: OneShard) -> RecordedLine:
    """Write what the account read of a shard."""
    found = RecordedLine(
        number=one.shard.number, signals=len(one.outputs[SIGNALS]), progress=len(one.outputs[PROGRESS])
    )
    for topic in (SIGNALS, PROGRESS):
        table(folder, found.stem(topic), LINES, values(one, topic))
    return found


def table(folder: Path, stem: str, schema: Schema, rows: Sequence[tuple[object, ...]]) -> None:
    """Write a table in many small files."""
    writer = PartWriter(folder, stem, schema, rows=100)
    for row in rows:
        writer.put(row)
    writer.close()


def changed(one: OneShard, topic: str, place: int, value: bytes) -> OneShard:
    """Return a shard with another value in one of its records."""
    outputs = list(one.outputs[topic])
    outputs[place] = outputs[place]._replace(value=value)
    return replace(one, outputs=one.outputs | {topic: outputs})
