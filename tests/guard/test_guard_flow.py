"""The guard as a process: whatever kills it, its topics hold what one go would have published."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from guard.guard_again import Stored, guard_again
from guard.looks import signal
from paper.shards import publish

from connectors.codecs.guard import Reading
from connectors.codecs.wire import decode_entry
from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.embedded.child import Child
from connectors.failpoints import POINTS
from connectors.kafka.guard.opening import sources
from connectors.kafka.topics import GUARD_JOURNAL, output, shards
from connectors.start_values import guard_spec
from models.guard.inputs import CALIBRATION, CONTROL, DRIFT, PROGRESS, SIGNALS
from models.guard.outbox import SENDER
from models.guard.records import ALERTS, AUDIT, ROLLOUT, TOPICS
from models.journal.fold import Fold
from models.spec import SECOND
from tests.flows.running import LEVIBOT, SECRET, Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(300)]
FIRST = 1_700_000_000


@pytest.fixture
def stage(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> Stage:
    """Two shards on an embedded broker."""
    made = Stage(
        "nowhere", embedded_redis.url, partitions="2", guard_port="0", epoch_ms="200", api_port="1",
        recovery_dir=str(tmp_path / "recovery"), guard_silent_after_s="3600",
        canary_policy_file=str(tmp_path / "canary_policy.json"),
    )  # fmt: skip
    return made.at(embedded_broker(made.topics()).bootstrap)


@contextmanager
def guard(stage: Stage, log: Path, failpoint: str = "") -> Iterator[Child]:
    """Run the guard; left alone it is killed at the end of the block."""
    child = Child("the guard", [LEVIBOT, "run", "guard"], log=log, env=stage.env | {"FAILPOINT": failpoint})
    try:
        yield child
    finally:
        child.kill()


class Shards:
    """What two shards publish, second by second: signals, progress, now and then drift and calibration."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.second = FIRST

    def seconds(self, count: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Yield topic, partition and body of so many further seconds."""
        for _ in range(count):
            for shard in (0, 1):
                said = signal(f"S{shard}", self.second, traded=self._chance.random() < 0.5)
                yield SIGNALS, shard, said | {"ordinal": self.second - FIRST}
                closed = {"second": self.second + 1, "signals": self.second + 1 - FIRST}
                yield PROGRESS, shard, {"shard": f"ticks/{shard:04d}"} | closed
            self.second += 1
            if self._chance.random() < 0.1:
                yield DRIFT, 0, self._drift()
            if self._chance.random() < 0.1:
                yield CALIBRATION, 1, self._calibration()

    def _head(self) -> dict[str, Any]:
        return {
            "symbol": "S0",
            "venue": "",
            "ts": self.second * SECOND,
            "model": "ml-fusion",
            "reference": "ml-fusion",
        }

    def _drift(self) -> dict[str, Any]:
        feature = {"psi": self._chance.choice([0.05, 0.18, 0.35]), "psi_limit": 0.1}
        window = {"rows": 3_600, "insufficient_data": False, "features": {"rsi": feature}}
        return self._head() | {"levels": {"windows": {"3600": window}}, "events": []}

    def _calibration(self) -> dict[str, Any]:
        ece = {"value": self._chance.choice([0.01, 0.065, 0.09]), "limit": 0.05}
        day = {"ece": ece, "n_eff": 500.0, "n": 30_000, "log_loss": 0.69}
        return self._head() | {"windows": {"1h": {"confid_median": 0.6, "said": 3_600}, "24h": day}}


def own(stage: Stage, topic: str) -> list[dict[str, Any]]:
    """Return the records of a topic of the guard."""
    return [orjson.loads(m.value()) for m in stage.read(output(topic, stage.settings))]


def assert_published_as_in_one_go(stage: Stage) -> dict[str, int]:
    """Compare every byte, and the guard's commands; return how many records there are of each topic."""
    config, logs = stage.settings, {}
    for source in sources(config, shards(config)):
        read = (m for m in stage.read(source.stored) if m.partition() == source.partition)
        logs[source.key] = [Stored(m.offset(), m.timestamp()[1], m.value()) for m in read]
    fold = Fold()
    entries = [decode_entry(m.value()) for m in stage.read(output(GUARD_JOURNAL, config))]
    again = [*guard_again(logs, filter(fold.take, entries), guard_spec(config), Reading(SECRET))]
    expected = {
        topic: [r.value for one in again for r in one.records if r.topic == topic] for topic in TOPICS
    }
    for topic in TOPICS:
        assert [m.value() for m in stage.read(output(topic, config))] == expected[topic]
    sent = [orjson.loads(record.value) for record in logs[f"{CONTROL}/0"]]
    numbers = [command["n"] for command in sent if f"{command['role']}:{command['actor']}" == SENDER]
    assert sorted({*numbers}) == [command.n for one in again for command in one.orders]
    return {topic: len(found) for topic, found in expected.items()}


def test_drift_becomes_a_signed_kill_and_everything_can_be_computed_again(
    stage: Stage, tmp_path: Path
) -> None:
    """The guard's command stands on the topic with a good signature, and it audits its own as well."""
    made = Shards(1)
    with guard(stage, tmp_path / "first.log") as child:
        until(lambda: own(stage, GUARD_JOURNAL)[1:], "the guard to begin")
        for _ in range(12):
            publish(stage, made.seconds(10))
        until(lambda: "kill" in {body["cmd"] for body in own(stage, AUDIT)}, "the kill to be audited")
        assert child.stop() == 0
    stage.levibot("control", "rollout.start", "golive")
    with guard(stage, tmp_path / "second.log") as child:
        until(lambda: own(stage, ROLLOUT), "the start")
        publish(stage, made.seconds(30))
        until(lambda: stage.read(output(GUARD_JOURNAL, stage.settings)), "looks")
        assert child.stop() == 0

    counts = assert_published_as_in_one_go(stage)
    assert counts[ALERTS] > 3
    kills = [body for body in own(stage, AUDIT) if body["cmd"] == "kill"]
    assert kills
    assert {(b["accepted"], b["actor"], b["role"], b["scope"]) for b in kills} == {
        (True, "guard", "guard", "model:ml-fusion")
    }


@pytest.mark.crash
def test_kills_at_every_point_change_nothing_of_the_guard(
    stage: Stage, tmp_path: Path, seed: int = 2
) -> None:
    """Each failpoint once, in any order, with records and commands coming in between."""
    chance, made = random.Random(seed), Shards(seed)
    points = [*POINTS]
    chance.shuffle(points)
    for number, point in enumerate(points):
        stage.levibot("control", "send", "flag.set", '{"key": "ml_confid_floor", "value": 0.1}')
        log = tmp_path / f"{number}.log"
        with guard(stage, log, f"{point}:{1 if 'open' in point else chance.randint(1, 3)}") as child:
            until(lambda process=child: more(stage, made, process), f"the kill at {point}; see {log}")
    stage.levibot("control", "send", "flag.set", '{"key": "ml_confid_floor", "value": 0.2}')
    with guard(stage, tmp_path / "last.log") as child:
        publish(stage, made.seconds(60))
        until(lambda: own(stage, AUDIT)[-1]["args"].get("value") == 0.2, "the last command")
        assert child.stop() == 0

    counts = assert_published_as_in_one_go(stage)
    assert counts[ALERTS] > 3
    assert counts[AUDIT] >= len(points)
    for topic in TOPICS:
        ordinals = [body["ordinal"] for body in own(stage, topic)]
        assert ordinals == list(range(len(ordinals)))


def more(stage: Stage, made: Shards, process: Child) -> bool:
    """Let the shards go on until the process has ended."""
    publish(stage, made.seconds(1))
    return not process.running
