"""The inputs of a shard at start: what was taken in before comes first, then what waits, then new ticks."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from loaders import loader_of

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.kafka.journalled import IN_FLIGHT
from connectors.kafka.opening import Opening
from connectors.kafka.outlets import Outlets
from connectors.kafka.source import ShardPartition
from connectors.kafka.topics import output, planned
from connectors.kafka.turns import Turns
from connectors.recovery.state import unpack
from connectors.settings import Settings
from models.control.commands import Command
from models.control.signature import role_key, sign
from models.desk.desk import Desk
from models.inputs import Beat, Genesis, Input, Taken, TickBatch
from models.judge.records import SIGNALS, Shard
from models.spec import Spec

pytestmark = pytest.mark.embedded

SECRET = "a secret for tests"
NEVER = datetime.max.replace(tzinfo=UTC)
_NUMBERS = itertools.count()


class Instance:
    """Topics of an instance with one shard, what others put there, and processes one after another."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        tag = f"-{next(_NUMBERS)}"
        self.settings = Settings(
            _env_file=None, kafka_bootstrap=broker.bootstrap, admin_secret=SECRET, partitions=1,
            tick_topics=f"ticks{tag}", control_topic=f"control{tag}", topic_suffix=tag,
        )  # type: ignore[call-arg]  # fmt: skip
        for plan in planned(self.settings):
            broker.create(plan.name, plan.partitions)
        self.shard = Shard(self.settings.tick_topics, 0, 0)
        self._sender = producer(broker.bootstrap, linger_ms=0, enable_idempotence=False)

    def ticks(self, count: int) -> None:
        """Put ticks on the shard's partition."""
        for _ in range(count):
            ts = time.time_ns()
            tick = {"symbol": "A", "ts": ts, "price": 1.0, "qty": 1.0, "side": "buy", "trade_id": ts}
            self._send(self.settings.tick_topics, tick)

    def kill(self, n: int) -> None:
        """Put a kill on the control topic."""
        one = Command(id=f"kill-{n}", ts=time.time_ns(), actor="ada", n=n, role="admin", cmd="kill")
        self._send(
            self.settings.control_topic, one.as_dict() | {"sig": sign(one, role_key(SECRET, one.role))}
        )

    def published(self, ordinal: int, *, offset: int, seq: int) -> None:
        """Put a signal on the output topic that the tick before ``offset`` released."""
        body = {"ordinal": ordinal, "caused_by": {"offset": offset, "seq": seq}}
        self._send(output(SIGNALS, self.settings), body)

    def _send(self, topic: str, body: dict[str, Any]) -> None:
        self._sender.produce(topic, orjson.dumps(body), partition=0)
        assert self._sender.flush(20) == 0

    def process(self, saved: bytes | None = None, turns: Turns | None = None) -> ShardPartition:
        """Open the shard as a process does that starts."""
        outlets = Outlets(self.settings.kafka_bootstrap)
        opening = Opening(self.settings, Spec(), Desk(), outlets, loader_of())
        return ShardPartition(opening.open(self.shard, saved), lambda: False, lambda: None, turns)


@pytest.fixture
def instance(broker: EmbeddedBroker) -> Instance:
    """Empty topics."""
    return Instance(broker)


def taken(process: ShardPartition, until: Callable[[list[str]], bool]) -> list[str]:
    """Return in words what a process takes in, as far as a condition holds."""
    found: list[str] = []
    while not until(found):
        found += [words for _, (_, one) in process.next_batch() for words in told(one)]
    return found


def told(one: Input) -> list[str]:
    """Return an input in words: ticks one by one, so that batches do not matter."""
    match one:
        case TickBatch():
            return [f"tick {offset}" for offset in one.offsets]
        case Taken():
            return [one.command.id]
        case Genesis():
            return ["genesis"]
        case Beat():
            return []  # there is one wherever this machine is slow


def test_a_new_shard_takes_in_what_waits_before_its_first_tick(instance: Instance) -> None:
    """The beginning of its history, then the commands, then the ticks."""
    instance.ticks(3)
    instance.kill(1)
    instance.kill(2)
    found = taken(instance.process(), lambda found: "tick 2" in found)
    assert found == ["genesis", "kill-1", "kill-2", "tick 0", "tick 1", "tick 2"]


def test_a_command_from_the_downtime_comes_behind_what_is_published_and_before_the_first_new_tick(
    instance: Instance,
) -> None:
    """Earlier, it would change what readers have already; later, a tick would pass a kill that was there."""
    instance.ticks(4)
    taken(instance.process(), lambda found: "tick 3" in found)
    instance.published(0, offset=3, seq=1)
    instance.kill(1)
    instance.ticks(4)
    found = taken(instance.process(), lambda found: "tick 7" in found)
    assert found == ["genesis", *ticks(0, 3), "kill-1", *ticks(3, 8)]


def test_what_was_taken_in_before_comes_again_at_its_place(instance: Instance) -> None:
    """Whether or not anything was published behind it."""
    instance.ticks(2)
    first = instance.process()
    taken(first, lambda found: "tick 1" in found)
    instance.kill(1)
    taken(first, lambda found: "kill-1" in found)
    instance.ticks(2)
    taken(first, lambda found: "tick 3" in found)
    found = taken(instance.process(), lambda found: "tick 3" in found)
    assert found == ["genesis", *ticks(0, 2), "kill-1", *ticks(2, 4)]


def test_a_process_goes_on_where_its_snapshot_stands(instance: Instance) -> None:
    """Behind its entries and its ticks, with the entries that came after it at their places."""
    instance.ticks(2)
    first = instance.process()
    taken(first, lambda found: "tick 1" in found)
    saved = first.snapshot()
    instance.kill(1)
    taken(first, lambda found: "kill-1" in found)
    instance.ticks(2)
    found = taken(instance.process(saved), lambda found: "tick 3" in found)
    assert found == ["kill-1", *ticks(2, 4)]


def test_a_snapshot_holds_the_generation_of_the_last_entry_that_was_taken_in(instance: Instance) -> None:
    """Not the process's own: what still waits of its predecessor's would be void after the next crash."""
    instance.kill(1)
    first = instance.process()
    taken(first, lambda found: "kill-1" in found)
    second = instance.process(first.snapshot())
    second.next_batch()

    assert unpack(second.snapshot())["position"]["g"] == 1


def ticks(start: int, stop: int) -> list[str]:
    """Return the words for ticks."""
    return [f"tick {offset}" for offset in range(start, stop)]


class OthersTurn(Turns):
    """Another shard is always at it."""

    def may_read(self, shard: str) -> bool:
        """Send everybody away."""
        return False


def test_who_waits_for_its_turn_is_asked_at_once_and_who_waits_for_its_journal_a_little_later(
    instance: Instance,
) -> None:
    """A round takes long enough by itself; an acknowledgement would be asked for without a pause."""
    process = instance.process(turns=OthersTurn())
    taken(process, lambda found: "genesis" in found)
    assert process.next_batch() == [] and process.waits
    assert (process.next_awake() or NEVER) <= datetime.now(UTC)
    instance.kill(1)
    deadline = time.monotonic() + 20
    while process.waits:
        asked = datetime.now(UTC)
        assert process.next_batch() == [] and time.monotonic() < deadline
    assert (process.next_awake() or NEVER) >= asked + IN_FLIGHT
