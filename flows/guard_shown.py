"""What follows a delivered record of the guard: its view in Redis, the mirrored policy, metrics, the log."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import structlog
from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connectors.bundles.atomic import write
from connectors.redis.series import points
from connectors.redis.writer import ViewWriter
from models.guard.records import ALERTS, AUDIT, ROLLOUT, Guarded
from models.judge.records import Shard

_LOG = structlog.get_logger()
View = dict[str, Any]


class GuardShown:
    """Called by the sink, in order, with what the broker has acknowledged."""

    def __init__(self, writer: ViewWriter, registry: CollectorRegistry, policy: Path) -> None:
        self._writer = writer
        self._policy = policy
        self._mirrored: bytes = b""
        self._view: View = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._next: dict[str, int] = {}  # ordinals, by topic
        self._updated_at = time.time()
        registry.register(_Metrics(self))

    def __call__(self, guard: Shard, many: list[Guarded]) -> None:
        """Bring the view up to date, and tell of what is new; a record that was seen is passed over."""
        for guarded in many:
            for topic, _, body, _ in guarded.records:
                assert isinstance(body, dict)
                if body["ordinal"] >= self._next.get(topic, 0):
                    self._next[topic] = body["ordinal"] + 1
                    self._counts[topic, body["event"]] += 1
                    _tell(topic, body)
            if guarded.view is not None:
                self._view = dict(guarded.view)
            for second, samples in guarded.measured:
                self._writer.append(points(second, samples))
        self._updated_at = time.time()
        if self._view:
            self._writer.put(guard.key, self._view | {"symbols": {}})
            self._mirror()

    def status(self) -> View:
        """Return the state of this process for its ``/health``."""
        return {
            "ok": True, "updated_at": self._updated_at, "second": self._view.get("second"),
            "rollout": self._view.get("rollout"), "alerts": len(self._view.get("alerts", [])),
            "view": self._writer.stats()._asdict(),
        }  # fmt: skip

    def families(self) -> Iterator[Metric]:
        """Yield the metrics."""
        told = CounterMetricFamily("levibot_guard_records", "Records of the guard", labels=("topic", "event"))
        for labels, count in list(self._counts.items()):
            told.add_metric(labels, count)
        yield told
        firing = GaugeMetricFamily("levibot_alert_firing", "1 while a rule fires", labels=("rule", "scope"))
        for one in list(self._view.get("alerts", [])):
            firing.add_metric((one["rule"], one["scope"]), 1.0)
        yield firing
        if self._view.get("second"):
            what = "Second of the epoch up to which the guard has looked"
            yield GaugeMetricFamily("levibot_guard_second", what, self._view["second"])

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
