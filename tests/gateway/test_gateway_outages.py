"""What the gateway does without its broker, without its file, after a restart, and in a flood."""

from __future__ import annotations

from pathlib import Path

import pytest
from running_gateway import Running, Shards, running, settings

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.topics import planned

pytestmark = pytest.mark.embedded


@pytest.mark.slow
def test_without_a_broker_a_command_is_503_and_on_record_in_the_file(tmp_path: Path) -> None:
    """Logging in needs none; the answer tells another way."""
    with running(settings("127.0.0.1:1", tmp_path)) as gateway:
        caller = gateway.caller().log_in("admin")
        answer = caller.post("/admin/kill")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert (answer.json()["ok"], answer.json()["error"]) == (False, "kafka_down")
        assert "levibot control kill" in answer.json()["message"]
        assert [body["outcome"] for body in gateway.file(caller.host)] == ["done", "failed"]


@pytest.mark.slow
def test_a_kill_is_sent_even_where_the_topics_are_not_as_planned(tmp_path: Path) -> None:
    """Nobody can be asked whether it is taken in; another command is not sent."""
    topics = {plan.name: plan.partitions for plan in planned(settings("-", tmp_path))} | {"journal": 1}
    with EmbeddedBroker(topics) as broker, running(settings(broker.bootstrap, tmp_path)) as gateway:
        caller, shards = gateway.caller().log_in("admin", "nora"), Shards(gateway.config)
        kill, canary = caller.post("/admin/kill"), caller.post("/admin/canary/on")
        assert (kill.status_code, kill.json()["error"]) == (504, "shards_unknown")
        assert "levibot topics" in kill.json()["message"]
        assert (canary.status_code, canary.json()["error"]) == (503, "kafka_down")
        assert [(one.cmd, one.id) for one in shards.commands("nora")] == [("kill", kill.json()["id"])]
        shards.close()


def test_a_file_that_cannot_be_written_holds_no_kill_up(
    gateway: Running, shards: Shards, tmp_path: Path
) -> None:
    """The loss is counted, and the topic has the record."""
    (tmp_path / "audit.log").mkdir()
    with running(settings(gateway.config.kafka_bootstrap, tmp_path)) as other:
        caller = other.caller("198.51.100.250").log_in("admin", "olga")
        assert caller.post("/admin/kill").status_code == 200
        mine = [body for body in other.published() if body["ip"] == caller.host]
        assert [body["cmd"] for body in mine] == ["", "kill"]
        assert "levibot_gateway_audit_lost_total 2.0" in caller.client.get("/metrics").text


def test_after_a_restart_the_newest_records_are_at_hand_again(gateway: Running) -> None:
    """From the file; and a session goes on, since its key is the same."""
    caller = gateway.caller().log_in("viewer", "paul")
    with running(gateway.config) as again:
        assert again.recent(caller.host) == gateway.recent(caller.host) != []
        later = again.caller(caller.host)
        later.client.headers["Authorization"] = caller.client.headers["Authorization"]
        assert later.client.get("/auth/me").json()["user"] == "paul"


def test_a_flood_of_refusals_is_counted_and_thinned(gateway: Running) -> None:
    """Of a hundred some twenty have a record, and the last of these tells of most."""
    caller = gateway.caller("203.0.113.77")
    assert [caller.post("/admin/kill").status_code for _ in range(100)] == [403] * 100
    assert [body["refusals"] for body in gateway.file(caller.host)] == [*range(1, 21), 32, 64]


def test_requests_are_in_the_list_of_the_audit(
    gateway: Running, embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Newest first among the commands and scores, with why they were refused."""
    shown = gateway.config.model_copy(
        update={"redis_url": embedded_redis.url, "audit_file": tmp_path / "audit.log"}
    )
    with running(shown) as other:
        caller = other.caller().log_in("viewer", "rosa")
        caller.post("/admin/kill")
        found = caller.post("/api/audit/list", {"limit": 5}).json()
    assert [(one["action"], one["user"], one["_err"]) for one in found["items"]] == [
        ("request", "rosa", "role 'viewer' may not send kill"),
        ("request", "rosa", None),
    ]
    assert found["top_errors"] == [{"group": "role 'viewer' may not send kill", "count": 1}]
