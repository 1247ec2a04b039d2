"""A running API as the tests see it: its Redis, its clients, and the time they tell it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from one_shard import OneShard, at, until

from api.app import create_app
from api.server import address, listen, server
from connectors.embedded import EmbeddedRedis
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings

NOW = at(10.4)
REPORTS = Path(__file__).with_name("sample_reports")


class Api:
    """The API, its Redis, and what time it is."""

    def __init__(self, redis: EmbeddedRedis, **settings: Any) -> None:
        self.redis = redis
        self.now = NOW
        self.reader = ViewReader(settings.get("redis_url", redis.url), timeout_s=0.5)
        usual = {"levibot_build_sha": "abc1234", "predict_per_minute": 0, "reports_dir": REPORTS}
        chosen = usual | settings
        self.app = create_app(Settings(_env_file=None, **chosen), self.reader, clock=lambda: self.now)
        self.client: httpx.Client

    def publish(self, *shards: OneShard, second: float = 10.4) -> None:
        """Publish the shards' views as a flow would at that second."""
        with ViewWriter(self.redis.url, timeout_s=10.0, clock=lambda: at(second)) as writer:
            for shard in shards:
                writer.put(shard.shard.key, shard.view.as_dict())

    def get(self, path: str, status: int = 200) -> Any:
        """Return the JSON of an answer that has this status."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/json"
        return answer.json()


@contextmanager
def served(api: Api) -> Iterator[Api]:
    """Serve an API on a free port, with a client for it."""
    socket = listen("127.0.0.1", 0)
    serving = server(api.app)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [socket]})
    thread.start()
    until(lambda: serving.started)
    try:
        with httpx.Client(base_url=address(socket), timeout=10) as api.client:
            yield api
    finally:
        serving.should_exit = True
        thread.join()
        api.reader.close()
