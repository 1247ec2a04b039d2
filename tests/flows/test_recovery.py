"""State across restarts: from snapshots, from ticks and journal alone, and never from something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from tests.flows.replayed import assert_published_as_replayed
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]

PAST = ("simulate", "--symbols", "8", "--rate", "5", "--speed", "max", "--json")


@pytest.fixture
def stage(embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis) -> Iterator[Stage]:
    """Topics on an embedded broker, and a model that always says BUY."""
    made = Stage("nowhere", embedded_redis.url, model="constant-0.99")
    return made.at(embedded_broker(made.topics()).bootstrap)


def feed(stage: Stage, seconds: int, seed: int) -> None:
    """Put a simulated market of the recent past into the tick topic."""
    stage.levibot("feed", *PAST, "--seconds", str(seconds), "--seed", str(seed), "--topic", stage.ticks)


def run(stage: Stage, log: Path, *options: str) -> dict[str, int]:
    """Run the flow until it has read everything, stop it, and return at which tick each shard began."""
    with stage.flow(log, *options) as flow:
        flow.opened()
        until(stage.read_up_to, "the flow to read up to the end")
        assert flow.stop() == 0
    return {
        shard: int(tick)
        for shard, tick in re.findall(
            r"shard open .*?shard=\S*?(\d{4}) .*?tick=(\d+)", plain(log.read_text())
        )
    }


def plain(text: str) -> str:
    """Return a log without colours."""
    return re.sub(r"\x1b\[\d*m", "", text)


def test_a_restart_begins_at_its_snapshot_and_a_lost_folder_at_the_genesis(
    stage: Stage, tmp_path: Path
) -> None:
    """Either way the bytes are those of one go: what is emitted again is compared and suppressed."""
    feed(stage, 20, 1)
    run(stage, tmp_path / "first.log")
    ends = {f"{p:04d}": end for p, end in enumerate(stage.ends(stage.ticks))}
    assert run(stage, tmp_path / "second.log") == ends
    assert "deleted" in stage.levibot("recover", "reset")
    feed(stage, 5, 2)
    assert run(stage, tmp_path / "third.log") == dict.fromkeys(ends, 0)
    assert assert_published_as_replayed(stage) > 500


def test_what_the_monitors_know_of_an_hour_survives_kills(stage: Stage, tmp_path: Path) -> None:
    """Each time the process is killed when some more buckets have closed; the bytes are those of one go."""
    hour = ("simulate", "--symbols", "4", "--rate", "1", "--speed", "max", "--json", "--seconds", "3000")
    stage.levibot("feed", *hour, "--seed", "3", "--topic", stage.ticks)
    for number in range(1, 5):
        with stage.flow(tmp_path / f"{number}.log") as flow:
            until(lambda least=6 * number: len(stage.bodies("calibration")) >= least, "buckets to close")
            flow.kill()
    run(stage, tmp_path / "last.log")

    assert assert_published_as_replayed(stage) > 10_000
    told = [body for body in stage.bodies("calibration") if body["bucket"]]
    buckets = {(body["reference"], body["symbol"], body["start_s"]) for body in told}
    assert len(buckets) == len(told) >= 4 * 8


def test_the_folder_can_be_looked_into(stage: Stage, tmp_path: Path) -> None:
    """Nothing before the first start; then its identity and every snapshot, with what it weighs."""
    assert "no state" in stage.refused("recover", "inspect", code=1)
    feed(stage, 5, 1)
    run(stage, tmp_path / "flow.log")
    found = orjson.loads(stage.levibot("recover", "inspect", "--json"))
    assert found["manifest"]["instance"] == "0 of 1"
    assert found["last_end"] == "clean"
    steps = {row["step"] for row in found["snapshots"]}
    assert steps == {
        "signals.shards", "signals.market", "signals.judge", "signals.monitor", "signals.publish",
    }  # fmt: skip
    assert "0 stale snapshots deleted" in stage.levibot("recover", "purge")


def test_a_changed_configuration_does_not_go_on_with_the_state_of_another(
    stage: Stage, tmp_path: Path
) -> None:
    """Refused by the folder, then by the journal; beside the old run, under another suffix, it may begin."""
    feed(stage, 5, 1)
    run(stage, tmp_path / "flow.log")
    other = stage.but(grace_ms="2000")
    said = other.refused("run", "signals")
    assert "spec: it has" in said and "levibot recover reset" in said
    other.levibot("recover", "reset")
    assert "begun under another configuration" in (said := other.refused("run", "signals"))
    assert "TOPIC_SUFFIX" in said


def test_two_processes_do_not_share_a_folder(stage: Stage, tmp_path: Path) -> None:
    """The second is told who has it."""
    with stage.flow(tmp_path / "flow.log") as flow:
        flow.opened()
        assert f"in use by process {flow.child.pid}: stop it first" in stage.refused("run", "signals")


def test_instances_share_the_shards_and_their_number_may_change(stage: Stage, tmp_path: Path) -> None:
    """Two instances, then one, then two again: each change by a reset, and no record missing or doubled."""
    feed(stage, 10, 1)
    for count, seed in ((2, 2), (1, 3)):
        each = [("--instance", str(i), "--of", str(count)) for i in range(count)]
        flows = [stage.flow(tmp_path / f"{count}-{i}.log", *options) for i, options in enumerate(each)]
        feed(stage, 5, seed)
        until(stage.read_up_to, "the instances to read up to the end")
        assert [flow.stop() for flow in flows] == [0] * count
        for i in range(count):
            stage.levibot("recover", "reset", "--instance", str(i))
    assert "OF is 2" in stage.refused("run", "signals", "--instance", "2", "--of", "2")
    assert assert_published_as_replayed(stage) > 500


def test_a_folder_of_another_number_of_instances_is_refused(stage: Stage, tmp_path: Path) -> None:
    """Its shards would be others."""
    run(stage, tmp_path / "flow.log")
    assert "this start has 0 of 2" in stage.refused("run", "signals", "--of", "2")
