"""The first records of a tick topic as a topic of its own, for those who would take minutes for all."""

from __future__ import annotations

from confluent_kafka import Message, Producer

from benchmarks.brokers import Broker
from benchmarks.errors import BenchmarkError
from benchmarks.ticks import TickTopic, instance, settings_of
from connectors.kafka.clients import consumer, producer
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.reading import ends, read_range


def prefix(broker: Broker, ticks: TickTopic, records: int) -> TickTopic:
    """Copy the first records of each partition, as many of each, into a new topic; return it.

    Key, value, timestamp and partition stay. Raises ``BenchmarkError`` if the broker does not hold them all.
    """
    name = f"{ticks.name}-prefix"
    broker.create(settings_of(instance(broker, name)))
    wanted = tuple(min(end, records // len(ticks.ends)) for end in ticks.ends)
    source, client = consumer(broker.bootstrap), producer(broker.bootstrap, linger_ms=100)
    for partition, end in enumerate(wanted):
        for message in read_range(source, ticks.name, partition, 0, end):
            _put(client, name, partition, message)
    client.flush()
    held = tuple(ends(source, name, partition)[1] for partition in range(len(wanted)))
    source.close()
    if held != wanted:
        raise BenchmarkError(f"{name} was to hold {wanted} records and holds {held}: use fewer ticks")
    return TickTopic(name, wanted, ticks.density, ticks.what)


def _put(client: Producer, topic: str, partition: int, message: Message) -> None:
    while True:
        try:
            client.produce(
                topic, message.value(), message.key(), partition=partition, timestamp=timestamp_ms(message)
            )
            return
        except BufferError:
            client.poll(0.05)
