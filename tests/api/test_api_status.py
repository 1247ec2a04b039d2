"""Status and flags say what every shard has taken in, and name the shards where they differ."""

from __future__ import annotations

import pytest
from api_markets import always_buy
from one_shard import OneShard, at, trade
from running_api import NOW, Api

pytestmark = pytest.mark.embedded

UNKNOWN = {"online": False, "written_age_s": None, "second": None, "lag_s": None}
"""Of an account or a guard that has never published."""


def test_status_of_one_shard(api: Api) -> None:
    """Desk, position, books and ages of a shard."""
    shard = always_buy()
    shard.feed(b"no json")
    api.publish(shard, second=10.3)
    said = api.get("/status")
    [row] = said.pop("shards")
    assert said == {
        "killed": False, "killed_models": [], "killed_symbols": [], "halted": False, "canary_mode": False,
        "allow_symbols": ["BTCUSDT", "ETHUSDT"], "preview": False, "rollout": {"fraction": 1.0},
        "model": {"name": "constant-0.9", "version": "constant-0.9-1.0"}, "challenger": "", "share": 0.0,
        "policy": {"entry": 0.55, "exit": 0.45}, "weights": [1.0, 1.0, 1.0], "flags": {}, "partial": {},
        "executor": "online", "events": [], "ts": NOW,
        "ledger": {"read": 4, "used": 3, "skipped": 0, "late": 0, "duplicate": 0, "invalid": 1},
        "account": UNKNOWN, "guard": UNKNOWN,
    }  # fmt: skip
    assert (row["shard"], row["topic"], row["partition"]) == ("ticks/0000", "ticks", 0)
    assert (row["offset"], row["seq"], row["second"], row["command_id"]) == (4, 1, 1_700_000_009, "c1")
    assert (row["online"], row["written_age_s"], row["lag_s"], row["dlq_size"]) == (True, 0.1, 0.3, 1)


def test_killed_only_when_all_shards_are(api: Api) -> None:
    """With one of two killed there is no single value, but each shard's; with both there is."""
    first, second = always_buy(partition=0), always_buy(partition=1)
    first.command("kill")
    api.publish(first, second)
    said = api.get("/status")
    assert said["killed"] is None
    assert said["partial"] == {"killed": {"ticks/0000": True, "ticks/0001": False}}
    assert [(row["shard"], row["killed"], row["killed_by"]) for row in said["shards"]] == [
        ("ticks/0000", True, "ops"), ("ticks/0001", False, ""),
    ]  # fmt: skip
    second.command("kill")
    api.publish(first, second)
    said = api.get("/status")
    assert (said["killed"], said["partial"]) == (True, {})


def test_operators_settings_are_shown(api: Api) -> None:
    """What was commanded is what is read back."""
    shard = always_buy()
    shard.command("canary", enabled=True, symbols=["SOLUSDT"])
    shard.command("rollout", phase=0.1)
    shard.command("policy.set", entry=0.6, exit=0.4)
    shard.command("weights.set", parts=[2, 1, 1])
    shard.command("flag.set", key="max_daily_loss", value=-300.0)
    shard.command("halt")
    api.publish(shard)
    said = api.get("/status")
    assert (said["canary_mode"], said["allow_symbols"], said["halted"]) == (True, ["SOLUSDT"], True)
    assert (said["rollout"], said["policy"]) == ({"fraction": 0.1}, {"entry": 0.6, "exit": 0.4})
    assert (said["weights"], said["flags"]) == ([2.0, 1.0, 1.0], {"max_daily_loss": -300.0})


def test_events_come_newest_first_with_their_age(api: Api) -> None:
    """Staleness and fallback episodes of all shards."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.0, 100.0))
    shard.beat(70)
    api.publish(shard)
    api.now = at(71)
    events = api.get("/status")["events"]
    assert [(e["shard"], e["topic"], e["event"], e["age_s"]) for e in events] == [
        ("ticks/0000", "staleness", "crossed", 10.0),
        ("ticks/0000", "fallback", "enter", 10.0),
        ("ticks/0000", "staleness", "crossed", 40.0),
    ]


def test_status_without_shards(api: Api) -> None:
    """Nothing is claimed before a flow has published."""
    said = api.get("/status")
    assert (said["killed"], said["shards"], said["ledger"], said["executor"]) == (None, [], {}, "offline")


def test_flags(api: Api) -> None:
    """The flags hold killed, the canary and what was set; a flag on which shards differ is partial."""
    first, second = always_buy(partition=0), always_buy(partition=1)
    for shard in (first, second):
        shard.command("kill")
        shard.command("flag.set", key="ml_confid_floor", value=0.6)
    first.command("flag.set", key="max_open_positions", value=3)
    api.publish(first, second)
    said = api.get("/admin/flags")
    assert said["flags"] == {
        "killed": True, "halted": False, "canary_mode": False, "allow_symbols": ["BTCUSDT", "ETHUSDT"],
        "preview": False, "ml_confid_floor": 0.6, "max_open_positions": None,
    }  # fmt: skip
    assert said["partial"] == {"max_open_positions": {"ticks/0000": 3, "ticks/0001": None}}


@pytest.mark.parametrize(("symbol", "allowed"), [("BTCUSDT", True), ("solusdt", False)])
def test_canary_says_who_is_allowed(api: Api, symbol: str, allowed: bool) -> None:
    """With the canary on, only its symbols are."""
    shard = always_buy()
    shard.command("canary", enabled=True)
    api.publish(shard)
    said = api.get(f"/admin/health?symbol={symbol}")
    assert (said["canary_mode"], said["symbol"], said["allowed"]) == (True, symbol.upper(), allowed)


def test_versions(api: Api) -> None:
    """Feature schema and active model; the fallback's, flagged, while nothing is published."""
    before = api.get("/api/ml/version")
    assert (before["featureVersion"], before["modelVersion"], before["_mock"], before["fallback"]) == (
        "v2.0", "stub-sine-1.0", True, True,
    )  # fmt: skip
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 9.5, 100.0), trade("BTCUSDT", 10.1, 100.0))
    api.publish(shard)
    assert api.get("/api/ml/version") == {
        "featureVersion": "v2.0", "model": "ml-fusion", "modelVersion": "ml-fusion-1.2",
        "status": "LIVE", "_mock": False, "fallback": False,
    }  # fmt: skip
