"""Reading what a report is made of from the topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from connectors.kafka import monitor_log
from connectors.kafka.topics import existing, output
from connectors.settings import Settings
from flows.day_report.phases import MOVES
from flows.day_report.report import Read
from flows.day_report.window import Window
from flows.monitoring.audit_summary import is_score
from models.guard.records import ALERTS, ROLLOUT
from models.guard.records import AUDIT as COMMANDS
from models.judge.records import AUDIT, CALIBRATION, STALENESS
from models.rollout.plan import Checked
from models.slo.body import SLO
from models.spec import SECOND

Plain = dict[str, Any]
Told = Callable[[int], None]
MORE_S = 7_200
"""Topics are read so much further back: one may end later than the others."""


class NothingToReportError(RuntimeError):
    """The topics hold nothing of the stretch; the message says what to do."""


def newest(settings: Settings) -> int:
    """Return the newest log time that any flow told of, ns; raise ``NothingToReportError`` without one."""
    found: list[int] = [
        body["ts"] for body in Log(settings, lambda _: None).newest(SLO, 1, lambda body: body["ts"] > 0)
    ]
    if not found:
        raise NothingToReportError("the topic slo is empty: levibot run signals fills it every ten seconds")
    return max(found)


def read(settings: Settings, window: Window, told: Told) -> Read:
    """Return what the topics hold of a stretch; a topic that there is not is told of, and empty."""
    log, found = Log(settings, told, window), Read(window)
    for body in log.since(SLO):
        found.levels.take(body)
    for body in log.since(AUDIT):
        if is_score(body):
            found.scores.take(body)
    found.alerts, found.commands = list(log.since(ALERTS)), list(log.since(COMMANDS))
    found.calibration, found.staleness = list(log.since(CALIBRATION)), list(log.since(STALENESS))
    runs = list(log.since(ROLLOUT))
    before = log.newest(ROLLOUT, 1, lambda body: body["event"] in MOVES and body["ts"] < window.end)
    moves = [body for body in runs if body["event"] in MOVES]
    known = {body["ordinal"] for body in moves}
    found.moves = moves + [body for body in before if body["event"] in MOVES and body["ordinal"] not in known]
    found.checks = _last_check(runs)
    found.guarded = bool(found.alerts or found.commands or runs or "guard" in found.levels.whole.flows)
    found.missing = log.missing
    if not found.levels.whole.records and not found.scores.total:
        raise NothingToReportError("the topics slo and audit hold nothing of that time: is the day right?")
    return found


def _last_check(runs: list[Plain]) -> list[Checked]:
    checks = [body for body in runs if body["event"] == "check"]
    newest = max(checks, key=lambda body: int(body["ordinal"]), default=None)
    return [Checked(**one) for one in newest["checks"]] if newest else []


class Log:
    """The topics, of which some may not be there; ``missing`` names those that were asked for."""

    def __init__(self, settings: Settings, told: Told, window: Window | None = None) -> None:
        self.missing: list[str] = []
        self._settings = settings
        self._told = told
        self._window = window
        self._have = existing(settings.kafka_bootstrap)
        self._end: int | None = None

    def since(self, topic: str) -> Iterator[Plain]:
        """Yield the records of the window."""
        window = self._window
        if window is None or not self._there(topic):
            return
        if self._end is None:
            self._end = max(newest(self._settings), window.end)
        reach = (self._end - window.start) / SECOND + MORE_S
        for body in monitor_log.since(self._settings, topic, reach, self._told):
            if window.holds(body["ts"]):
                yield body

    def newest(self, topic: str, count: int, wanted: Callable[[Plain], bool]) -> Iterator[Plain]:
        """Yield at least the newest wanted records of each partition."""
        if self._there(topic):
            yield from monitor_log.newest(self._settings, topic, count, wanted, self._told)

    def _there(self, topic: str) -> bool:
        there = output(topic, self._settings) in self._have
        if not there and topic not in self.missing:
            self.missing.append(topic)
        return there
