"""Reading all that a run left on the broker, shard by shard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from verifier.history import History, Shard
from verifier.reading import Reader, ReadingError
from verifier.rules import TOPICS


def shards(reader: Reader, tick_topics: Sequence[str]) -> list[Shard]:
    """Return the shards of these topics: their partitions, numbered through in the order given.

    Raises ``ReadingError`` where a topic is not there.
    """
    found: list[tuple[str, int]] = []
    for topic in tick_topics:
        count = reader.partitions(topic)
        if not count:
            raise ReadingError(f"there is no tick topic '{topic}'; set TICK_TOPICS to that of the run")
        found += [(topic, partition) for partition in range(count)]
    return [Shard(topic, partition, number) for number, (topic, partition) in enumerate(found)]


def histories(
    reader: Reader, of: Sequence[Shard], suffix: str = "", on_record: Callable[[], None] | None = None
) -> Iterator[History]:
    """Yield the histories of shards, each read when asked for; ``suffix`` is that of the run's topics."""
    for shard in of:
        yield history(reader, shard, suffix, on_record)


def history(
    reader: Reader, shard: Shard, suffix: str = "", on_record: Callable[[], None] | None = None
) -> History:
    """Read one shard: outputs first, so that all they can be caused by is there when it is read."""
    outputs = {topic: reader.read(f"{topic}{suffix}", shard.number, on_record) for topic in TOPICS}
    journal = reader.read(f"journal{suffix}", shard.number, on_record)
    ticks = reader.read(shard.topic, shard.partition, on_record)
    return History(shard, ticks, journal, outputs)
