"""The audit over HTTP, by GET and by the owner's POST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_product import publish_product
from one_shard import at
from running_api import NOW, Api

from connectors.redis import keys
from connectors.redis.writer import ViewWriter

pytestmark = pytest.mark.embedded


def refusal(n: int, reason: str) -> dict[str, Any]:
    return {"id": f"r{n}", "ts": at(n / 10), "event": "command", "cmd": "kill", "reason": reason}


def record(api: Api, log: keys.Log, *bodies: dict[str, Any]) -> None:
    with ViewWriter(api.redis.url, timeout_s=10.0) as writer:
        writer.record(log, bodies)


def test_scores_and_commands(api: Api, tmp_path: Path) -> None:
    """Newest first, each with its action and what went wrong, if anything."""
    publish_product(api, tmp_path / "policy.json")
    said = api.get("/api/audit/list")
    assert [(one["action"], one["_err"], one["age_s"]) for one in said["items"]] == [
        ("ml.score", None, 0.4),
        ("ml.score", None, 0.4),
        ("command", None, 120.4),
        ("command", "the signature does not match", 120.4),
    ]
    assert said["items"][0]["context"] == {"confid": 0.9, "prob": 0.9, "fallback": False}
    assert (said["items"][2]["cmd"], said["items"][2]["actor"]) == ("flag.set", "ops")
    assert (said["count"], said["actions"], said["errors"]) == (4, {"command": 2, "ml.score": 2}, 1)
    assert said["top_errors"] == [{"group": "the signature does not match", "count": 1}]
    assert "sig" not in str(said["items"][2]["args"])


def test_top_errors_are_three_groups(api: Api) -> None:
    """A reason without its details is one group; the most frequent first, ties by name."""
    reasons = ["repeat: number 1", "repeat: number 2", "unknown role: x", "stale", "late", "", "stale"]
    record(api, keys.COMMANDS, *(refusal(n, reason) for n, reason in enumerate(reasons)))
    said = api.get("/api/audit/list")
    assert said["errors"] == 6
    assert said["top_errors"] == [
        {"group": "repeat", "count": 2}, {"group": "stale", "count": 2}, {"group": "late", "count": 1},
    ]  # fmt: skip


def test_post_says_the_same(api: Api) -> None:
    """As curl sends it, with and without its header, and with no body at all."""
    record(api, keys.COMMANDS, *(refusal(n, "") for n in range(120)))
    got = api.get("/api/audit/list?limit=7")
    assert [one["id"] for one in got["items"]] == [f"r{n}" for n in range(119, 112, -1)]
    for headers in (
        {"content-type": "application/json"},
        {"content-type": "application/x-www-form-urlencoded"},
    ):
        posted = api.client.post("/api/audit/list", content=b'{"limit":7}', headers=headers)
        assert (posted.status_code, posted.json()) == (200, got)
    assert api.client.post("/api/audit/list").json()["count"] == 100
    assert api.client.post("/api/audit/list", content=b"{}").json() == api.get("/api/audit/list")


def test_ten_thousand_items(api: Api) -> None:
    """As many as are kept come in one answer."""
    record(
        api, keys.SCORES, *({"id": str(n), "ts": at(n / 1_000), "action": "ml.score"} for n in range(10_050))
    )
    said = api.get("/api/audit/list?limit=10000")
    assert (said["count"], said["items"][0]["id"], said["items"][-1]["id"]) == (10_000, "10049", "50")


@pytest.mark.parametrize("body", [b"[]", b"7", b'{"limit":0}', b'{"limit":10001}', b'{"limit":"5"}',
                                  b'{"limit":true}', b'{"limit":1.5}', b"{", b"limit=5"])  # fmt: skip
def test_bad_bodies(api: Api, body: bytes) -> None:
    """Are refused with what a body looks like."""
    answer = api.client.post("/api/audit/list", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_body")


@pytest.mark.parametrize("limit", ["0", "10001", "x"])
def test_bad_limits(api: Api, limit: str) -> None:
    """Likewise."""
    assert api.get(f"/api/audit/list?limit={limit}", 400)["parameter"] == "limit"


def test_an_empty_audit(api: Api) -> None:
    """Is a list without items."""
    assert api.get("/api/audit/list") == {
        "count": 0, "actions": {}, "errors": 0, "top_errors": [], "items": [], "ts": NOW,
    }  # fmt: skip


def test_without_redis(api_without_redis: Api) -> None:
    """503 with a reason."""
    assert api_without_redis.get("/api/audit/list", 503)["error"] == "redis_down"
