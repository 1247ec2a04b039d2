"""The twin of the client that writes, as far as the signals flow uses it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, Message

from tests.simulation.broker import Headers, Place, Stored
from tests.simulation.messages import message
from tests.simulation.plan import JOURNAL, OUTPUTS
from tests.simulation.world import World

OnDelivery = Callable[[KafkaError | None, Message], None]

_FAST, _SLOW = (0, 0, 1, 2, 20), (0,) * 14 + (1, 1)
"""How far a producer gets between two looks at it."""


class Request(NamedTuple):
    """A record on its way, and who is to be told."""

    where: Place
    record: Stored
    on_delivery: OnDelivery


class Producer:
    """Writes in order to each partition; between partitions, the seed decides who is first."""

    def __init__(self, world: World, config: dict[str, Any], logger: object = None) -> None:
        self._world = world
        self._sent: dict[Place, deque[Request]] = defaultdict(deque)
        self._written: deque[tuple[Request, int]] = deque()
        world.senders.append(self)

    def produce(
        self,
        topic: str,
        value: bytes,
        key: bytes | str,
        partition: int,
        on_delivery: OnDelivery,
        headers: list[tuple[str, str | bytes]] | None = None,
    ) -> None:
        """Send a record."""
        world = self._world
        world.moment(topic)
        stored = Stored(_bytes(key), value, _headers(headers), int(world.clock.now * 1_000))
        self._sent[topic, partition].append(Request((topic, partition), stored, on_delivery))
        world.moment(topic)

    def poll(self, timeout: float = 0) -> None:
        """Write some of what was sent, and report some of what was written."""
        self._world.wait(timeout)
        journal = any(topic == JOURNAL for topic, _ in self._sent)
        slow = self._world.plan.slow == (JOURNAL if journal else OUTPUTS)
        for _ in range(self._world.rng.choice(_SLOW if slow else _FAST)):
            self._goes_on()

    def __len__(self) -> int:
        """Return how many records are not acknowledged yet."""
        return self._left()

    def flush(self, timeout: float) -> int:
        """Write and report everything; return how many records are left where the broker hangs."""
        self._world.wait(timeout)
        while (left := self._left()) and not self._world.hangs:
            self._goes_on()
        return left

    def dies(self) -> None:
        """Hand over what was sent: the journal's may arrive at any time, other records at once or never."""
        for where, sent in self._sent.items():
            records = deque(request.record for request in sent)
            if records and where[0] == JOURNAL:
                self._world.delayed(where, records)
                continue
            for _ in range(self._world.rng.randint(0, len(records))):
                self._world.broker.append(where, records.popleft())

    def _left(self) -> int:
        return len(self._written) + sum(map(len, self._sent.values()))

    def _goes_on(self) -> None:
        waiting = [where for where, sent in self._sent.items() if sent]
        if self._world.hangs or not (waiting or self._written):
            return
        self._world.point()
        if self._written and (not waiting or self._world.rng.random() < 0.5):
            request, offset = self._written.popleft()
            request.on_delivery(None, message(request.where, offset, request.record))
        else:
            request = self._sent[self._world.rng.choice(waiting)].popleft()
            self._written.append((request, self._world.broker.append(request.where, request.record)))


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _headers(headers: list[tuple[str, str | bytes]] | None) -> Headers | None:
    return None if headers is None else [(name, _bytes(value)) for name, value in headers]
