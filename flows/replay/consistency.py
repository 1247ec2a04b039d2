"""The feature rows that a recorded run published against those that the offline path makes of its ticks.

The offline path is that of ``levibot snapshot features`` and of training: ticks alone, without the journal.
Rows that live released at a beat are the same there, but a tick that a beat made late is in an offline row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from connectors.recording.errors import RecordingError
from connectors.recording.manifest import RecordedShard, Recording, spec_of
from connectors.recording.parts import read_parts
from connectors.recording.rows import JOURNAL, OUTPUTS, TICKS, entries
from connectors.recording.ticks import RecordedTicks
from connectors.recording.window import since
from connectors.tick_history.history import MILLI
from flows.feature_history import FeatureHistory
from models.consistency.pairing import Consistency, Pairing, Row
from models.consistency.stretch import Mark, Stretch, stretch
from models.inputs import Cause
from models.judge.records import FEATURES, PROGRESS
from models.market.schema import NAMES
from models.spec import Spec

Plain = dict[str, Any]
Told = Callable[[int], None]


def consistency(folder: Path, recording: Recording, since_ms: int | None, told: Told) -> Consistency:
    """Hold live rows of a record timestamp from ``since_ms`` on against offline ones; None: all.

    ``told`` hears of each tick that the offline path has read. Raises ``RecordingError`` where the
    recording is not whole.
    """
    spec, found = spec_of(recording), Pairing(NAMES)
    for shard in recording.shards:
        if shard.begins:
            one = _Shard(folder, recording, shard, since_ms)
            inside = one.stretch(spec)
            if inside is not None:
                found.shard(one.live(inside), one.offline(spec, inside, told))
    return found.result()


class _Shard:
    """Both sides of a shard."""

    def __init__(
        self, folder: Path, recording: Recording, shard: RecordedShard, since_ms: int | None
    ) -> None:
        self._folder = folder
        self._recording = recording
        self._shard = shard
        self._since_ms = since_ms

    def stretch(self, spec: Spec) -> Stretch | None:
        """Return the window ends of which every row is recorded."""
        frames = self._frames(FEATURES)
        first = next(frames, None)
        if first is None:
            return None
        last = first
        for last in frames:  # noqa: B007  the last of them is what is wanted
            pass
        begin, end = _body(first["value"][0]), _body(last["value"][-1])
        marks = (Mark(body["ts"], _cause(body)) for body in self._bodies(PROGRESS))
        whole = begin["ordinal"] == self._base()
        return stretch(marks, _cause(begin), _cause(end), whole=whole, log_ts=self._log_ts(), spec=spec)

    def live(self, inside: Stretch) -> Iterator[Row]:
        """Yield what was published."""
        for body in self._bodies(FEATURES):
            if body["tf"] == "1s" and body["ts"] in inside:
                yield Row(body["ts"], body["symbol"], [body["values"][name] for name in NAMES])

    def offline(self, spec: Spec, inside: Stretch, told: Told) -> Iterator[Row]:
        """Yield what the same ticks give."""
        past = FeatureHistory([RecordedTicks(self._folder, self._recording, self._shard)], spec, _steps(told))
        for frame in past.frames():
            known = frame.filter(pl.col("ts") <= inside.upto)
            if inside.after is not None:
                known = known.filter(pl.col("ts") > inside.after)
            for ts, symbol, *values in known.select("ts", "symbol", *NAMES).iter_rows():
                yield Row(ts, symbol, values)

    def _log_ts(self) -> int:
        """Return the log time (ns) of the last tick; there is one where there are rows."""
        frames = read_parts(self._folder, self._shard.stem("ticks"), TICKS, self._shard.ticks)
        return max(int(frame["ts_ms"].to_numpy().max()) for frame in frames) * MILLI

    def _base(self) -> int:
        """Return the ordinal of the first row behind the genesis."""
        journal = entries(read_parts(self._folder, self._shard.stem("journal"), JOURNAL))
        genesis = next(journal, None)
        if genesis is None:
            raise RecordingError(
                f"{self._folder}: shard {self._shard.shard.key} has no genesis; record it again"
            )
        return int(genesis.payload.get("ordinals", {}).get(FEATURES, 0))

    def _bodies(self, topic: str) -> Iterator[Plain]:
        for frame in self._frames(topic):
            yield from map(_body, frame["value"])

    def _frames(self, topic: str) -> Iterator[pl.DataFrame]:
        rows = self._shard.outputs.get(topic, 0)
        return since(
            read_parts(self._folder, self._shard.stem(f"outputs-{topic}"), OUTPUTS, rows), self._since_ms
        )


def _body(value: bytes) -> Plain:
    found: Plain = orjson.loads(value)
    return found


def _cause(body: Plain) -> Cause:
    return Cause(body["caused_by"]["offset"], body["caused_by"]["seq"])


def _steps(told: Told) -> Callable[[int, float | None], None]:
    """Return what hears how many ticks were read in all, and tells how many more."""
    before = 0

    def hear(records: int, _: float | None) -> None:
        nonlocal before
        told(records - before)
        before = records

    return hear
