"""Where the ticks of a shard come from, as plain values that another process can be given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from connectors.feed.files import Capture
from connectors.feed.symbols import symbol_in_name
from connectors.kafka.tick_range import TickRange, ranges
from connectors.kafka.topics import tick_topics
from connectors.settings import Settings
from connectors.tick_history import HistoryError, TickHistory, simulated
from connectors.tick_history.partitions import PartitionHistory
from connectors.tick_history.tables import TableHistory
from flows.ticks import START, Ticks, TicksError
from models.simulator import MarketSpec


class Files(msgspec.Struct, frozen=True, tag="files"):
    """Captures merged by time; ``symbol`` names the rows of those that do not name one themselves."""

    paths: tuple[str, ...]
    symbol: str | None = None


class SimulatedMarket(msgspec.Struct, frozen=True, tag="simulated"):
    """A seeded market."""

    market: MarketSpec
    seed: int
    seconds: float


class Partition(msgspec.Struct, frozen=True, tag="topic"):
    """A range of offsets of a tick topic's partition."""

    bootstrap: str
    where: TickRange
    codec: str


Origin = Files | SimulatedMarket | Partition


def origins(asked: Ticks, config: Settings, *, together: bool = False) -> list[Origin]:
    """Return where each shard's ticks are: of files, one for each main symbol, or one of all ``together``.

    Raises ``TicksError`` unless one origin is named, ``FeedError`` for files that cannot be read,
    ``HistoryError`` for a topic without records.
    """
    if sum((bool(asked.ticks), asked.topic is not None, asked.simulated)) != 1:
        raise TicksError("say which ticks to test on: one of --ticks FILE, --topic NAME, --simulated")
    if asked.ticks:
        return [*_files(asked.ticks, asked.symbol, together=together)]
    if asked.topic is not None:
        return [*_partitions(asked.topic, config)]
    return [SimulatedMarket(asked.market(), asked.market_seed, asked.hours * 3_600)]


def history_of(origin: Origin) -> TickHistory:
    """Return the history; raise what reading it raises."""
    if isinstance(origin, Files):
        return TableHistory([_capture(Path(path), origin.symbol) for path in origin.paths])
    if isinstance(origin, SimulatedMarket):
        return simulated(origin.market, origin.seed, origin.seconds, START)
    return PartitionHistory(*msgspec.structs.astuple(origin))


def _files(paths: Sequence[Path], symbol: str | None, *, together: bool) -> list[Files]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault("" if together else _capture(path, symbol).symbol, []).append(str(path))
    return [Files(tuple(members), symbol) for members in groups.values()]


def _capture(path: Path, symbol: str | None) -> Capture:
    """Open a capture; a name in the file's own name stands above the one that was asked for."""
    return Capture(path, symbol if symbol_in_name(path) is None else None)


def _partitions(topic: str, config: Settings) -> list[Partition]:
    codec = dict(tick_topics(config)).get(topic, "auto")
    found = ranges(config.kafka_bootstrap, topic, None)
    if not found:
        raise HistoryError(f"topic {topic} has no records; feed it with: levibot feed --help")
    return [Partition(config.kafka_bootstrap, where, codec) for where in found]
