"""The same records from a recorded run, and the present from Redis."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from connectors.embedded import EmbeddedRedis
from connectors.recording.errors import RecordingError
from connectors.redis.monitors import monitor_records
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings
from flows.monitoring.origin import OriginError, origin
from tests.monitoring.monitor_records import START_S, Plain, calibration, head, score
from tests.monitoring.monitor_runs import recorded_run


def silent(_: int) -> None:
    """Hear nothing."""


def test_a_recorded_run_tells_what_its_topics_told(tmp_path: Path) -> None:
    """The last seconds of each shard, by its own time."""
    shards = [[head("AUSDT", START_S + s, "lgbm") for s in range(35)], [head("BUSDT", START_S - 999, "lgbm")]]
    folder = recorded_run(tmp_path, {"drift": shards, "audit": [[]]})
    read: list[int] = []

    found = list(origin(Settings(), folder).since("drift", 12, read.append))

    assert found == [*shards[0][-12:], *shards[1]]
    assert sum(read) == 36
    assert list(origin(Settings(), folder).since("audit", 12, silent)) == []


def test_the_newest_scores_of_a_recorded_run(tmp_path: Path) -> None:
    """So many of each shard at most, without what is not wanted."""
    scores = [score("AUSDT", START_S + s, 0.5) for s in range(35)]
    other = {**head("AUSDT", START_S, "lgbm"), "action": "kill"}
    folder = recorded_run(tmp_path, {"audit": [[*scores, other]]})

    found = origin(Settings(), folder).newest("audit", 7, lambda body: body["action"] == "ml.score", silent)

    assert list(found) == scores[-7:]


def test_what_is_no_recording_says_so(tmp_path: Path) -> None:
    """And one of a version that had no such topic."""
    with pytest.raises(RecordingError, match="is no recording"):
        list(origin(Settings(), tmp_path).since("drift", 10, silent))
    recorded_run(tmp_path, {"audit": [[]]})
    with pytest.raises(RecordingError, match="recorded by a version without the topic drift"):
        list(origin(Settings(), tmp_path).since("drift", 10, silent))


def view(symbols: Sequence[str], **monitors: Plain) -> Plain:
    """Return a shard's view in which the last symbol has no monitors."""
    entries: Plain = {name: {"signal": {"symbol": name}, "monitors": monitors} for name in symbols}
    return {"symbols": {**entries, "NEWUSDT": {"signal": {"symbol": "NEWUSDT"}}}}


@pytest.mark.embedded
def test_the_view_tells_the_last_record_of_each_model(embedded_redis: EmbeddedRedis) -> None:
    """Of each symbol on each shard; what has none yet tells nothing."""
    record = calibration("BTCUSDT", START_S)
    found = {"lgbm": {"calibration": record, "drift": None}, "stub-sine": {"calibration": record}}
    with ViewWriter(embedded_redis.url, timeout_s=10.0) as writer:
        writer.put("ticks/0000", view(["BTCUSDT", "ETHUSDT"], **found))
        writer.put("ticks/0001", view([]))

    with closing(ViewReader(embedded_redis.url, timeout_s=2.0)) as reader:
        assert list(monitor_records(reader, "calibration")) == [record] * 4
        assert list(monitor_records(reader, "drift")) == []
    config = Settings(_env_file=None, redis_url=embedded_redis.url)
    assert list(origin(config, None, True).since("calibration", 60, silent)) == [record] * 4


@pytest.mark.embedded
def test_the_view_knows_nothing_of_the_past(embedded_redis: EmbeddedRedis) -> None:
    """It refuses what it could only answer in part, and says when it does not answer at all."""
    config = Settings(_env_file=None, redis_url=embedded_redis.url)
    reads = origin(config, None, True)

    with pytest.raises(OriginError, match="the present alone"):
        list(reads.since("drift", 86_400, silent))
    with pytest.raises(OriginError, match="the present alone"):
        list(reads.newest("audit", 1, bool, silent))
    with pytest.raises(OriginError, match="one of --run DIR and --redis"):
        origin(config, Path(), True)
    embedded_redis.stop()
    with pytest.raises(OriginError, match="the view cannot be read"):
        list(reads.since("drift", 60, silent))
