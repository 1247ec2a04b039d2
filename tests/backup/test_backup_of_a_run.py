"""A backup of a running flow, restored into an empty folder, goes on as if nothing had been lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.redis.reader import ViewReader
from tests.flows.replayed import assert_published_as_replayed
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]


def feed(stage: Stage, seconds: int, seed: int) -> None:
    """Put a simulated market of the recent past into the tick topic."""
    options = ("--symbols", "8", "--rate", "5", "--speed", "max", "--json", "--topic", stage.ticks)
    stage.levibot("feed", "simulate", *options, "--seconds", str(seconds), "--seed", str(seed))


def shows_a_desk(stage: Stage) -> bool:
    """Return whether the view in Redis tells of a shard."""
    with closing(ViewReader(stage.settings.redis_url, timeout_s=2.0)) as reader:
        return any(not head["gone"] for head in reader.heads().values())


def test_a_restored_flow_goes_on_and_holds_law_2(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Backed up while it runs, killed, its folder lost: restored elsewhere it publishes nothing twice."""
    nothing = str(tmp_path / "canary_policy.json")
    made = Stage("nowhere", embedded_redis.url, model="constant-0.99", canary_policy_file=nothing)
    stage = made.at(embedded_broker(made.topics()).bootstrap)
    backups = str(tmp_path / "backups")
    feed(stage, 20, 1)
    with stage.flow(tmp_path / "first.log") as flow:
        until(lambda: stage.bodies("signals"), "signals")
        until(lambda: shows_a_desk(stage), "the view")
        told = orjson.loads(stage.levibot("backup", "create", "--out", backups, "--json"))
        feed(stage, 5, 2)
        until(stage.read_up_to, "the flow to read up to the end")
        assert "in use by process" in stage.refused("backup", "restore", "--out", backups, "--replace")
        flow.kill()
    assert told["parts"]["recovery"] == 2
    assert told["left_out"] == {"models": "there is none", "registry": "there is none"}

    shutil.rmtree(stage.settings.recovery_dir)
    into = str(tmp_path / "restored")
    done = orjson.loads(stage.levibot("backup", "restore", "--out", backups, "--into", into, "--json"))
    there = stage.but(**{name.lower(): value for name, value in done["environment"].items()})
    feed(there, 5, 3)
    with there.flow(tmp_path / "second.log") as flow:
        until(there.read_up_to, "the restored flow to read up to the end")
        assert flow.stop() == 0
    assert assert_published_as_replayed(there) > 500
    there.levibot("verify", "log")
    there.levibot("record", str(tmp_path / "run"))
    said = there.levibot("verify", "replay", str(tmp_path / "run"))
    assert "every recorded output is equal, byte for byte" in said
