"""The engines, one a symbol, and what runs by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_markets import always_buy
from api_product import (
    MODEL,
    guarded,
    publish_account,
    publish_guard,
    publish_product,
    publish_shards,
    walked,
)
from guard.looks import World, spec
from one_shard import OneShard, at, trade
from running_api import NOW, Api

from connectors.rules_file import reactions
from connectors.settings import Settings
from models.guard.guard import Guard
from models.spec import Spec

pytestmark = pytest.mark.embedded


def test_engines_by_state(api: Api) -> None:
    """One that runs; one that was killed; one on a shard that was halted; counted by state."""
    running, killed, halted = always_buy("ADAUSDT", 0), always_buy("BNBUSDT", 1), always_buy("CRVUSDT", 2)
    killed.command("kill", scope="symbol:BNBUSDT")
    halted.command("halt")
    api.publish(running, killed, halted)
    said = api.get("/engines")
    assert [(one["engine"], one["shard"], one["state"], one["signal"]) for one in said["engines"]] == [
        ("ADAUSDT", "ticks/0000", "running", "BUY"),
        ("BNBUSDT", "ticks/0001", "killed", "HOLD"),
        ("CRVUSDT", "ticks/0002", "halted", "BUY"),
    ]
    assert said["states"] == {"running": 1, "killed": 1, "halted": 1, "stale": 0, "expired": 0}


def test_one_engine(api: Api) -> None:
    """Its model, last signal and ages; a symbol that was not seen is refused with those that were."""
    api.publish(always_buy())
    assert api.get("/engines/btcusdt") == {
        "engine": "BTCUSDT", "state": "running", "symbol": "BTCUSDT", "venue": "", "shard": "ticks/0000",
        "model": MODEL, "model_version": "constant-0.9-1.0", "signal": "BUY", "last_signal": "BUY",
        "reason": "entry", "age_s": 0.4, "written_age_s": 0.0, "level": "ok", "ts": NOW,
    }  # fmt: skip
    assert api.get("/engines/XRPUSDT", 404)["known"] == ["BTCUSDT"]


def test_silent_engines(api: Api) -> None:
    """Stale after five seconds without a signal; expired after the symbol's time to live."""
    shard = OneShard(spec=Spec(symbol_ttl_s=60))
    shard.feed(trade("OLDUSDT", 0.5, 7.0))
    shard.feed(trade("BTCUSDT", 99.5, 100.0), trade("BTCUSDT", 100.1, 100.0))
    api.publish(shard, second=100.4)
    api.now = at(104.9)
    assert [one["state"] for one in api.get("/engines")["engines"]] == ["running", "expired"]
    api.now = at(105.1)
    assert [one["state"] for one in api.get("/engines")["engines"]] == ["stale", "expired"]


def test_no_engines(api: Api) -> None:
    """Before a shard has published."""
    assert api.get("/engines")["engines"] == []
    assert api.get("/engines/BTCUSDT", 404)["known"] == []


def test_automation(api: Api, tmp_path: Path) -> None:
    """What watches, when it last looked, and what it found."""
    publish_product(api, tmp_path / "policy.json")
    said = api.get("/automation/status")
    assert (said["ok"], said["status"], said["acts"], said["killed"], said["halted"]) == (
        True, "LIVE", True, False, False,
    )  # fmt: skip
    assert said["watches"] == {
        "drift": {"every_s": 900, "last_age_s": 30.4, "level": "watch", "of": f"{MODEL}/BTCUSDT"},
        "calibration": {"every_s": 300, "last_age_s": 30.4, "ece": 11 / 80, "of": f"{MODEL}/BTCUSDT"},
        "staleness": {"last_age_s": 0.4, "staleness_s": 1.0},
    }
    assert said["tuner"] == {
        "in_use": False, "every_s": 3600, "last_age_s": None,
        "members": {"ml-fusion": 1.0, "river-logistic": 1.0},
    }  # fmt: skip
    assert (said["rollout"]["state"], said["verdicts"]) == ("idle", {"strict": None, "literal": None})
    assert said["last_signal"] == {
        "symbol": "BTCUSDT", "signal": "BUY", "model": MODEL, "ts": at(10), "age_s": 0.4,
    }  # fmt: skip
    assert said["shadow"] == {"trades": 0, "scores_24h": 0}


