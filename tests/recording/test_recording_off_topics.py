"""Recording off the topics of a broker: from the newest genesis on, consistent, bounded, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from connectors.codecs.wire import Place, encode_entry, place
from connectors.embedded import EmbeddedBroker
from connectors.kafka.topics import output, planned
from connectors.recording.cut import Range, cut
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import RecordedShard, Recording, read
from connectors.recording.parts import read_parts
from connectors.recording.recorder import record
from connectors.recording.rows import JOURNAL, OUTPUTS, TICKS, Output, Tick, entries, outputs
from connectors.recording.shard_recorder import ShardRecorder, Window
from connectors.settings import Settings
from flows.replay.running import compare
from models.journal.entry import OPEN, Entry
from models.judge.records import DLQ, SIGNALS, Shard
from models.spec import SECOND
from tests.recording.runs import COUNT, FIRST, SPEC, OneShard, one_shard

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

WHOLE, SHORT, UNBORN, FOREIGN = "-whole", "-short", "-unborn", "-foreign"
"""Runs over the same ticks, each with output topics of its own."""
EPOCH_S = 1_000
"""The broker's time of ordinal 0."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one run of one shard."""

    settings: Settings
    producer: Producer

    def put(self, topic: str, value: bytes | None, ms: int = 0, **more: Any) -> None:
        """Append a record with that record timestamp."""
        self.producer.produce(topic, value, partition=0, timestamp=ms, **more)

    def put_ticks(self, ticks: Sequence[Tick]) -> None:
        """Append tick records."""
        for tick in ticks:
            self.put("ticks", tick.value, tick.ts_ms, key=tick.key)

    def put_entries(self, found: Sequence[Entry]) -> None:
        """Append journal entries."""
        for entry in found:
            self.put(output("journal", self.settings), encode_entry(entry))

    def put_outputs(self, found: Sequence[Output]) -> None:
        """Append output records at their times."""
        for one in found:
            topic = output(one.topic, self.settings)
            self.put(topic, one.value, one.ts_ms or 0, key=one.key, headers=list(one.headers) or None)

    def recorded(self, folder: Path, window: Window = Window()) -> Recording:  # noqa: B008  frozen
        """Wait until all is in the log, then record it."""
        assert self.producer.flush(10) == 0
        heard: list[int] = []
        recording = record(self.settings, SPEC, folder, window, lambda total: heard.append)
        assert sum(heard) > 0
        return recording


TopicsOf = Callable[[str], Topics]


@pytest.fixture(scope="module")
def run() -> OneShard:
    """A run behind a gap; by the broker's time each output topic got a record a second."""
    one = one_shard(gen=2, seq=3, ordinals={SIGNALS: 2, DLQ: 1})
    return replace(one, outputs={topic: timed(found) for topic, found in one.outputs.items()})


@pytest.fixture(scope="module")
def topics_of(run: OneShard) -> Iterator[TopicsOf]:
    """One broker for all runs; the ticks are there, and of one run everything."""
    every = {suffix: settings_of(suffix) for suffix in (WHOLE, SHORT, UNBORN, FOREIGN)}
    plans = [plan for settings in every.values() for plan in planned(settings)]
    with EmbeddedBroker({plan.name: plan.partitions for plan in plans}) as node:
        producer = Producer({"bootstrap.servers": node.bootstrap})

        def topics(suffix: str) -> Topics:
            return Topics(settings_of(suffix, kafka_bootstrap=node.bootstrap), producer)

        topics(WHOLE).put_ticks([*[run.ticks[0]] * FIRST, *run.ticks])
        put_run(topics(WHOLE), run)
        yield topics


def settings_of(suffix: str, **more: str) -> Settings:
    """Return the settings of a run."""
    return Settings(_env_file=None, topic_suffix=suffix, partitions=1, **more)  # type: ignore[call-arg,arg-type]


