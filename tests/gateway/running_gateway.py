"""A running API with its gateway on, over an embedded broker whose two shards answer as the flow's would."""

from __future__ import annotations

import faulthandler
import itertools
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
from one_shard import until

from api.app import create_app
from api.server import address, listen, server
from connectors.codecs.wire import encode_entry
from connectors.kafka.clients import producer, reader
from connectors.kafka.control_feed import feed_of
from connectors.kafka.reading import ends, read_range
from connectors.redis.reader import ViewReader
from connectors.settings import Settings
from models.control.commands import Command
from models.journal.entry import COMMAND, Entry

SECRET = "a secret for tests, long enough"
KEYS = {"admin": "admin-key-for-tests", "trader": "trader-key-for-tests", "viewer": "viewer-key-for-tests"}
ENDS_S = 60.0
NETWORK, STRANGER = "198.51.100.0/24", "203.0.113.9"


def settings(bootstrap: str, folder: Path, **more: Any) -> Settings:
    """Return the settings of a gateway behind a proxy on this machine."""
    chosen: dict[str, Any] = {
        "kafka_bootstrap": bootstrap, "admin_secret": SECRET, "partitions": 2,
        "audit_file": folder / "audit.log", "registry_file": folder / "registry.json",
        "ip_allowlist": f"127.0.0.1,{NETWORK}",
        "trusted_proxies": "127.0.0.1", "ack_timeout_s": 20, "redis_url": "redis://127.0.0.1:1/0",
    } | {f"{role}_key": key for role, key in KEYS.items()}  # fmt: skip
    return Settings(_env_file=None, **(chosen | more))


class Shards:
    """Journals each accepted command for the shards that are not ``silent``."""

    def __init__(self, config: Settings) -> None:
        self.silent: set[int] = set()
        self._config, self._ending = config, threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._feed = feed_of(config, quiet=True)
        self._thread.start()

    def commands(self, actor: str) -> list[Command]:
        """Return what was sent by somebody."""
        with closing(feed_of(self._config, quiet=True)) as feed:
            return [command for _, _, command in feed.since(0) if command.actor == actor]

    def close(self) -> None:
        """Answer no more."""
        self._ending.set()
        self._thread.join()
        self._feed.close()

    def _work(self) -> None:
        client, offset = producer(self._config.kafka_bootstrap, linger_ms=0, enable_idempotence=False), 0
        while not self._ending.wait(0.005):
            self._feed.poll()
            for at, ts, command in self._feed.since(offset):
                entry = Entry(0, at, 40, COMMAND, {"command": command.as_dict(), "ts": ts}, at)
                for shard in {0, 1} - self.silent:
                    client.produce("journal", encode_entry(entry), partition=shard)
                offset = at + 1
            client.flush(1)


class Caller:
    """Somebody with an address of their own, so that no limit is shared."""

    _hosts = itertools.count(1)

    def __init__(self, url: str, host: str = "") -> None:
        self.host = host or f"198.51.100.{next(self._hosts)}"
        self.client = httpx.Client(base_url=url, timeout=60, headers={"X-Forwarded-For": self.host})

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Post a body as ``curl -d`` does, or none."""
        content = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        return self.client.post(path, content=content, headers=headers)

    def log_in(self, role: str, user: str = "") -> Caller:
        """Take on a role by its key, as a token."""
        body = {"key": KEYS[role]} | ({"user": user} if user else {})
        token = self.post("/auth/login", body).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        return self


class Running:
    """The served API."""

    def __init__(self, config: Settings, url: str, app: Any) -> None:
        self.config, self.url, self.app = config, url, app
        self._callers: list[Caller] = []

    def caller(self, host: str = "") -> Caller:
        """Return somebody new."""
        self._callers.append(Caller(self.url, host))
        return self._callers[-1]

    def close(self) -> None:
        """Let all callers go."""
        for caller in self._callers:
            caller.client.close()

    def file(self, host: str) -> list[dict[str, Any]]:
        """Return the lines of the audit file about a caller."""
        lines = self.config.audit_file.read_bytes().splitlines()
        return [body for body in map(orjson.loads, lines) if body["ip"] == host]

    def published(self) -> list[dict[str, Any]]:
        """Return the records of the audit topic."""
        with closing(reader(self.config.kafka_bootstrap)) as client:
            found = read_range(client, "audit.gateway", 0, *ends(client, "audit.gateway", 0))
            return [orjson.loads(message.value() or b"") for message in found]

    def recent(self, host: str) -> list[dict[str, Any]]:
        """Return the items at hand about a caller, oldest first."""
        return [body for body in reversed(self.app.state.gateway.recent(1_000)) if body["ip"] == host]


@contextmanager
def running(config: Settings) -> Iterator[Running]:
    """Serve the API of these settings."""
    with closing(ViewReader(config.redis_url)) as view:
        app = create_app(config, view)
        socket = listen("127.0.0.1", 0)
        serving = server(app)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [socket]})
        thread.start()
        until(lambda: serving.started)
        try:
            with closing(Running(config, address(socket), app)) as found:
                yield found
        finally:
            serving.should_exit = True
            thread.join(ENDS_S)
            if thread.is_alive():
                faulthandler.dump_traceback(all_threads=True)
            assert not thread.is_alive(), "the API does not end; what its threads wait for is on stderr"
            if app.state.gateway:
                app.state.gateway.close()
