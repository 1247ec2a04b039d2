"""Starting it: a taken port is said, the next free one is found, and it ends on a signal."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from api.server import PortTakenError, address, listen, listen_next
from connectors.embedded import EmbeddedRedis

ROOT = Path(__file__).parent.parent.parent


def test_taken_port_is_said() -> None:
    """The message names the setting and the way out."""
    with closing(listen("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"port {port} .* API_PORT .* --port auto"):
            listen("127.0.0.1", port)


def test_next_free_port_is_the_next() -> None:
    """Taken ports are passed over one by one."""
    with (
        closing(listen_next("127.0.0.1", 18_000)) as first,
        closing(listen_next("127.0.0.1", 18_000)) as second,
    ):
        ports = [found.getsockname()[1] for found in (first, second)]
    assert 18_000 <= ports[0] < ports[1]


def test_port_0_is_any() -> None:
    """Without a wish any free port will do."""
    with closing(listen_next("127.0.0.1", 0)) as found:
        assert address(found) == f"http://127.0.0.1:{found.getsockname()[1]}"


def test_ipv6_has_brackets() -> None:
    """An address with colons is put in brackets."""
    try:
        found = listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with closing(found):
        assert address(found).startswith("http://[::1]:")


@contextmanager
def api_process(url: str, folder: Path, *arguments: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """``python -m api`` in a folder without settings of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": url, **env},
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.embedded
def test_command_serves_until_it_is_told_to_end(embedded_redis: EmbeddedRedis, tmp_path: Path) -> None:
    """``python -m api --port auto`` prints where it is, answers, and ends on SIGTERM."""
    with api_process(embedded_redis.url, tmp_path, "--port", "auto", LEVIBOT_BUILD_SHA="f00") as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        assert httpx.get(f"{found[0]}/healthz").json()["buildSha"] == "f00"
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in log


@pytest.mark.embedded
def test_a_client_that_never_finishes_its_request_holds_nobody_up(
    embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """The server ends on SIGTERM while it waits for the rest of a body."""
    head = b"POST /api/ml/score HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    with api_process(embedded_redis.url, tmp_path, "--port", "auto") as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=10) as slow:
            slow.sendall(head)
            assert slow.recv(64).startswith(b"HTTP/1.1 100")
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
    assert process.returncode == 0


def test_command_says_that_the_port_is_taken(tmp_path: Path) -> None:
    """It ends with 2 and one line, and tells no password."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with api_process("redis://u:hunter2@127.0.0.1:1/0", tmp_path, API_PORT=port) as process:
            out, log = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert "set API_PORT" in log
    assert "hunter2" not in log


def test_command_refuses_a_port_that_is_none(tmp_path: Path) -> None:
    """What is no port is said to be none."""
    with api_process("redis://127.0.0.1:1/0", tmp_path, "--port=70000") as process:
        _, log = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "--port must be a number" in log


def test_logs_are_json_when_asked_for(tmp_path: Path) -> None:
    """With LOG_FORMAT=json every line of the log is one object."""
    with api_process("redis://127.0.0.1:1/0", tmp_path, "--port=auto", LOG_FORMAT="json") as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        assert httpx.get(f"{found[0]}/status").status_code == 503
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["level"] for line in lines} == {"info", "warning"}
    assert any("Redis could not be read" in line["event"] for line in lines)
