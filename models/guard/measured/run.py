"""What is counted of a run itself: hours, crashes, how fast kills and rollbacks were, the API's uptime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from models.control.commands import Command
from models.guard.inputs import SLO, Answered, Told
from models.rules.evaluate import Sample
from models.spec import SECOND

HOUR_S = 3_600
TIMED = {"kill": "kill.mttr_s", "rollback": "rollback.time_s"}
"""Commands of which it is told how long the slowest shard took to take one in."""
MOST_UNDER_WAY = 100
ANSWER_STANDS_NS = 60 * SECOND
"""By the clock: an answer of the API stands so long, however many seconds are closed by then."""
LAST_CALLS = 60
"""Calls of the API that its latency is told by; the guard makes one every five seconds."""


class RunFigures:
    """Counts since a run and since a phase began; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._phase: int = saved.get("phase", 0)  # second at which it began
        self._crashes: int = saved.get("crashes", 0)
        self._asked: list[int] = list(saved.get("asked", [0, 0]))  # how often the API was, and was well
        self._well: list[int] = list(saved.get("well", []))  # whether it was the last time, and when, ns
        self._slowest: dict[str, float] = dict(saved.get("slowest", {}))  # seconds, by metric
        self._sent: dict[str, list[Any]] = dict(saved.get("sent", {}))  # metric and broker time, by id
        self._took: list[float] = list(saved.get("took", []))  # ms of the last calls
        self._rate: float | None = saved.get("rate")  # of errors, when the phase began

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "phase": self._phase, "crashes": self._crashes, "asked": list(self._asked),
            "slowest": dict(self._slowest), "sent": dict(self._sent), "rate": self._rate,
            "took": list(self._took), "well": list(self._well),
        }  # fmt: skip

    def begin_run(self) -> None:
        """Count anew."""
        self._crashes, self._asked, self._slowest = 0, [0, 0], {}

    def begin_phase(self, second: int, rate: float | None) -> None:
        """Count the hours from here on; ``rate`` is that of errors now."""
        self._phase, self._rate = second, rate

    def looked(self, api: Answered, at: int) -> None:
        """Note what the API answered by ``at`` on the clock, ns."""
        if api.healthy is not None:
            self._well = [int(api.healthy), at]
            self._asked = [self._asked[0] + 1, self._asked[1] + api.healthy]
        if api.predict_ms is not None:
            self._took = [*self._took, api.predict_ms][-LAST_CALLS:]

    def health(self, at: int) -> list[Sample]:
        """Return whether the API is well at ``at`` on the clock, nothing where its last answer is too old."""
        if not self._well or at - self._well[1] > ANSWER_STANDS_NS:
            return []
        return [Sample("api.health", "all", float(self._well[0]))]

    def sent(self, command: Command, ts: int) -> None:
        """Note when the broker had a command that is timed."""
        if command.cmd in TIMED:
            self._sent[command.id] = [TIMED[command.cmd], ts]
            if len(self._sent) > MOST_UNDER_WAY:
                del self._sent[next(iter(self._sent))]

    def taken_in(self, command: str, ts: int) -> None:
        """Note when the broker had a shard's acknowledgement."""
        if command in self._sent:
            metric, began = self._sent[command]
            self._slowest[metric] = max(self._slowest.get(metric, 0.0), (ts - began) / SECOND)

    def take(self, found: Iterable[Told]) -> None:
        """Count the crashes that processes tell of."""
        counts = (told.body["counts"] for told in found if told.topic == SLO)
        self._crashes += sum(int(count.get("crashes", 0)) for count in counts)

    def samples(self, second: int, rate: float | None) -> list[Sample]:
        """Return what is counted; ``rate`` is that of errors now."""
        asked, well = self._asked
        found = [Sample(metric, "all", seconds) for metric, seconds in sorted(self._slowest.items())]
        found.append(Sample("process.crashes", "all", float(self._crashes)))
        if self._took:
            slow = sorted(self._took)[ceil(0.95 * len(self._took)) - 1]
            found.append(Sample("latency.predict_api_p95_ms", "all", slow, None, len(self._took)))
        if asked:
            found.append(Sample("uptime.share", "all", well / asked, None, asked))
        if self._phase:
            found.append(Sample("run.hours", "all", (second - self._phase) / HOUR_S))
        if rate is not None and self._rate is not None:
            found.append(Sample("errors.rise", "all", rate - self._rate))
        return found
