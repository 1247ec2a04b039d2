"""What a run must have published, recomputed from its ticks and its folded journal in one go."""

from __future__ import annotations

import numpy as np
from confluent_kafka import Message
from pure_stages import PureStages

from connectors import start_values
from connectors.bundles.loading import load
from connectors.codecs.decode import Decoder
from connectors.codecs.wire import Encoded, decode_entry, encode
from connectors.kafka.topics import output
from models.control.commands import parse
from models.desk.desk import Desk
from models.desk.news import KINDS, READY, news_of
from models.inputs import Beat, Cause, Genesis, Input, ModelNews, Taken, TickBatch
from models.journal.entry import BEAT, COMMAND, Entry
from models.journal.fold import Fold
from models.judge.records import TOPICS, Shard
from models.scoring.model import Model
from models.scoring.registry import load_all
from tests.flows.running import Stage


def assert_published_as_replayed(stage: Stage) -> int:
    """Compare every output topic byte for byte with the replay; return the number of records compared."""
    ticks, journal = stage.read(stage.ticks), stage.read(output("journal", stage.settings))
    published = {name: stage.read(output(name, stage.settings)) for name in TOPICS}
    compared = 0
    for partition in range(stage.settings.partitions):
        expected = replay(stage, partition, _of(ticks, partition), _of(journal, partition))
        for name in TOPICS:
            want = [(e.key, e.value) for e in expected if e.topic == name]
            found = [(m.key(), m.value()) for m in _of(published[name], partition)]
            assert len(found) <= len(want), f"{name}/{partition}: {len(found)} records instead of {len(want)}"
            assert found == want[: len(found)], f"{name}/{partition} differs"
            compared += len(found)
    return compared


def replay(stage: Stage, partition: int, ticks: list[Message], journal: list[Message]) -> list[Encoded]:
    """Run the bare stages over one shard's ticks and journal, all ticks between two entries as one batch."""
    spec = start_values.spec(stage.settings)
    entries = _folded(journal)
    models = load_all(spec.models) | _bundles(stage, entries)
    shard = Shard(stage.ticks, partition, partition)
    stages = PureStages(spec, shard, models)
    return [encode(record) for one in _inputs(ticks, entries) for record in stages.records([one])]


def _bundles(stage: Stage, entries: list[Entry]) -> dict[str, Model]:
    """Load every bundle that the journal has news of."""
    config = stage.settings
    named = {e.payload["reference"] for e in entries if e.kind == READY}
    return {name: load(config.models_dir, name, config.registry_file) for name in named}


def _folded(journal: list[Message]) -> list[Entry]:
    fold = Fold()
    return [entry for entry in (decode_entry(m.value()) for m in journal) if fold.take(entry)]


def _inputs(ticks: list[Message], entries: list[Entry]) -> list[Input]:
    decoder, inputs, rest = Decoder(), [], ticks
    for entry in entries:
        before = [m for m in rest if m.offset() < entry.after]
        rest = rest[len(before) :]
        inputs += _batch(decoder, before, entry.seq)
        inputs.append(_outside(entry))
    return inputs + _batch(decoder, rest, entries[-1].seq + 1)


def _batch(decoder: Decoder, messages: list[Message], seq: int) -> list[Input]:
    if not messages:
        return []
    values = [m.value() for m in messages]
    stamps = np.array([m.timestamp()[1] for m in messages]) * 1_000_000
    return [TickBatch(np.array([m.offset() for m in messages]), stamps, values, decoder.decode(values), seq)]


def _outside(entry: Entry) -> Input:
    cause = Cause(entry.after, entry.seq + 1)
    if entry.kind == COMMAND:
        return Taken(parse(entry.payload["command"]), entry.payload["ts"], cause)
    if entry.kind == BEAT:
        return Beat(entry.payload["ts"], cause)
    if entry.kind in KINDS:
        return ModelNews(news_of(entry.kind, entry.payload), cause)
    return Genesis(Desk.from_dict(entry.payload["desk"]), cause)


def _of(messages: list[Message], partition: int) -> list[Message]:
    return [message for message in messages if message.partition() == partition]
