"""The API only reads; what it refuses it refuses in words, and every answer carries the guarding headers."""

from __future__ import annotations

import logging

import pytest
from api_markets import always_buy
from running_api import Api

from api.http.security import HEADERS
from connectors.redis import keys
from connectors.redis.connection import connect

pytestmark = pytest.mark.embedded

NEEDING_REDIS = ("/status", "/symbols", "/signals/BTCUSDT", "/admin/flags", "/admin/health")


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/admin/kill", "kill"),
        ("/admin/unkill", "unkill"),
        ("/ml/kill?enabled=true", "kill"),
        ("/ai/select", "model.select"),
        ("/admin/canary/on", "canary"),
        ("/admin/set-flag?key=a&value=b", "flag.set"),
        ("/paper/order", "paper.order"),
    ],
)
def test_writing_paths_name_their_control_command(api: Api, path: str, command: str) -> None:
    """405, with the command that does it."""
    answer = api.client.post(path, json={})
    assert (answer.status_code, answer.json()["control"]) == (405, command)
    assert command in answer.json()["message"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/ai/predict?symbol=BTCUSDT", "/nowhere"])
def test_only_reading_methods(api: Api, method: str, path: str) -> None:
    """Everything but GET and HEAD is refused, wherever it goes."""
    answer = api.client.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/healthz", "/symbols", "/metrics", "/docs"])
def test_head_is_get_without_its_body(api: Api, path: str) -> None:
    """Same status, type and length, nothing after it."""
    api.publish(always_buy())
    head, full = api.client.head(path), api.client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == full.headers["content-type"]
    assert int(head.headers["content-length"]) > 0


def test_unknown_path(api: Api) -> None:
    """404 says where the paths are listed."""
    assert "/docs" in api.get("/nowhere", 404)["message"]


@pytest.mark.parametrize("path", NEEDING_REDIS)
def test_redis_down_is_503_with_a_reason(api_without_redis: Api, path: str) -> None:
    """What cannot be answered without the view says so, without telling addresses."""
    said = api_without_redis.get(path, 503)
    assert (said["error"], "Redis" in said["message"]) == ("redis_down", True)
    assert "127.0.0.1" not in str(said)


def test_answers_return_with_redis(api: Api) -> None:
    """After an outage the next request is answered as before."""
    api.publish(always_buy())
    api.redis.pause()
    api.get("/symbols", 503)
    api.redis.resume()
    assert api.get("/symbols")["count"] == 1


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/symbols", "/ai/predict", "/docs"])
def test_guarding_headers(api: Api, path: str) -> None:
    """They are on good and bad answers alike; a page may loosen only the policy of its style."""
    found = api.client.get(path).headers
    for name in HEADERS.keys() - {"Content-Security-Policy"}:
        assert found[name] == HEADERS[name]
    assert found["Content-Security-Policy"].startswith("default-src 'none'")
    assert "server" not in found


def test_defect_is_500_without_its_details(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """What no one foresaw is logged, counted, and not shown."""
    caplog.set_level(logging.CRITICAL, logger="uvicorn.error")
    api.publish(always_buy())
    with connect(api.redis.url, 1.0) as client:
        client.hset(keys.shard("ticks/0000"), keys.symbol("ETHUSDT"), "{}")
        # the server may drop the connection after a defect, so the next request must not reuse it
        said = api.client.get("/symbols", headers={"Connection": "close"})
        client.flushall()
    assert (said.status_code, said.json()["error"]) == (500, "defect")
    assert "KeyError" not in said.text
    assert said.headers["X-Frame-Options"] == "DENY"
    assert 'levibot_errors_total{stage="api"} 1.0' in api.client.get("/metrics").text