def timed(found: Sequence[Output]) -> list[Output]:
    """Return records as they will stand on their topic."""
    return [one._replace(offset=one.ordinal, ts_ms=(EPOCH_S + one.ordinal) * 1_000) for one in found]


def put_run(topics: Topics, run: OneShard) -> None:
    """Append journal and outputs of a run behind a history that ended in a gap; nothing of that counts."""
    begun = run.journal[0]
    old = [replace(entry, gen=1, seq=n) for n, entry in enumerate(run.journal[:3])]
    late = replace(run.journal[1], gen=1, seq=3)
    topics.put_entries([opened(1), *old, opened(2), late, begun, late, begun, *run.journal[1:]])
    for found in run.outputs.values():
        topics.put_outputs([numbered(found[0], n) for n in range(found[0].ordinal)] if found else [])
        topics.put_outputs(found)


def opened(gen: int) -> Entry:
    """Return what a process writes first."""
    return Entry(gen, -1, 0, OPEN)


def numbered(one: Output, ordinal: int) -> Output:
    """Return a record under another ordinal."""
    mine, other = (b'"ordinal":%d' % n for n in (one.ordinal, ordinal))
    headers = tuple((name, b"%d" % ordinal if name == "ordinal" else v) for name, v in one.headers)
    return one._replace(ordinal=ordinal, value=(one.value or b"").replace(mine, other), headers=headers)


def rows(folder: Path, recording: Recording, topic: str) -> list[Output]:
    """Return the recorded outputs of a topic."""
    (shard,) = recording.shards
    return list(outputs(read_parts(folder, shard.stem(f"outputs-{topic}"), OUTPUTS, shard.outputs[topic])))


def test_a_run_is_recorded_from_its_newest_genesis_on(
    topics_of: TopicsOf, run: OneShard, tmp_path: Path
) -> None:
    """Ticks, folded journal and outputs of this history alone, byte for byte; and it replays."""
    recording = topics_of(WHOLE).recorded(tmp_path)
    assert read(tmp_path).shards == recording.shards
    (shard,) = recording.shards
    assert shard == RecordedShard(
        topic="ticks", partition=0, number=0, begins={"offset": FIRST, "seq": 3}, ticks=COUNT, journal=6,
        outputs={topic: len(found) for topic, found in run.outputs.items() if found},
    )  # fmt: skip
    (ticks,) = read_parts(tmp_path, "ticks-0000", TICKS)
    assert [Tick(*row) for row in ticks.iter_rows()] == run.ticks
    assert list(entries(read_parts(tmp_path, "journal-0000", JOURNAL))) == run.journal
    assert {topic: rows(tmp_path, recording, topic) for topic in shard.outputs} == {
        topic: found for topic, found in run.outputs.items() if found
    }
    compared = compare(tmp_path, recording, lambda _: None)
    assert sum(c.equal for c in compared.values()) == sum(map(len, run.outputs.values()))
    assert [c.first for c in compared.values() if c.first] == []


def test_a_window_bounds_the_outputs(topics_of: TopicsOf, run: OneShard, tmp_path: Path) -> None:
    """By the broker's time; ticks behind what the last of them needs are left out, and it still replays."""
    recording = topics_of(WHOLE).recorded(tmp_path, Window((EPOCH_S + 10) * SECOND, (EPOCH_S + 20) * SECOND))
    (shard,) = recording.shards
    for topic, found in run.outputs.items():
        if found:
            assert rows(tmp_path, recording, topic) == [o for o in found if 10 <= o.ordinal < 20]
    needed = max(cause(one).offset for topic in shard.outputs for one in rows(tmp_path, recording, topic))
    before = sum(entry.after < needed for entry in run.journal)
    assert (shard.ticks, shard.journal) == (needed - FIRST, before)
    assert 100 < needed - FIRST < COUNT and 0 < before < len(run.journal)
    compared = compare(tmp_path, recording, lambda _: None)
    assert [c.first for c in compared.values() if c.first] == []
    assert sum(c.equal for c in compared.values()) == sum(shard.outputs.values()) > 40


