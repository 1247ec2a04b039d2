"""A signals flow as a process of its own, and what can be seen of it from outside: topics and exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
import weakref
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from connectors.embedded.child import Child
from connectors.kafka.reading import ends
from connectors.kafka.topics import output, planned
from connectors.settings import Settings
from tests.flows.commands import Ended, levibot

LEVIBOT = str(Path(sys.executable).with_name("levibot"))
SECRET = "a secret for tests alone"
PATIENCE_S = 90.0


def until(condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
    """Return the first truthy answer; a broker can only be asked."""
    deadline = time.monotonic() + patience_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"waited {patience_s:.0f} s for {what}"
        time.sleep(0.02)
    return answer


class Folder:
    """A new folder that goes with this object."""

    def __init__(self) -> None:
        self.path = tempfile.mkdtemp(prefix="levibot-")
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


class Stage:
    """One broker with the product's topics under names of their own, and commands run against it."""

    def __init__(self, bootstrap: str, redis_url: str, **settings: str) -> None:
        tag = uuid.uuid4().hex[:8]
        names = {"tick_topics": f"ticks-{tag}", "topic_suffix": f"-{tag}", "control_topic": f"control-{tag}"}
        self._folder = Folder()
        values = {
            "kafka_bootstrap": bootstrap,
            "redis_url": redis_url,
            "admin_secret": SECRET,
            "flow_port": "0",
            "recovery_dir": self._folder.path,
            "models_dir": f"{self._folder.path}/models",
            "registry_file": f"{self._folder.path}/model_registry.json",
            "compare_suppressed": "true",
        }
        self._take(values | names | settings)

    def _take(self, values: dict[str, str]) -> None:
        self.values = values
        self.settings = Settings(_env_file=None, **values)
        self.env = os.environ | {name.upper(): value for name, value in values.items()}
        self.ticks = values["tick_topics"]

    @classmethod
    def of_settings(cls, values: dict[str, str]) -> Stage:
        """Return the stage of a run that is already there, under its own topic names."""
        stage = cls.__new__(cls)
        stage._folder = Folder()
        default = {"tick_topics": "ticks", "topic_suffix": "", "control_topic": "control"}
        stage._take(default | {"recovery_dir": stage._folder.path} | values)
        return stage

    def but(self, **settings: str) -> Self:
        """Return the same stage under other settings."""
        other = type(self).__new__(type(self))
        other._folder = self._folder
        other._take(self.values | settings)
        return other

    def at(self, bootstrap: str) -> Self:
        """Return the same stage on another broker."""
        return self.but(kafka_bootstrap=bootstrap)

    def topics(self) -> dict[str, int]:
        """Return the partitions of every topic."""
        return {plan.name: plan.partitions for plan in planned(self.settings)}

    def levibot(self, *args: str) -> str:
        """Run a command to its end and return what it printed; fail unless it exits 0."""
        done = levibot(args, self.env)
        assert done.code == 0, f"levibot {' '.join(args)}: exit {done.code}\n{done.out}{done.err}"
        return done.out

    def refused(self, *args: str, code: int = 2) -> str:
        """Run a command that must end with this exit code, and return what it says on stderr."""
        done = self._started(args) if args[0] == "run" else levibot(args, self.env)
        assert done.code == code, f"exit {done.code}\n{done.out}{done.err}"
        return done.err

    def _started(self, args: tuple[str, ...]) -> Ended:
        """Run what installs handlers and ends its process in a process of its own."""
        done = subprocess.run(
            [LEVIBOT, *args], check=False, env=self.env, capture_output=True, text=True, timeout=PATIENCE_S
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def flow(self, log: Path, *options: str) -> Flow:
        """Start the signals flow."""
        return Flow(self, log, options)

    def spread(self, symbol: str, partitions: int) -> None:
        """Put trades of one symbol into several partitions, as a producer without keys does."""
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap})
        now = time.time_ns()
        for number in range(20):
            ts = now - (20 - number) * 10**9
            tick = {"symbol": symbol, "ts": ts, "price": 100.0, "qty": 1.0, "side": "buy", "trade_id": number}
            value = orjson.dumps(tick)
            producer.produce(self.ticks, value, partition=number % partitions, timestamp=ts // 1_000_000)
        assert producer.flush(10) == 0

    def ends(self, topic: str) -> list[int]:
        """Return the end offsets of a topic's partitions."""
        client = self._consumer()
        places = [TopicPartition(topic, p) for p in range(self.topics()[topic])]
        found: list[int] = until(lambda: _ends(client, places), f"leaders of {topic}")
        client.close()
        return found

    def read(self, topic: str) -> list[Message]:
        """Return every record of a topic, partition by partition, in order."""
        ends = self.ends(topic)
        client = self._consumer()
        client.assign([TopicPartition(topic, p, 0) for p in range(len(ends))])
        found: list[Message] = []
        deadline = time.monotonic() + PATIENCE_S
        while len(found) < sum(ends):
            found += [m for m in client.consume(1_000, 0.1) if not m.error()]
            assert time.monotonic() < deadline, f"{len(found)} of {sum(ends)} records of {topic}"
        client.close()
        return sorted(found, key=lambda m: (m.partition(), m.offset()))

    def bodies(self, name: str) -> list[dict[str, Any]]:
        """Return the JSON records of an output topic."""
        return [orjson.loads(m.value()) for m in self.read(output(name, self.settings))]

    def read_up_to(self) -> bool:
        """Return whether each shard's books cover its whole tick partition, by its published progress.

        Progress counts what lies before the record that moved the clock, so this needs a later beat.
        """
        ends = self.ends(self.ticks)
        last = self.last_progress()
        return all(
            end == 0 or last.get(p, {}).get("caused_by", {}).get("offset") == end
            for p, end in enumerate(ends)
        )

    def closed_to(self) -> int:
        """Return the second below which every shard that had ticks has closed all."""
        last = self.last_progress()
        return min(
            (last.get(p, {"second": 0})["second"] for p, end in enumerate(self.ends(self.ticks)) if end),
            default=0,
        )

    def ledger(self) -> Counter[str]:
        """Return the sum of the shards' books as of their last progress."""
        return sum((Counter(body["ledger"]) for body in self.last_progress().values()), Counter())

    def last_progress(self) -> dict[int, dict[str, Any]]:
        """Return the newest progress record of each shard, by partition."""
        client = self._consumer()
        found = last_record_of_each(client, output("progress", self.settings), self.settings.partitions)
        client.close()
        return {partition: orjson.loads(message.value()) for partition, message in found.items()}

    def _consumer(self) -> Consumer:
        return Consumer({"bootstrap.servers": self.settings.kafka_bootstrap, "group.id": "tests"})


def _ends(client: Consumer, places: list[TopicPartition]) -> list[int] | None:
    try:
        return [client.get_watermark_offsets(place, timeout=10)[1] for place in places]
    except KafkaException as error:
        if error.args[0].code() != KafkaError.NOT_LEADER_FOR_PARTITION:
            raise
        return None  # a topic that was created just now


def last_record_of_each(client: Consumer, topic: str, partitions: int) -> dict[int, Message]:
    """Return the last record of each partition that has one."""
    filled = {p: end for p in range(partitions) if (end := ends(client, topic, p)[1])}
    client.assign([TopicPartition(topic, p, end - 1) for p, end in filled.items()])
    found: dict[int, Message] = {}
    deadline = time.monotonic() + PATIENCE_S
    while found.keys() != filled.keys():
        found |= {m.partition(): m for m in client.consume(len(filled), 0.05) if not m.error()}
        assert time.monotonic() < deadline, f"no last record of {topic}"
    return found


class Flow:
    """The running process; left alone it is killed at the end of the block."""

    def __init__(self, stage: Stage, log: Path, options: tuple[str, ...] = ()) -> None:
        self.log = log
        self._stage = stage
        self._journal = output("journal", stage.settings)
        self._before = stage.ends(self._journal)
        self.child = Child("the signals flow", [LEVIBOT, "run", "signals", *options], log=log, env=stage.env)

    def opened(self) -> None:
        """Wait until every shard has opened its journal."""
        before = self._before
        until(
            lambda: all(
                now > then for now, then in zip(self._stage.ends(self._journal), before, strict=True)
            ),
            f"the flow to open its shards; see {self.log}",
        )

    def stop(self) -> int:
        """Ask for a clean stop and return the exit code."""
        return self.child.stop()

    def kill(self) -> int:
        """End it as a crash would."""
        return self.child.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.child.running:
            self.child.kill()
