"""The guard once more: what everybody published and its own journal give the records that it published."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from connectors.codecs.guard import Reading
from connectors.codecs.wire import Encoded, encode
from connectors.kafka.guard.entries import as_input
from models.control.commands import Command
from models.guard.guard import Guard
from models.guard.inputs import Told
from models.guard.spec import GuardSpec
from models.journal.entry import Entry


class Stored(NamedTuple):
    """A record of a partition: its offset, the broker's time of it in ms, and its value."""

    offset: int
    ts_ms: int
    value: bytes


class Again(NamedTuple):
    """What a look gave rise to, as bytes, and the commands that were to be sent."""

    records: list[Encoded]
    orders: Sequence[Command]


def guard_again(
    logs: Mapping[str, Iterable[Stored]], entries: Iterable[Entry], spec: GuardSpec, reading: Reading
) -> Iterator[Again]:
    """Yield what each entry of the folded journal gave rise to; ``logs`` by ``topic/partition``, in order."""
    kept = {key: deque(found) for key, found in logs.items()}
    guard = Guard(spec)
    for entry in entries:
        if "from" in entry.payload:
            _begin(kept, entry.payload["from"])
        one = as_input(entry, lambda to: tuple(_take(kept, to, reading)))
        [guarded] = guard.step([one])
        yield Again([encode(record) for record in guarded.records], guarded.orders)


def _begin(kept: Mapping[str, deque[Stored]], starts: Mapping[str, int]) -> None:
    for key, found in kept.items():
        while found and found[0].offset < starts[key]:
            found.popleft()


def _take(kept: Mapping[str, deque[Stored]], to: Mapping[str, int], reading: Reading) -> Iterator[Told]:
    for key in kept:
        topic, _, partition = key.rpartition("/")
        while key in to and kept[key] and kept[key][0].offset < to[key]:
            offset, ts_ms, value = kept[key].popleft()
            yield Told(topic, int(partition), offset, ts_ms * 1_000_000, reading.body(topic, value, ts_ms))
