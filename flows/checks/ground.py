"""What the items of a checklist look at: settings, servers, the view, and what was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.kafka.topics import existing, output
from connectors.redis.reader import ViewReader
from connectors.settings import Settings
from flows.checks.site import Site, address

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where and how to look; ``drill``: a kill may be tried, ``root``: where the pages are."""

    settings: Settings
    api: Site
    prometheus: Site
    grafana: Site
    profile: str = ""
    drill: bool = False
    requests: int = 50
    timeout_s: float = 5.0
    root: Path = Path()
    clock: Callable[[], int] = time.time_ns

    def heads(self) -> dict[str, Plain]:
        """Return what each shard shows of itself; raises ``RedisDownError``."""
        with closing(ViewReader(self.settings.redis_url, timeout_s=self.timeout_s)) as reader:
            return reader.heads()

    def shards(self) -> dict[str, Plain]:
        """Return the same with ``symbols``; raises ``RedisDownError``."""
        with closing(ViewReader(self.settings.redis_url, timeout_s=self.timeout_s)) as reader:
            return reader.shards()

    def guard(self) -> Plain | None:
        """Return what the guard shows, None where there is none; raises ``RedisDownError``."""
        with closing(ViewReader(self.settings.redis_url, timeout_s=self.timeout_s)) as reader:
            return reader.guard()

    def has_topic(self, name: str) -> bool:
        """Return whether this instance has an output topic; raises ``TopicsError`` without a broker."""
        return output(name, self.settings) in existing(self.settings.kafka_bootstrap, self.timeout_s)


def ground(settings: Settings, *, api: str = "", prometheus: str, grafana: str, **more: Any) -> Ground:
    """Return the ground of these settings; raise ``SiteUrlError`` for one that is no URL."""
    timeout = more.get("timeout_s", Ground.__dataclass_fields__["timeout_s"].default)
    return Ground(
        settings=settings,
        api=Site(api or address(settings.api_host, settings.api_port), timeout),
        prometheus=Site(prometheus, timeout),
        grafana=Site(grafana, timeout),
        **more,
    )
