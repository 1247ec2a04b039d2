"""The signals flow as users run it: kill and unkill, crash and restart, clean stop, without Redis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from tests.flows.replayed import assert_published_as_replayed
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]

ALWAYS_BUY = {"model": "constant-0.99"}
PAST = ("simulate", "--symbols", "20", "--rate", "10", "--speed", "max", "--json")


@pytest.fixture
def stage_of(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis
) -> Iterator[Callable[..., Stage]]:
    """Make a stage with its topics on a broker and a Redis of its own."""

    def make(**settings: str) -> Stage:
        stage = Stage("nowhere", embedded_redis.url, **settings)
        broker = embedded_broker(stage.topics())
        return stage.at(broker.bootstrap)

    return make


def feed(stage: Stage, seconds: int, seed: int = 0) -> None:
    """Put a simulated market of the recent past into the tick topic."""
    stage.levibot("feed", *PAST, "--seconds", str(seconds), "--seed", str(seed), "--topic", stage.ticks)


def by_shard(bodies: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Group records by their shard's partition."""
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for body in bodies:
        grouped[body["caused_by"]["partition"]].append(body)
    return grouped


def assert_whole(bodies: list[dict[str, Any]]) -> None:
    """Each shard's records are numbered without gap or repeat, and no id occurs twice."""
    for records in by_shard(bodies).values():
        assert [r["ordinal"] for r in records] == list(range(len(records)))
    assert len({body["id"] for body in bodies}) == len(bodies)


def test_a_kill_turns_every_signal_to_hold_until_it_is_lifted(
    stage_of: Callable[..., Stage], tmp_path: Path
) -> None:
    """With a model that always says BUY: BUY before the kill's place, HOLD behind it, BUY after unkill."""
    stage = stage_of(**ALWAYS_BUY)
    feed(stage, seconds=70)
    with stage.flow(tmp_path / "flow.log") as flow:
        until(stage.read_up_to, "the first market")
        assert len(stage.bodies("signals")) >= 1_000
        killed = orjson.loads(stage.levibot("control", "kill", "--wait", "--json"))
        until(lambda: [b for b in stage.bodies("signals") if b["reason"] == "killed"], "a held signal")
        lifted = orjson.loads(stage.levibot("control", "unkill", "--reason", "drill", "--wait", "--json"))
        feed(stage, seconds=2, seed=1)
        until(lambda: stage.bodies("signals")[-1]["signal"] == "BUY", "signals after unkill")
        assert flow.stop() == 0
    assert [a["shard"] for a in killed["acks"]] == [f"{stage.ticks}/{p:04d}" for p in range(4)]
    for shard, records in by_shard(stage.bodies("signals")).items():
        begun, ended = killed["acks"][shard]["seq"], lifted["acks"][shard]["seq"]
        for body in records:
            inside = begun < body["caused_by"]["seq"] <= ended
            assert (body["signal"], body["advisory"]) == (("HOLD", True) if inside else ("BUY", False)), body
    assert_whole(stage.bodies("signals"))


def test_a_killed_process_goes_on_where_its_records_end(
    stage_of: Callable[..., Stage], tmp_path: Path
) -> None:
    """After kill -9 and a restart the output topics have no gap and no repeat, and a kill still holds."""
    stage = stage_of(**ALWAYS_BUY)
    feed(stage, seconds=30)
    with stage.flow(tmp_path / "first.log") as flow:
        until(lambda: len(stage.bodies("signals")) > 200, "some signals")
        stage.levibot("control", "kill", "--wait")
        flow.kill()
    feed(stage, seconds=3, seed=1)
    with stage.flow(tmp_path / "second.log") as flow:
        until(stage.read_up_to, "the second run to catch up")
        assert flow.stop() == 0
    for name in ("signals", "predictions", "features", "progress"):
        assert_whole(stage.bodies(name))
    assert stage.bodies("signals")[-1]["reason"] == "killed"
    assert assert_published_as_replayed(stage) > 1_000
    assert sum(stage.ends(stage.ticks)) == stage.ledger()["read"]


def test_a_paused_process_publishes_what_an_unhurried_one_would(
    stage_of: Callable[..., Stage], tmp_path: Path
) -> None:
    """Stalls of the process and of the broker move no window: the replay gives the same bytes."""
    stage = stage_of()
    with stage.flow(tmp_path / "flow.log") as flow:
        for seed in range(3):
            feed(stage, seconds=20, seed=seed)
            flow.child.pause()
            feed(stage, seconds=2, seed=10 + seed)
            flow.child.resume()
        until(stage.read_up_to, "the flow to read up to the end")
        assert flow.stop() == 0
    assert assert_published_as_replayed(stage) > 1_000


def test_a_clean_stop_exits_zero_and_the_next_start_repeats_nothing(
    stage_of: Callable[..., Stage], tmp_path: Path
) -> None:
    """SIGTERM ends the flow with exit 0; started again it only adds."""
    stage = stage_of()
    feed(stage, seconds=5)
    for name in ("first.log", "second.log"):
        with stage.flow(tmp_path / name) as flow:
            flow.opened()
            until(stage.read_up_to, "the market")
            assert flow.stop() == 0
    assert_whole(stage.bodies("signals"))


def test_the_flow_goes_on_without_redis(
    stage_of: Callable[..., Stage], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """A Redis that hangs stops neither signals nor commands."""
    stage = stage_of()
    embedded_redis.pause()
    feed(stage, seconds=5)
    with stage.flow(tmp_path / "flow.log") as flow:
        until(stage.read_up_to, "the market")
        stage.levibot("control", "kill", "--wait")
        assert flow.stop() == 0
    embedded_redis.resume()


def test_unsigned_and_foreign_commands_change_nothing(stage_of: Callable[..., Stage], tmp_path: Path) -> None:
    """A command under another secret is refused by the flow, whatever it says of itself."""
    stage = stage_of()
    feed(stage, seconds=2)
    with stage.flow(tmp_path / "flow.log") as flow:
        until(stage.read_up_to, "the market")
        stage.but(admin_secret="another secret").levibot("control", "kill")
        stage.levibot("control", "flag.set", "ml_confid_floor", "0.6", "--wait")
        assert flow.stop() == 0
    entries = [orjson.loads(m.value()) for m in stage.read(f"journal{stage.values['topic_suffix']}")]
    commands = [entry["payload"]["command"]["cmd"] for entry in entries if entry["kind"] == "command"]
    assert commands == ["flag.set"] * 4
    assert "the signature does not match role 'admin'" in (tmp_path / "flow.log").read_text()
