"""What follows a delivered record of the guard: its view in Redis, the mirrored policy, metrics, the log."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import structlog
from prometheus_client.core import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from connectors.bundles.atomic import write
from connectors.metrics.families import counter
from connectors.metrics.from_guard import guard_families
from connectors.redis.keys import ALERTS as ALERTS_KEPT
from connectors.redis.keys import COMMANDS
from connectors.redis.series import points
from connectors.redis.writer import ViewWriter
from models.guard.records import ALERTS, AUDIT, ROLLOUT, Guarded
from models.judge.records import Shard

_LOG = structlog.get_logger()
OLD_S = 30.0
"""A look is taken every five seconds where nothing comes at all; an older one is too old."""
View = dict[str, Any]


class GuardShown:
    """Called by the sink, in order, with what the broker has acknowledged."""

    def __init__(
        self,
        writer: ViewWriter,
        registry: CollectorRegistry,
        policy: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._writer = writer
        self._policy = policy
        self._clock = clock
        self._mirrored: bytes = b""
        self._view: View = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._next: dict[str, int] = {}  # ordinals, by topic
        self._updated_at = self._clock()
        registry.register(_Metrics(self))

    def __call__(self, guard: Shard, many: list[Guarded]) -> None:
        """Bring the view up to date, and tell of what is new; a record that was seen is passed over."""
        for guarded in many:
            for topic, _, body, _ in guarded.records:
                assert isinstance(body, dict)
                if body["ordinal"] >= self._next.get(topic, 0):
                    self._next[topic] = body["ordinal"] + 1
                    self._counts[topic, body["event"]] += 1
                    if topic in _KEPT:
                        self._writer.record(_KEPT[topic], [body])
                    _tell(topic, body)
            if guarded.view is not None:
                self._view = dict(guarded.view)
            for second, samples in guarded.measured:
                self._writer.append(points(second, samples))
        self._updated_at = self._clock()
        if self._view:
            self._writer.put(guard.key, self._view | {"symbols": {}})
            self._mirror()

    def status(self) -> View:
        """Return the state of this process for its ``/health``."""
        return {
            "why": self._why(), "updated_at": self._updated_at, "second": self._view.get("second"),
            "rollout": self._view.get("rollout"), "alerts": len(self._view.get("alerts", [])),
            "view": self._writer.stats()._asdict(),
        }  # fmt: skip

    def _why(self) -> str | None:
        age = self._clock() - self._updated_at
        return f"the last look is {age:.0f} s old" if age > OLD_S else None

    def families(self) -> Iterator[Metric]:
        """Yield the metrics."""
        yield counter("levibot_guard_records_total", dict(self._counts))
        yield from guard_families(self._view)

    def _mirror(self) -> None:
        """Keep the rollout's state in a file for people and scripts, written where it has changed."""
        rolled, desk = self._view["rollout"], self._view["desk"]
        content = orjson.dumps(
            {
                "enabled": rolled["state"] in ("running", "waiting", "paused", "suspended") or desk["canary"],
                "profile": rolled["profile"],
                "state": rolled["state"],
                "phase": rolled["phase"],
                "run": rolled["run"],
                "model": rolled["model"],
                **{name: desk[name] for name in _POLICY},
            },
            option=orjson.OPT_INDENT_2,
        )
        if content != self._mirrored:
            self._mirrored = content
            write(self._policy, content + b"\n")


_KEPT = {ALERTS: ALERTS_KEPT, AUDIT: COMMANDS}
"""The log in which the view keeps a topic's records."""
_POLICY = ("canary", "canary_symbols", "preview", "fraction", "challenger", "share", "killed")


def _tell(topic: str, body: View) -> None:
    if topic == ALERTS:
        _LOG.warning("alert", what=body["event"], **{name: body[name] for name in ("rule", "scope", "value")})
    elif topic == ROLLOUT and body["event"] != "check":
        told = {name: body[name] for name in ("to", "phase", "reason")}
        _LOG.info("[CANARY] rollout", what=body["event"], **told)
    elif topic == AUDIT and not body["accepted"]:
        _LOG.warning("command refused", **{name: body[name] for name in ("actor", "cmd", "reason")})


class _Metrics(Collector):
    def __init__(self, shown: GuardShown) -> None:
        self._shown = shown

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield from self._shown.families()
