"""Two shards' worth of signals and progress, as the signals flow would have published them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import orjson
from confluent_kafka import Producer

from connectors.kafka.topics import output
from models.judge.records import PROGRESS, SIGNALS
from models.spec import SECOND
from tests.flows.running import Stage

FIRST = 1_700_000_000
SYMBOLS = (("BTCUSDT", "ETHUSDT"), ("SOLUSDT", "XRPUSDT"))


class Shards:
    """What each shard publishes, second by second; the same seed gives the same records."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._price = {name: 100.0 + 10 * i for i, name in enumerate(sum(SYMBOLS, ()))}
        self._word = dict.fromkeys(self._price, "HOLD")
        self._ordinals = [0, 0]
        self.second = FIRST

    def seconds(self, count: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Yield topic, partition and body of so many further seconds, of all shards."""
        for _ in range(count):
            for partition, names in enumerate(SYMBOLS):
                for name in names:
                    yield SIGNALS, partition, self._signal(partition, name)
                told = {"second": self.second + 1, "signals": self._ordinals[partition]}
                yield PROGRESS, partition, told
            self.second += 1

    def _signal(self, partition: int, name: str) -> dict[str, Any]:
        chance = self._chance
        opened = chance.random() < 0.6
        if opened:
            self._price[name] = round(self._price[name] * (1 + chance.gauss(0, 0.002)), 2)
        if chance.random() < 0.1:
            self._word[name] = chance.choice(["BUY", "HOLD", "SELL"])
        ordinal = self._ordinals[partition]
        self._ordinals[partition] += 1
        reasons = {"BUY": "entry", "SELL": "exit", "HOLD": "between"}
        shadow = {"model": "shadow", "wanted": chance.choice(["BUY", "HOLD", "SELL"])}
        return {
            "symbol": name, "venue": "binance", "ts": (self.second + 1) * SECOND, "wanted": self._word[name],
            "model": "made", "reason": reasons[self._word[name]], "price": self._price[name],
            "open": self._price[name] if opened else None, "shadow": shadow, "ordinal": ordinal,
        }  # fmt: skip


def publish(stage: Stage, records: Iterator[tuple[str, int, dict[str, Any]]]) -> None:
    """Put records on the topics of a stage."""
    producer = Producer({"bootstrap.servers": stage.settings.kafka_bootstrap})
    for topic, partition, body in records:
        producer.produce(output(topic, stage.settings), orjson.dumps(body), partition=partition)
        producer.poll(0)
    assert producer.flush(30) == 0
