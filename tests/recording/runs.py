"""A run made without a broker: simulated ticks, a journal with commands and beats, what stages publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from pure_stages import PureStages

from connectors.codecs import Decoder
from connectors.codecs.wire import encode
from connectors.recording.manifest import FORMAT, RecordedShard, Recording
from connectors.recording.merge import Piece, merged, pieces
from connectors.recording.parts import PartWriter, part_name
from connectors.recording.rows import (
    JOURNAL,
    OUTPUTS,
    TICKS,
    Output,
    Tick,
    entry_row,
    output_row,
    replayed,
)
from models.desk.desk import Desk
from models.journal.entry import BEAT, COMMAND, GENESIS, Entry
from models.judge.records import TOPICS, Shard
from models.scoring.registry import load_all
from models.simulator import Faults, MarketSpec, instruments, simulate
from models.spec import Spec

SPEC = Spec(models=("stub-sine", "ml-fusion", "constant-0.99"))
DESK = Desk(model="constant-0.99")
START = 1_700_000_000_000_000_000
FIRST = 1_000  # offset of the first tick
COUNT = 900
FAULTY = MarketSpec(instruments=instruments(3), faults=Faults(late=0.02, duplicate=0.02, corrupt=0.02))
BAD = b'{"symbol":"BTCUSDT","ts":1700000000000000000,"price":-1,"qty":1,"side":"buy","trade_id":1}'
JUNK = b"[" + BAD + b"," + BAD + b"]"
"""One record with two dead letters: the second carries no bytes."""


def ticks(shard: Shard, count: int = COUNT) -> list[Tick]:
    """Return about a minute of a faulty market, the shard's own; one record is junk and one a tombstone."""
    stream = islice(simulate(FAULTY, shard.number, START), count)
    found = [
        Tick(shard.topic, shard.partition, FIRST + i, r.record_ts // 1_000_000, r.key, r.value)
        for i, r in enumerate(stream)
    ]
    found[10], found[11] = found[10]._replace(value=JUNK), found[11]._replace(value=None)
    return found


def genesis(after: int = FIRST, **more: Any) -> Entry:
    """Return the entry with which a history begins."""
    return Entry(1, 0, after, GENESIS, {"fingerprint": SPEC.fingerprint(), "desk": DESK.as_dict(), **more})


def beat(seq: int, after: int, ms: int) -> Entry:
    """Return a clock beat."""
    return Entry(1, seq, after, BEAT, {"ts": ms * 1_000_000})


def command(seq: int, after: int, cmd: str, **args: Any) -> Entry:
    """Return a command of an operator, taken in there."""
    plain = {"id": f"c{seq}", "ts": START, "actor": "ops", "n": seq, "role": "admin", "cmd": cmd}
    return Entry(
        1, seq, after, COMMAND, {"command": plain | {"scope": "all", "args": args}, "ts": START}, seq
    )


def journal(found: Sequence[Tick]) -> list[Entry]:
    """Return a journal in which a beat, a kill, an unkill and two last beats stand among the ticks."""
    last = found[-1]
    return [
        genesis(found[0].offset),
        beat(1, found[300].offset, found[300].ts_ms),
        command(2, found[400].offset, "kill"),
        command(3, found[600].offset, "unkill", reason="drill"),
        beat(4, last.offset + 1, last.ts_ms + 1_000),
        beat(5, last.offset + 1, last.ts_ms + 2_000),
    ]


def piece(found: Sequence[Tick]) -> Piece:
    """Return ticks as columns."""
    (one,) = pieces([pl.DataFrame(found, schema=TICKS, orient="row")])
    return one


def published(shard: Shard, found: Sequence[Tick], entries: Sequence[Entry], size: int) -> Iterator[Output]:
    """Yield what the bare stages publish, ticks in batches of ``size``."""
    models = load_all(SPEC.models)
    stages = PureStages(SPEC, shard, models)
    for one in merged([piece(found)], entries, Decoder(), lambda: size):
        yield from (replayed(encode(record), shard.number) for record in stages.records([one]))


@dataclass(frozen=True, slots=True)
class OneShard:
    """The recorded tables of a shard."""

    shard: Shard
    ticks: list[Tick]
    journal: list[Entry]
    outputs: dict[str, list[Output]] = field(default_factory=dict)


def one_shard(
    number: int = 0, size: int = 7, *, gen: int = 1, seq: int = 0, ordinals: Mapping[str, int] | None = None
) -> OneShard:
    """Return a whole run of one shard; behind a gap it goes on with a generation and numbers."""
    shard = Shard("ticks", number, number)
    found = ticks(shard)
    entries = journal(found)
    entries[0] = genesis(entries[0].after, **({"ordinals": dict(ordinals)} if ordinals else {}))
    entries = [replace(entry, gen=gen, seq=entry.seq + seq) for entry in entries]
    outputs: dict[str, list[Output]] = {topic: [] for topic in TOPICS}
    for output in published(shard, found, entries, size):
        place = len(outputs[output.topic])
        outputs[output.topic].append(output._replace(offset=place, ts_ms=START // 1_000_000 + place))
    return OneShard(shard, found, entries, outputs)


def written(folder: Path, shards: Sequence[OneShard], **change: Any) -> Recording:
    """Write a recording as ``levibot record`` does, in many small files."""
    folder.mkdir(parents=True, exist_ok=True)
    recording = Recording(
        format=FORMAT,
        app="levibot of the tests",
        fingerprint=SPEC.fingerprint(),
        spec=asdict(SPEC),
        ticks={"ticks": "auto"},
        topics={topic: topic for topic in ("journal", *TOPICS)},
        shards=[_shard(folder, one) for one in shards],
    )
    recording = replace(recording, **change)
    recording.write(folder)
    return recording


def _shard(folder: Path, one: OneShard) -> RecordedShard:
    begins = {"offset": one.journal[0].after, "seq": one.journal[0].seq}
    shard = RecordedShard(**one.shard._asdict())
    _table(folder, shard.stem("ticks"), TICKS, list(one.ticks))
    _table(folder, shard.stem("journal"), JOURNAL, [entry_row(entry) for entry in one.journal])
    for topic, outputs in one.outputs.items():
        _table(folder, shard.stem(f"outputs-{topic}"), OUTPUTS, [output_row(o) for o in outputs])
    counts = {topic: len(outputs) for topic, outputs in one.outputs.items()}
    return replace(shard, begins=begins, ticks=len(one.ticks), journal=len(one.journal), outputs=counts)


def _table(folder: Path, stem: str, schema: dict[str, Any], rows: list[tuple[object, ...]]) -> None:
    writer = PartWriter(folder, stem, schema, rows=150)
    for row in rows:
        writer.put(row)
    writer.close()


def changed(folder: Path, stem: str, part: int, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a file of a recording behind its back."""
    path = folder / part_name(stem, part)
    change(pl.read_parquet(path)).write_parquet(path)