def test_an_end_by_the_time_of_the_ticks(topics_of: TopicsOf, run: OneShard, tmp_path: Path) -> None:
    """Where all outputs are older, ticks go on up to the first record at that time, and the journal too."""
    short = {topic: found[:20] for topic, found in run.outputs.items()}
    put_run(topics_of(SHORT), replace(run, outputs=short))
    end = run.ticks[500].ts_ms
    (shard,) = topics_of(SHORT).recorded(tmp_path, Window(until=end * 1_000_000)).shards
    assert shard.outputs == {topic: 20 for topic, found in run.outputs.items() if found}
    assert shard.ticks == next(i for i, tick in enumerate(run.ticks) if tick.ts_ms >= end)
    assert shard.journal == sum(entry.after <= FIRST + shard.ticks for entry in run.journal) == 3


def cause(one: Output) -> Place:
    """Return the place of a record."""
    return place(one.value, list(one.headers))


def refusal(topics: Topics, folder: Path, **change: Any) -> str:
    """Return why a changed cut of the run cannot be recorded."""
    assert topics.producer.flush(10) == 0
    found = replace(cut(topics.settings, Shard("ticks", 0, 0)), **change)
    with pytest.raises(RecordingError) as refused:
        ShardRecorder(topics.settings, SPEC, found, folder, lambda _: None).record(Window())
    assert list(folder.iterdir()) == []
    return str(refused.value)


def test_what_retention_took_is_named(topics_of: TopicsOf, run: OneShard, tmp_path: Path) -> None:
    """Ticks behind the genesis, or the genesis itself; nothing is written then."""
    assert refusal(topics_of(WHOLE), tmp_path, ticks=Range(FIRST + 5, FIRST + COUNT)) == (
        f"shard ticks/0000: it begins at tick {FIRST}, but ticks from there to {FIRST + 4} are gone by "
        "retention: its state cannot be computed any more"
    )
    assert refusal(topics_of(WHOLE), tmp_path, journal=Range(9, 12)) == (
        "shard ticks/0000: journal entries before offset 9 are gone by retention, and with them the genesis: "
        "its state cannot be computed any more"
    )


def test_a_run_of_other_settings_is_refused(topics_of: TopicsOf, run: OneShard, tmp_path: Path) -> None:
    """The spec in the recording must be the one the run was begun with."""
    other = replace(SPEC, grace=2 * SPEC.grace)
    begun = SPEC.fingerprint()[:12]
    with pytest.raises(RecordingError, match=f"begun under another configuration .spec {begun}"):
        record(topics_of(WHOLE).settings, other, tmp_path, Window(), lambda _: lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_a_shard_that_never_began_holds_nothing(topics_of: TopicsOf, tmp_path: Path) -> None:
    """There must be one that did."""
    topics_of(UNBORN).put_entries([opened(1)])
    with pytest.raises(RecordingError, match="no shard has begun"):
        topics_of(UNBORN).recorded(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_records_of_something_else_are_refused(topics_of: TopicsOf, run: OneShard, tmp_path: Path) -> None:
    """A foreign writer on an output topic is named by its offset."""
    put_run(topics_of(FOREIGN), run)
    topics_of(FOREIGN).put(output(SIGNALS, topics_of(FOREIGN).settings), b'{"hello":1}')
    end = run.outputs[SIGNALS][-1].ordinal + 1
    with pytest.raises(RecordingError, match=f"signals-foreign/0: the record at offset {end} is none of"):
        topics_of(FOREIGN).recorded(tmp_path)


def test_an_empty_window_is_refused(topics_of: TopicsOf, tmp_path: Path) -> None:
    """Before anything is read."""
    with pytest.raises(RecordingError, match="the window is empty"):
        record(topics_of(WHOLE).settings, SPEC, tmp_path, Window(2, 2), lambda _: lambda _: None)
