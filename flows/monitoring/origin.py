"""Where records of the monitors are read: the topics, a recorded run, or what Redis keeps of the present."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from connectors.kafka import monitor_log
from connectors.redis.monitors import monitor_records
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import Settings
from flows.monitoring.recorded import recorded_newest, recorded_since
from models.monitor.lines.selecting import PRESENT_S

Plain = dict[str, Any]
Told = Callable[[int], None]
Wanted = Callable[[Plain], bool]

_PRESENT = "Redis keeps the present alone; leave --redis out"


class OriginError(RuntimeError):
    """There is nothing to show, or it cannot be read from there; the message says what to do."""


class Origin(Protocol):
    """Records in no order; ``told`` hears how many were read."""

    def since(self, topic: str, seconds: float, told: Told) -> Iterator[Plain]:
        """Yield each shard's records of the last ``seconds`` before its newest."""
        ...

    def newest(self, topic: str, count: int, wanted: Wanted, told: Told) -> Iterator[Plain]:
        """Yield at least each shard's newest ``count`` wanted records, as far as there are so many."""
        ...


def origin(settings: Settings, run: Path | None, redis: bool = False) -> Origin:
    """Return the origin that was asked for; raise ``OriginError`` where two were."""
    if run is not None and redis:
        raise OriginError("say where to read: one of --run DIR and --redis, or neither for the topics")
    if run is not None:
        return RecordedRun(run)
    return View(settings) if redis else Topics(settings)


class Topics:
    """The topics of this instance."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def since(self, topic: str, seconds: float, told: Told) -> Iterator[Plain]:
        """Read the partitions backwards up to there."""
        return monitor_log.since(self._settings, topic, seconds, told)

    def newest(self, topic: str, count: int, wanted: Wanted, told: Told) -> Iterator[Plain]:
        """Read the partitions backwards until there are so many."""
        return monitor_log.newest(self._settings, topic, count, wanted, told)


class RecordedRun:
    """What ``levibot record`` wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def since(self, topic: str, seconds: float, told: Told) -> Iterator[Plain]:
        """Read the files of the topic."""
        return recorded_since(self._folder, topic, seconds, told)

    def newest(self, topic: str, count: int, wanted: Wanted, told: Told) -> Iterator[Plain]:
        """Read the files of the topic."""
        return recorded_newest(self._folder, topic, count, wanted, told)


class View:
    """The last record of each symbol and model, which Redis keeps; it knows of nothing before."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.redis_url

    def since(self, topic: str, seconds: float, told: Told) -> Iterator[Plain]:
        """Read the view at once; raise ``OriginError`` where it does not answer or cannot know."""
        if seconds > PRESENT_S:
            raise OriginError(_PRESENT)
        try:
            with closing(ViewReader(self._url, timeout_s=2.0)) as reader:
                found = list(monitor_records(reader, topic))
        except RedisDownError as error:
            raise OriginError(f"the view cannot be read ({error}); leave --redis out") from error
        told(len(found))
        yield from found

    def newest(self, topic: str, count: int, wanted: Wanted, told: Told) -> Iterator[Plain]:
        """Refuse."""
        raise OriginError(_PRESENT)
