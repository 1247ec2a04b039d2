"""Where a marathon is run: one Kafka and one Redis for all, topics, state and processes for each run."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from connectors.embedded import EmbeddedRedis, RealKafka, free_port
from connectors.kafka.clients import admin
from connectors.kafka.topics import create
from connectors.settings import Settings
from flows.chaos.arena import Place

PATIENT_S = "600"
"""No shard is given up as silent or as behind because the machine is slow."""


class Services:
    """A broker and a Redis, and the folder in which everything of a trial lies."""

    def __init__(self, bootstrap: str, redis_url: str, scratch: Path) -> None:
        self.topics: list[str] = []
        """Those that were made."""
        self._bootstrap = bootstrap
        self._redis = redis_url.removesuffix("/0")
        self._scratch = scratch
        self._mark = secrets.token_hex(3)

    @property
    def models(self) -> Settings:
        """Return the settings of where bundles are."""
        return Settings(_env_file=None, **self._models)  # type: ignore[call-arg, arg-type]

    @property
    def _models(self) -> dict[str, str]:
        return {
            "models_dir": str(self._scratch / "models"),
            "registry_file": str(self._scratch / "registry.json"),
        }

    def place(self, name: str, incumbent: str, number: int) -> Place:
        """Make topics of its own for the run of that number, and return its settings."""
        folder, suffix = self._scratch / name, f"-{name}-{self._mark}"
        folder.mkdir()
        values = {
            **self._models, "kafka_bootstrap": self._bootstrap, "redis_url": f"{self._redis}/{number}",
            "log_format": "json",
            "admin_secret": secrets.token_hex(16), "partitions": "1", "model": incumbent,
            "recorded_ticks": "true", "tick_topics": f"ticks{suffix}", "control_topic": f"control{suffix}",
            "topic_suffix": suffix, "paper_behind_after_s": PATIENT_S, "guard_silent_after_s": PATIENT_S,
            "api_port": str(free_port()), "canary_policy_file": str(folder / "canary_policy.json"),
        }  # fmt: skip
        place = Place(values, folder)
        self.topics += [plan.name for plan in create(place.settings)]
        return place


@contextmanager
def services(scratch: Path, bootstrap: str = "") -> Iterator[Services]:
    """Start what is not running yet, and end it afterwards; on another's broker, delete the topics again."""
    with ExitStack() as stack:
        redis = stack.enter_context(EmbeddedRedis())
        at = bootstrap or stack.enter_context(RealKafka(scratch / "kafka")).bootstrap
        found = Services(at, redis.url, scratch)
        if bootstrap:
            stack.callback(_delete, bootstrap, found.topics)
        yield found


def _delete(bootstrap: str, topics: list[str]) -> None:
    client = admin(bootstrap)
    for future in client.delete_topics(topics).values() if topics else ():
        future.result()
