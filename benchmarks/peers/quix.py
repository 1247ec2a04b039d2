"""Quix Streams as its documentation has windows: ``tumbling_window().agg().final()`` and ``app.run()``.

Runs in an environment of its own, by ``python -I quix.py BOOTSTRAP TOPIC PARTITIONS OUT``, and uses nothing
of the product. Its defaults, but for these: old ticks are read (``auto_offset_reset``), fetching is as prompt
as with the others, and there are no changelog topics, since nobody else keeps a state that outlives the
process here. Windows close by the time of their own key, its default. The time begins with the first record
that it hands to the program, so that joining the group is not in it, and ends when the last is processed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import TopicPartition  # comes with it
from quixstreams import Application, __version__  # type: ignore[import-not-found]
from quixstreams.dataframe.windows import Count, First, Last, Max, Min, Sum  # type: ignore[import-not-found]

SECOND_MS = 1_000
FETCHING = {"fetch.wait.max.ms": 20, "fetch.queue.backoff.ms": 10}  # as the others
AGGREGATES = {
    "open": First("price"),
    "high": Max("price"),
    "low": Min("price"),
    "close": Last("price"),
    "volume": Sum("qty"),
    "count": Count(),
}


def main(bootstrap: str, topic: str, partitions: str, out: str) -> None:
    """Make the bars of a topic, tell how long it took, and write them."""
    reading = Reading()
    bars: list[list[Any]] = []
    with tempfile.TemporaryDirectory(prefix="levibot-quix-") as state:
        app = Application(
            broker_address=bootstrap,
            consumer_group=f"quix-{uuid.uuid4()}",
            auto_offset_reset="earliest",
            use_changelog_topics=False,
            consumer_extra_config=FETCHING,
            state_dir=state,
            loglevel="WARNING",
            on_message_processed=reading.processed,
        )
        ticks = app.topic(
            topic, value_deserializer="json", key_deserializer="str", timestamp_extractor=reading.event_ms
        )
        windows = app.dataframe(ticks).tumbling_window(SECOND_MS).agg(**AGGREGATES).final()
        windows.update(lambda bar, key, *_: bars.append(_flat(key, bar)), metadata=True)
        reading.until(_records(app, topic, int(partitions)), app.stop)
        app.run()
    print(json.dumps(reading.told()))
    Path(out).write_text(json.dumps(sorted(bars)))


class Reading:
    """Counts records, takes the time of the first and of the last, and then calls for an end."""

    def until(self, records: int, stop: Callable[[], None]) -> None:
        """Set how many records to read, and what to call then."""
        self._records = self._left = records
        self._stop = stop
        self._began: tuple[float, float] | None = None

    def event_ms(self, tick: Any, _headers: Any, _ts: float, _kind: Any) -> int:
        """Return the event time of a tick; it is the first that the program does with one."""
        if self._began is None:
            self._began = time.perf_counter(), time.process_time()
        ms: int = tick["ts"] // 1_000_000
        return ms

    def processed(self, _topic: str, _partition: int, _offset: int) -> None:
        """Count a record; it is the last that is done with one."""
        self._left -= 1
        if not self._left:
            self._ended = time.perf_counter(), time.process_time()
            self._stop()

    def told(self) -> dict[str, Any]:
        """Return what was measured."""
        assert self._began is not None
        seconds, cpu = (after - before for before, after in zip(self._began, self._ended, strict=True))
        return {"records": self._records, "seconds": seconds, "cpu": cpu, "version": __version__}


def _records(app: Application, topic: str, partitions: int) -> int:
    with app.get_consumer() as client:
        places = [TopicPartition(topic, p) for p in range(partitions)]
        return sum(client.get_watermark_offsets(place, timeout=30.0)[1] for place in places)


def _flat(symbol: str, bar: dict[str, Any]) -> list[Any]:
    return [symbol, bar["start"] // SECOND_MS, *(bar[name] for name in AGGREGATES)]


if __name__ == "__main__":
    main(*sys.argv[1:])
