"""A running API as the tests see it: its Redis, its clients, and the time they tell it."""

from __future__ import annotations

from typing import Any

import httpx
from one_shard import OneShard, at

from api.app import create_app
from connectors.embedded import EmbeddedRedis
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings

NOW = at(10.4)


class Api:
    """The API, its Redis, and what time it is."""

    def __init__(self, redis: EmbeddedRedis) -> None:
        self.redis = redis
        self.now = NOW
        self.reader = ViewReader(redis.url, timeout_s=0.5)
        settings = Settings(_env_file=None, levibot_build_sha="abc1234")
        self.app = create_app(settings, self.reader, clock=lambda: self.now)
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
