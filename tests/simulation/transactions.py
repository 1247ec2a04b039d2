"""The twin of a producer with transactions: readers see all records of one that was committed, or none."""

from __future__ import annotations

from typing import Any

from confluent_kafka import KafkaError, KafkaException

from tests.simulation.broker import UNSEEN
from tests.simulation.messages import message
from tests.simulation.plan import START
from tests.simulation.producer import Producer
from tests.simulation.world import World


class TransactionalProducer(Producer):
    """Sends to the broker when it commits; whoever has its id later shuts it out."""

    def __init__(self, world: World, config: dict[str, Any], logger: object = None) -> None:
        super().__init__(world, config, logger)
        self._id = config["transactional.id"]

    def init_transactions(self, timeout: float) -> None:
        """Become the owner of the id."""
        self._world.wait(timeout)
        self._world.moment(START)
        self._world.owners[self._id] = self

    def begin_transaction(self) -> None:
        """Begin."""
        self._check()

    def commit_transaction(self, timeout: float) -> None:
        """Let readers see what was sent; raise where the broker hangs or another owns the id."""
        self._world.wait(timeout)
        self._world.point()
        self._check()
        self._write()
        self._world.point()
        while self._written:
            request, offset = self._written.popleft()
            request.on_delivery(None, message(request.where, offset, request.record))

    def poll(self, timeout: float = 0) -> None:
        """Report nothing: a commit has reported all."""
        self._world.wait(timeout)

    def flush(self, timeout: float) -> int:
        """Wait for nothing: a commit has waited."""
        return self._left()

    def dies(self) -> None:
        """A transaction that was not committed is gone, but for its places in the log."""
        for where, sent in self._sent.items():
            for _ in range(self._world.rng.randint(0, len(sent))):
                self._world.broker.append(where, UNSEEN)

    def _write(self) -> None:
        for where, sent in self._sent.items():
            if sent:
                self._written += [(one, self._world.broker.append(where, one.record)) for one in sent]
                self._world.broker.append(where, UNSEEN)  # the marker of the commit
                sent.clear()

    def _check(self) -> None:
        if self._world.owners[self._id] is not self:
            raise KafkaException(KafkaError(KafkaError._FENCED))
        if self._world.hangs:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))


def producer(world: World, config: dict[str, Any], logger: object = None) -> Producer:
    """Return the producer that a configuration asks for."""
    kind = TransactionalProducer if "transactional.id" in config else Producer
    return kind(world, config, logger)
