"""Items that look at what topics have kept: commands on record, a canary that was run; files of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.clients import producer
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings, settings
from flows.checks.ground import Ground, ground
from flows.checks.items.commands_taken import audit_works, kill_test
from flows.checks.items.history import canary_tested, deciles_csv_there
from flows.commands.export import app
from tests.flows.running import Stage, until
from tests.monitoring.monitor_records import calibration, figures
from tests.one_shard import OneShard, trade

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:1"
NS = 10**9
TOPICS = ("audit.guard", "rollout", "calibration")


class Kept:
    """A broker with topics, a Redis, and the ground of both."""

    def __init__(self, broker: EmbeddedBroker, redis: EmbeddedRedis) -> None:
        self.redis = redis
        self.settings = Settings(
            _env_file=None, kafka_bootstrap=broker.bootstrap, redis_url=redis.url,
            rules_file=ROOT / "configs" / "rules.yml",
        )  # fmt: skip
        self._producer = producer(broker.bootstrap, linger_ms=0)

    def publish(self, topic: str, *bodies: dict[str, Any]) -> None:
        """Publish records as their flow would."""
        for body in bodies:
            self._producer.produce(topic, orjson.dumps(body), partition=0)
        assert self._producer.flush(20) == 0

    def show(self) -> dict[str, Any]:
        """Show a shard of the model ml-fusion in the view, and return its desk."""
        shard = OneShard()
        shard.command("model.select", name="ml-fusion")
        shard.feed(trade("BTCUSDT", 1, 100.0), trade("BTCUSDT", 2, 100.0))
        view: dict[str, Any] = shard.view.as_dict()
        with ViewWriter(self.redis.url, timeout_s=10.0) as writer:
            writer.put("ticks/0000", view)
        return dict(view["desk"])

    def ground(self, profile: str = "", **config: Any) -> Ground:
        """Return the ground, some settings changed."""
        chosen = Settings(_env_file=None, **(self.settings.model_dump() | config))
        return ground(chosen, api=NOWHERE, prometheus=NOWHERE, grafana=NOWHERE, root=ROOT, profile=profile)


@pytest.fixture
def kept(embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis) -> Kept:
    """Empty topics, an empty view."""
    return Kept(embedded_broker(dict.fromkeys(TOPICS, 1)), embedded_redis)


def command(ordinal: int, accepted: bool) -> dict[str, Any]:
    """Return what is looked at of a command on record."""
    return {"event": "command", "ordinal": ordinal, "ts": ordinal * NS, "accepted": accepted}


def test_an_accepted_and_a_refused_command_are_the_proof_of_the_audit(kept: Kept) -> None:
    """One alone proves half of it."""
    kept.publish("audit.guard", command(0, True), command(1, True))
    assert audit_works(kept.ground()).evidence == "2 accepted and 0 refused commands on record"
    assert audit_works(kept.ground()).state == "failed"
    kept.publish("audit.guard", command(2, False))
    assert audit_works(kept.ground()).state == "passed"
    assert audit_works(kept.ground(topic_suffix="-other")).state == "unknown"


def move(
    ordinal: int, second: int, event: str, before: str, after: str, profile: str = "runbook"
) -> dict[str, Any]:
    """Return what is looked at of a move of a rollout."""
    told = {"event": event, "from": before, "to": after, "profile": profile}
    return told | {"ordinal": ordinal, "ts": second * NS}


def test_a_canary_that_lasted_its_time_was_tested(kept: Kept) -> None:
    """Fifteen minutes in the runbook; another profile's says nothing."""
    ground = kept.ground("runbook")
    kept.publish("rollout", move(0, 0, "entered", "", "canary", "spark"), move(1, 0, "entered", "", "canary"))
    assert canary_tested(ground).evidence == "phase 'canary' was never left for the next one"
    kept.publish("rollout", move(2, 899, "entered", "canary", "100 %"))
    assert canary_tested(ground).state == "failed"
    kept.publish(
        "rollout", move(3, 1_000, "entered", "", "canary"), move(4, 1_900, "entered", "canary", "100 %")
    )
    assert canary_tested(ground).evidence == "phase 'canary' lasted 15m of 15m, then the next was entered"
    assert canary_tested(ground).state == "passed"
    assert canary_tested(kept.ground()).state == "unknown"


def test_ten_deciles_of_the_model_in_use_are_there_as_csv(kept: Kept) -> None:
    """Fewer are not enough yet; another model's are none."""
    kept.show()

    def told(deciles: int, second: int, model: str = "ml-fusion") -> dict[str, Any]:
        ten = [{"n": int(place < deciles), "up": 0, "prob": 0.5} for place in range(10)]
        return calibration("BTCUSDT", second, model=model, day=figures({5: (9, 9, 4, 4.5)}, deciles=ten))

    kept.publish("calibration", told(10, 300, "other"))
    assert deciles_csv_there(kept.ground()).state == "unknown"
    kept.publish("calibration", told(9, 600))
    assert deciles_csv_there(kept.ground()).evidence == "ml-fusion on BTCUSDT: 9 of 10 deciles hold outcomes"
    kept.publish("calibration", told(10, 900))
    found = deciles_csv_there(kept.ground())
    assert found.state == "passed"
    assert "10 rows as CSV" in found.evidence


@pytest.fixture
def environment(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of that Redis."""
    monkeypatch.setenv("REDIS_URL", kept.redis.url)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_desk_in_force_is_kept_as_files(kept: Kept, environment: None, tmp_path: Path) -> None:
    """Whole, and in the form that a new shard can begin with; without a shard there is none."""
    done = CliRunner().invoke(app, ["flags", "--out", str(tmp_path), "--json"])
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "no shard shows its desk" in done.stderr
    desk = kept.show()
    done = CliRunner().invoke(app, ["flags", "--out", str(tmp_path), "--json"], catch_exceptions=False)
    found = orjson.loads(done.stdout)
    told = orjson.loads(Path(found["desk"]).read_bytes())
    assert (told["desk"], told["shards"]) == (desk, ["ticks/0000"])
    assert yaml.safe_load(Path(found["flags"]).read_text())["model"] == "ml-fusion"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_drill_kills_and_un_kills_a_running_flow(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Every shard acknowledges both; one that is killed already is left as it is."""
    stage = Stage("nowhere", embedded_redis.url, partitions="2")
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)

    def drill() -> Any:
        where = ground(stage.settings, api=NOWHERE, prometheus=NOWHERE, grafana=NOWHERE, drill=True)
        return kill_test(where), where

    with stage.flow(tmp_path / "flow.log") as flow:
        flow.opened()
        seen, where = drill()
        assert seen.state == "passed"
        assert seen.evidence.endswith("every shard acknowledged both")
        stage.levibot("control", "kill", "--wait")
        until(lambda: all(h["desk"]["killed"] for h in where.heads().values()), "the view to show the kill")
        assert drill()[0].state == "unknown"
        assert all(head["desk"]["killed"] for head in where.heads().values())
        assert flow.stop() == 0
