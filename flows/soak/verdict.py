"""The end of a soak: the gate of the profile, what was unusual, and what to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flows.checks.gate import Answer
from flows.day_report import actions
from flows.day_report.ages import NO_AGE
from flows.day_report.breaches import Breach, breaches, counted, top
from flows.day_report.criteria import Gate, judged
from flows.day_report.window import Window
from flows.soak.course import Checkpoint, Course
from flows.soak.plan import Plan
from models.profiles.profile import Profile
from models.rules.evaluate import Sample
from models.spec import SECOND

Plain = dict[str, Any]
GROWN, SLOWED, SLOW_MS = 1.5, 2.0, 5.0
"""Beyond so many times the first checkpoint memory has grown, and, from ``SLOW_MS`` on, latency."""

TWEAKS = {
    "latency.inference_p95_ms": "fewer symbols a process (OF), or a smaller model (docs/runbook.md#latency)",
    "ticks.drop_rate": "look at dlq for the reasons; raise DISORDER_MS or GRACE_MS if ticks come late",
    "errors.rate": "see where the model fails: levibot models verify (docs/runbook.md#errors-of-a-model)",
    "process.crashes": "read the log of the process that ended; run the soak again with --keep",
    "kill.mttr_s": "levibot verify kill, and fewer shards a process",
    "memory.rss_bytes": "run it for longer with --keep, and look whether memory goes on growing",
}  # fmt: skip
"""What may help, by the metric that failed."""


class Verdict(NamedTuple):
    """What a soak came to."""

    answer: Answer
    why: str
    gate: Gate
    breaches: tuple[Breach, ...]
    anomalies: tuple[str, ...]
    tweaks: tuple[str, ...]
    backlog: tuple[Plain, ...]  # what is to be done before it is tried again, the first first

    def as_dict(self) -> Plain:
        """Return it JSON-ready."""
        return {
            "answer": self.answer,
            "why": self.why,
            "criteria": self.gate.as_dict(),
            "alerts": [one.as_dict() for one in self.breaches],
            "anomalies": list(self.anomalies),
            "tweaks": list(self.tweaks),
            "backlog": list(self.backlog),
        }


def verdict(
    plan: Plan, profile: Profile, course: Course, points: Sequence[Checkpoint], alerts: Sequence[Plain],
    kill_s: float | None, broken_off: str = "",
) -> Verdict:  # fmt: skip
    """Return what a soak came to; one that was broken off is never a GO."""
    window = Window(course.start * SECOND, int((course.start + plan.seconds + 1) * SECOND))
    fired = breaches(alerts, window)
    gate = judged(plan.gate, profile.verdict[plan.gate], samples(course, fired, kill_s), NO_AGE)
    answer, why = gate.answer, _why(gate)
    if broken_off:
        answer, why = "UNKNOWN" if answer == "GO" else answer, f"{broken_off}; {why}"
    unusual = anomalies(points, course)
    return Verdict(
        answer, why, gate,
        tuple(top(fired, len(fired))), tuple(unusual), tuple(tweaks(gate, unusual)),
        tuple(actions.wanted(fired, gate, profile)) if answer != "GO" else (),
    )  # fmt: skip


def samples(course: Course, fired: Sequence[Breach], kill_s: float | None) -> Mapping[str, Sample]:
    """Return what was measured, by metric."""
    found = course.levels.samples()
    found["process.crashes"] = Sample("process.crashes", "all", float(course.crashed()))
    found["incidents.critical"] = Sample("incidents.critical", "all", float(counted(fired, "P0")))
    if kill_s is not None:
        found["kill.mttr_s"] = Sample("kill.mttr_s", "all", kill_s, n=1)
    return found


def anomalies(points: Sequence[Checkpoint], course: Course) -> list[str]:
    """Return what was unusual, in words: crashes, bad minutes, growth since the first checkpoint."""
    found = [*course.crashes]
    bad = [one for one in course.buckets() if one.rate > 0]
    if bad:
        worst = max(bad, key=lambda one: one.rate)
        found.append(
            f"errors in {len(bad)} buckets of five minutes, at worst {worst.rate:.2%} of {worst.rows} rows"
        )
    if len(points) > 1:
        first, last = points[0], points[-1]
        found += _grown("memory", first.rss_bytes, last.rss_bytes, GROWN)
        if (last.inference_p95_ms or 0.0) >= SLOW_MS:
            found += _grown("inference p95", first.inference_p95_ms, last.inference_p95_ms, SLOWED)
    if points and points[-1].trades == 0:
        found.append("the account closed no trade")
    return found


def _grown(what: str, first: float | None, last: float | None, times: float) -> list[str]:
    if not first or last is None or last <= times * first:
        return []
    return [f"{what} grew {last / first:.1f}-fold between the first and the last checkpoint"]


def tweaks(gate: Gate, unusual: Sequence[str]) -> list[str]:
    """Return what may help, for what failed and for what grew."""
    failed = [line.criterion.metric for line in gate.lines if line.checked.outcome == "fail"]
    grew = ["memory.rss_bytes"] if any(words.startswith("memory") for words in unusual) else []
    return [TWEAKS[metric] for metric in dict.fromkeys([*failed, *grew]) if metric in TWEAKS]


def _why(gate: Gate) -> str:
    open_ = [line for line in gate.lines if line.criterion.critical and line.checked.outcome != "success"]
    if not open_:
        return "every critical criterion holds"
    return "; ".join(f"{line.criterion.name}: {line.checked.outcome}, {line.checked.why}" for line in open_)
