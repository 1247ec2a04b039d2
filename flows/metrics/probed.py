"""Whether the API was well each time the guard has asked it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from connectors.metrics.families import counter, gauge
from models.guard.inputs import Answered


class Probed(Collector):
    """Passes on what the probe was answered, and counts it."""

    def __init__(self, answered: Callable[[], Answered]) -> None:
        self._answered = answered
        self._counts = {"up": 0, "down": 0}
        self._last: float | None = None

    def __call__(self) -> Answered:
        """Return what was answered since the last call."""
        found = self._answered()
        if found.healthy is not None:
            self._counts["up" if found.healthy else "down"] += 1
            self._last = float(found.healthy)
        return found

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield gauge("levibot_api_up", self._last)
        yield counter("levibot_api_probes_total", {(name,): n for name, n in self._counts.items()})
