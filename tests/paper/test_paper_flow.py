"""The paper account as a process: whatever kills it, its topics hold what one go would have published."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from paper.shards import FIRST, Shards, publish

from connectors.codecs.wire import decode_entry
from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.embedded.child import Child
from connectors.failpoints import POINTS
from connectors.kafka.topics import ACCOUNT_JOURNAL, account_output, output
from connectors.start_values import paper_spec
from flows.replay.account import Past, account_records
from models.journal.fold import Fold
from models.judge.records import PROGRESS, SIGNALS
from models.paper.account import TOPICS
from models.spec import SECOND
from tests.flows.running import LEVIBOT, Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(300)]


@pytest.fixture
def stage(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> Stage:
    """Two shards on an embedded broker."""
    made = Stage(
        "nowhere", embedded_redis.url, partitions="2", paper_port="0", epoch_ms="200",
        recovery_dir=str(tmp_path / "recovery"), paper_behind_after_s="1",
    )  # fmt: skip
    return made.at(embedded_broker(made.topics()).bootstrap)


@contextmanager
def paper(stage: Stage, log: Path, failpoint: str = "") -> Iterator[Child]:
    """Run the account; left alone it is killed at the end of the block."""
    env = stage.env | {"FAILPOINT": failpoint}
    child = Child("the account", [LEVIBOT, "run", "paper"], log=log, env=env)
    try:
        yield child
    finally:
        child.kill()


def own(stage: Stage, topic: str) -> list[dict[str, Any]]:
    """Return the records of a topic of the account."""
    return [orjson.loads(m.value()) for m in stage.read(account_output(topic, stage.settings))]


def stands_at(stage: Stage) -> int:
    """Return the second up to which minutes are marked."""
    marks = [body["ts"] for body in own(stage, "account") if body["event"] == "minute"]
    return max(marks, default=0) // SECOND


def of_one_go(stage: Stage) -> dict[str, list[bytes]]:
    """Return what the account must have published, from its inputs and its journal alone."""

    def values(topic: str, partition: int) -> list[tuple[int, bytes]]:
        read = stage.read(output(topic, stage.settings))
        return [(m.offset(), m.value()) for m in read if m.partition() == partition]

    shards = {
        f"{stage.ticks}/{p:04d}": Past(iter(values(SIGNALS, p)), iter(values(PROGRESS, p))) for p in range(2)
    }
    fold = Fold()
    entries = [decode_entry(m.value()) for m in stage.read(account_output(ACCOUNT_JOURNAL, stage.settings))]
    folded = [entry for entry in entries if fold.take(entry)]
    found: dict[str, list[bytes]] = {topic: [] for topic in TOPICS}
    for record in account_records(shards, folded, paper_spec(stage.settings)):
        found[record.topic].append(record.value)
    return found


def assert_published_as_in_one_go(stage: Stage) -> dict[str, int]:
    """Compare every byte; return how many records there are of each topic."""
    expected = of_one_go(stage)
    for topic in TOPICS:
        assert [m.value() for m in stage.read(account_output(topic, stage.settings))] == expected[topic]
    return {topic: len(found) for topic, found in expected.items()}


def test_signals_of_two_shards_become_trades(stage: Stage, tmp_path: Path) -> None:
    """Begun before there is any, stopped cleanly, it goes on; commands are taken in where they come."""
    made = Shards(1)
    with paper(stage, tmp_path / "first.log") as child:
        until(lambda: own(stage, ACCOUNT_JOURNAL)[1:], "the account to begin")
        for _ in range(26):
            publish(stage, made.seconds(5))
        until(lambda: stands_at(stage) >= FIRST + 80, "the second minute")
        assert child.stop() == 0
    stage.levibot("control", "kill", "--reason", "drill")
    publish(stage, made.seconds(60))
    with paper(stage, tmp_path / "second.log") as child:
        until(lambda: stands_at(stage) >= FIRST + 140, "the third minute")
        assert child.stop() == 0

    counts = assert_published_as_in_one_go(stage)
    assert counts["trades"] > 20
    reasons = {body["reason"] for body in own(stage, "trades") if body["ts"] > (FIRST + 131) * SECOND}
    assert reasons <= {"killed", "exit"}


@pytest.mark.crash
def test_kills_at_every_point_change_nothing(stage: Stage, tmp_path: Path, seed: int = 2) -> None:
    """Each failpoint once, in any order, with signals and commands coming in between."""
    chance, made = random.Random(seed), Shards(seed)
    publish(stage, made.seconds(30))
    points = [*POINTS]
    chance.shuffle(points)
    for number, point in enumerate(points):
        order(stage, chance)
        log = tmp_path / f"{number}.log"
        with paper(stage, log, f"{point}:{1 if 'open' in point else chance.randint(1, 3)}") as child:
            until(lambda process=child: more(stage, made, chance, process), f"the kill at {point}; see {log}")
    publish(stage, made.seconds(60))
    with paper(stage, tmp_path / "last.log") as child:
        until(lambda: stands_at(stage) >= made.second // 60 * 60, "the last minute")
        assert child.stop() == 0

    counts = assert_published_as_in_one_go(stage)
    assert counts["trades"] > 30
    sources = {body["source"] for body in own(stage, "trades")}
    assert sources == {"signal", "paper.order"}
    for topic in TOPICS:
        ordinals = [body["ordinal"] for body in own(stage, topic)]
        assert ordinals == list(range(len(ordinals)))


def more(stage: Stage, made: Shards, chance: random.Random, process: Child) -> bool:
    """Let the market go on, and an order come now and then, until the process has ended."""
    publish(stage, made.seconds(chance.randint(1, 20)))
    if chance.random() < 0.3:
        order(stage, chance)
    return not process.running


def order(stage: Stage, chance: random.Random) -> None:
    """Send an order of the operator's."""
    side = chance.choice(["buy", "sell"])
    stage.levibot("control", "paper.order", chance.choice(["BTCUSDT", "XRPUSDT"]), side, "50")


def test_a_shard_that_stops_is_left_out_and_comes_back_late(stage: Stage, tmp_path: Path) -> None:
    """The others trade on without it; its own signals of that time become no orders."""
    made = Shards(3)
    records = list(made.seconds(200))
    begin = next(i for i, (_, _, body) in enumerate(records) if body.get("second") == FIRST + 70)
    stopped = [record for record in records[begin + 1 :] if record[1] == 1]
    publish(stage, (record for record in records if not any(record is one for one in stopped)))
    with paper(stage, tmp_path / "paper.log") as child:
        until(lambda: stands_at(stage) >= FIRST + 160, "the account to go on without a shard")
        publish(stage, iter(stopped))
        until(lambda: kinds(stage)[-1] == "shard.back", "the shard to be back")
        publish(stage, made.seconds(80))
        until(lambda: stands_at(stage) >= FIRST + 220, "the account to have it back")
        assert child.stop() == 0

    assert_published_as_in_one_go(stage)
    assert kinds(stage) == ["open", "genesis", "shard.behind", "shard.back"]
    late = [body for body in own(stage, "trades") if body["reason"] == "shard_behind"]
    assert {body["symbol"] for body in late} <= {"SOLUSDT", "XRPUSDT"}
    assert {body["event"] for body in late} == {"blocked"}


def kinds(stage: Stage) -> list[str]:
    """Return what the account's journal holds."""
    return [entry["kind"] for entry in own(stage, ACCOUNT_JOURNAL)]
