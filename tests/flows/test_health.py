"""The flow's own port: health, metrics, and a client that says nothing."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry, Gauge

from flows.health import HealthServer


@pytest.fixture
def server() -> HealthServer:
    """Return a server on a free port, with one metric."""
    registry = CollectorRegistry()
    Gauge("levibot_test", "A metric.", registry=registry).set(7)
    return HealthServer("127.0.0.1", 0, registry, lambda: {"ok": True})


def get(server: HealthServer, path: str) -> bytes:
    """Return the body of an answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
        body: bytes = answer.read()
        return body


def test_health_and_metrics_are_served_and_nothing_else(server: HealthServer) -> None:
    """``/health`` is the status as JSON, ``/metrics`` the registry as text, all else 404."""
    assert json.loads(get(server, "/health")) == {"ok": True}
    assert b"levibot_test 7.0" in get(server, "/metrics")
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(server, "/admin")
    assert refused.value.code == 404
    refused.value.close()
    server.close()


def test_a_silent_client_holds_up_neither_others_nor_the_end(server: HealthServer) -> None:
    """A connection without a request is nobody's problem."""
    with socket.create_connection(("127.0.0.1", server.port)):
        assert json.loads(get(server, "/health")) == {"ok": True}
        server.close()
