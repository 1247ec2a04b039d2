"""The producers of the output topics: one for all shards, or with transactions one for each.

A plain idempotent producer cannot keep a process that is cut off from appending later; a transactional one
can: who opens a shard's transactions shuts out everyone who had them before, on whatever machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.kafka.clients import exact_producer
from connectors.kafka.errors import BrokerError, refusals_told
from models.judge.records import Shard

Headers = list[tuple[str, str | bytes | None]] | None
OnDelivery = Callable[[KafkaError | None, Message], None]

LINGER_MS = 2
COMMIT_WITHIN_S = 30.0


class Outlet:
    """Where a shard's output records go; delivery reports arrive inside :meth:`poll` and :meth:`flush`."""

    def __init__(self, client: Producer) -> None:
        self._client = client

    def send(
        self,
        topic: str,
        partition: int,
        value: bytes,
        key: bytes | None = None,
        headers: Headers = None,
        on_delivery: OnDelivery | None = None,
    ) -> None:
        """Queue a record; raise ``BufferError`` while the queue is full."""
        self._begin()
        try:  # for each record, so without the cost of a context manager
            self._client.produce(topic, value, key, partition, on_delivery, headers=headers)
        except KafkaException as error:
            raise BrokerError(f"the broker takes output records no more ({error.args[0].str()})") from error

    def _begin(self) -> None:
        """Prepare for a record: nothing to do without transactions."""

    def commit(self) -> None:
        """Make readers see what was sent: nothing to do without transactions."""

    def under_way(self) -> int:
        """Return how many records are not acknowledged yet."""
        return len(self._client)

    def poll(self, seconds: float) -> None:
        """Serve delivery reports."""
        with refusals_told("output records"):
            self._client.poll(seconds)

    def flush(self, seconds: float) -> int:
        """Wait for all reports and return how many are missing still."""
        with refusals_told("output records"):
            return self._client.flush(seconds)


class TransactionalOutlet(Outlet):
    """Sends in transactions, one for each batch; readers see all of a batch or nothing."""

    def __init__(self, client: Producer) -> None:
        super().__init__(client)
        self._begun = False
        _checked(lambda: client.init_transactions(COMMIT_WITHIN_S))

    def _begin(self) -> None:
        """Begin a transaction where there is none."""
        if not self._begun:
            _checked(self._client.begin_transaction)
            self._begun = True

    def commit(self) -> None:
        """End the transaction; raise ``BrokerError`` where this process was replaced or it failed."""
        if self._begun:
            _checked(lambda: self._client.commit_transaction(COMMIT_WITHIN_S))
            self._begun = False


class Outlets:
    """Opens the outlet of each shard once; ``fencing`` is the prefix of transactional ids, "" for none."""

    def __init__(self, bootstrap: str, fencing: str = "") -> None:
        self._bootstrap = bootstrap
        self._fencing = fencing
        self._open: dict[str, Outlet] = {}

    def open(self, shard: Shard) -> Outlet:
        """Return the outlet of a shard; with fencing, whoever had it before is shut out from now on."""
        if not self._fencing:
            return self._open.setdefault("", Outlet(self._producer()) if not self._open else self._open[""])
        if shard.key not in self._open:
            self._open[shard.key] = TransactionalOutlet(
                self._producer(transactional_id=f"{self._fencing}-{shard.number}")
            )
        return self._open[shard.key]

    def _producer(self, **extra: str) -> Producer:
        return exact_producer(self._bootstrap, linger_ms=LINGER_MS, **extra)


def _checked(do: Callable[[], Any]) -> None:
    try:
        do()
    except KafkaException as error:
        raise BrokerError(
            f"the transaction of output records failed ({error.args[0].str()}): start again; if another "
            "process took this shard over, that one goes on"
        ) from error
