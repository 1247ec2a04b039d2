"""Series of what was measured, from the writer's thread into Redis and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from one_shard import until

from connectors.embedded import EmbeddedRedis
from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.redis.series import KEPT_S, Point, Series, points
from connectors.redis.writer import ViewWriter
from models.rules.evaluate import Sample

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

NOW = 1_700_000_000
METRIC = "latency.engine_p95_ms"
PATIENCE_S = 10.0


@pytest.fixture
def reader(embedded_redis: EmbeddedRedis) -> Iterator[ViewReader]:
    """A reader of the embedded Redis."""
    found = ViewReader(embedded_redis.url, timeout_s=PATIENCE_S)
    yield found
    found.close()


@pytest.fixture
def client(embedded_redis: EmbeddedRedis) -> Iterator[redis.Redis]:
    """A client for what no reader shows."""
    with connect(embedded_redis.url, PATIENCE_S) as found:
        yield found


def point(second: int, value: float = 1.0, scope: str = "all") -> Point:
    return Point(METRIC, scope, NOW + second, value, 5)


def test_samples_with_a_value_are_points() -> None:
    """Of what there is nothing to be said, there is no point."""
    samples = [Sample(METRIC, "all", 3.0, n=4), Sample(METRIC, "shard:ticks/0000", None)]
    assert points(NOW, samples) == [Point(METRIC, "all", NOW, 3.0, 4)]


def test_points_come_back_in_the_order_of_log_time(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """All scopes of a metric, from a second on; a point written twice is one point."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        writer.append([point(60, 2.0), point(0), point(60, 4.0, "shard:ticks/0000")])
        writer.append([point(60, 2.0), Point("errors.rate", "all", NOW, 0.5)])
    found = reader.slo_series(METRIC)
    assert found[0] == {"scope": "all", "second": NOW, "value": 1.0, "n": 5}
    assert [(p["second"] - NOW, p["value"]) for p in found] == [(0, 1.0), (60, 2.0), (60, 4.0)]
    assert [p["value"] for p in reader.slo_series(METRIC, NOW + 60)] == [2.0, 4.0]
    assert reader.slo_series("errors.rate") == [{"scope": "all", "second": NOW, "value": 0.5, "n": None}]
    assert reader.slo_series("queue.depth_p95") == []
    assert writer.stats().points == 5


def test_seven_days_are_kept(embedded_redis: EmbeddedRedis, reader: ViewReader, client: redis.Redis) -> None:
    """Of log time, behind the newest point; and a series that nobody adds to dies out."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        writer.append([point(0), point(1)])
        until(lambda: writer.stats().points == 2)
        writer.append([point(KEPT_S + 1)])
    assert [p["second"] - NOW for p in reader.slo_series(METRIC)] == [1, KEPT_S + 1]
    assert 0 < client.pttl(keys.series(METRIC)) <= KEPT_S * 1_000


def test_points_wait_for_redis_and_are_written_when_it_is_back(
    embedded_redis: EmbeddedRedis, reader: ViewReader
) -> None:
    """Handing them over never waits."""
    with ViewWriter(embedded_redis.url) as writer:
        embedded_redis.pause()
        writer.append([point(0), point(1)])
        until(lambda: writer.stats().failures >= 2)
        embedded_redis.resume()
        until(lambda: writer.stats().points == 2)
    assert len(reader.slo_series(METRIC)) == 2
    assert writer.stats().dropped == 0


def test_what_does_not_fit_is_dropped_and_counted(client: redis.Redis, reader: ViewReader) -> None:
    """The oldest stay: what came first is written first."""
    series = Series(most_waiting=2)
    series.append([point(0), point(1), point(2)])
    assert (len(series), series.dropped) == (2, 1)
    series.write(client)
    series.append([point(3)])
    series.write(client)
    assert [p["second"] - NOW for p in reader.slo_series(METRIC)] == [0, 1, 3]
    assert (len(series), series.written) == (0, 3)


def test_more_points_than_one_command_takes_are_written_in_several(
    client: redis.Redis, reader: ViewReader
) -> None:
    """As after an outage."""
    series = Series()
    series.append(point(second) for second in range(2_500))
    series.write(client)
    assert [p["second"] - NOW for p in reader.slo_series(METRIC)] == list(range(2_500))


def test_a_foreign_member_is_refused(client: redis.Redis, reader: ViewReader) -> None:
    """Rather than shown as a figure."""
    client.zadd(keys.series(METRIC), {"someone else's": 1})
    with pytest.raises(RedisDownError, match=METRIC):
        reader.slo_series(METRIC)