def test_reactions_are_those_of_the_rules(api: Api) -> None:
    """All that do more than alert, as the guard reads them."""
    rules = {r.name: list(r.actions) for r in reactions(Settings(_env_file=None).rules_file)}
    told = {one["rule"]: one["actions"] for one in api.get("/automation/status")["reactions"]}
    assert told == {name: actions for name, actions in rules.items() if actions != ["alert"]}
    assert "kill" in told["drift_kill"]


def test_shadow_counts(api: Api) -> None:
    """What the challenger has said in a day, and traded: what to look at where its logs stay empty."""
    shard = OneShard()
    shard.command("model.select", name=MODEL, **{"as": "challenger"})
    shard.feed(trade("BTCUSDT", 8.5, 100.0), trade("BTCUSDT", 10.1, 102.0))
    publish_shards(api, shard)
    publish_account(api, walked())
    said = api.get("/automation/status")
    assert (said["challenger"], said["shadow"]) == (MODEL, {"trades": 0, "scores_24h": 100})


def test_a_kill_and_a_dead_guard_are_not_ok(api: Api, tmp_path: Path) -> None:
    """Each says why."""
    shard = always_buy()
    shard.command("kill")
    api.publish(shard)
    publish_guard(api, guarded(), tmp_path / "policy.json")
    said = api.get("/automation/status")
    assert (said["ok"], said["killed"], said["guard"]["online"]) == (False, True, True)
    api.publish(always_buy(), second=13.5)
    api.now = at(13.5)
    said = api.get("/automation/status")
    assert (said["ok"], said["status"], said["killed"], said["acts"]) == (False, "STALE", False, True)


def test_a_guard_that_only_tells(api: Api, tmp_path: Path) -> None:
    """It says so, and the whole is not well."""
    world = World()
    world.seconds(10)
    many = Guard(spec(act=False)).step([world.look()])
    publish_guard(api, many, tmp_path / "policy.json")
    said = api.get("/automation/status")
    assert (said["acts"], said["ok"], said["status"]) == (False, False, "LIVE")


def test_automation_before_anything_runs(api: Api) -> None:
    """Nothing is claimed."""
    said = api.get("/automation/status")
    assert (said["ok"], said["status"], said["acts"], said["rollout"], said["last_signal"]) == (
        False, "EMPTY", None, None, None,
    )  # fmt: skip
    assert said["watches"]["drift"] == {"every_s": 900, "last_age_s": None, "level": None, "of": None}
    assert said["shadow"] == {"trades": None, "scores_24h": 0}


def test_status_tells_who_lives(api: Api, tmp_path: Path) -> None:
    """Account and guard beside the executor: offline when their last write is over three seconds old."""
    publish_product(api, tmp_path / "policy.json")
    said = api.get("/status")
    alive = {"online": True, "written_age_s": 0.0, "second": at(10) // 1_000_000_000, "lag_s": 0.4}
    assert (said["executor"], said["account"], said["guard"]) == ("online", alive, alive)
    api.now = at(13.5)
    said = api.get("/status")
    assert (said["executor"], said["account"]["online"], said["guard"]["online"]) == ("offline", False, False)
    assert said["guard"]["written_age_s"] == 3.1


def test_status_without_account_and_guard(api: Api) -> None:
    """They are offline, and nothing else is known of them."""
    api.publish(always_buy())
    unknown = {"online": False, "written_age_s": None, "second": None, "lag_s": None}
    assert (api.get("/status")["account"], api.get("/status")["guard"]) == (unknown, unknown)


@pytest.mark.parametrize("path", ["/engines", "/engines/BTCUSDT", "/automation/status"])
def test_without_redis(api_without_redis: Api, path: str) -> None:
    """503 with a reason."""
    assert api_without_redis.get(path, 503)["error"] == "redis_down"
