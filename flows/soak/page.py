"""The report of a soak as Markdown and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flows.day_report.markdown import cell, page, table
from flows.day_report.page import actions, criteria
from flows.reporting.words import duration, percent
from flows.soak.course import Checkpoint
from flows.soak.plan import Plan
from flows.soak.verdict import Verdict

Plain = dict[str, Any]
MIB = 1 << 20
HEADS = (
    "checkpoint", "market hours", "ticks", "dropped", "errors", "worst 5 min", "inference p95 / p99 ms",
    "CPU", "memory MiB", "trades", "PnL USD", "crashes",
)  # fmt: skip


class Outcome(NamedTuple):
    """A soak and what it came to."""

    plan: Plan
    where: str
    machine: str
    version: str
    day: str
    took_s: float
    points: tuple[Checkpoint, ...]
    verdict: Verdict
    rollout: tuple[Plain, ...]  # what the guard told of the run of the profile
    kill_s: float | None

    def as_dict(self) -> Plain:
        """Return it JSON-ready."""
        plan = self.plan
        return {
            "day": self.day, "version": self.version, "machine": self.machine, "where": self.where,
            "hours": plan.hours, "speed": plan.speed, "took_s": round(self.took_s, 1),
            "profile": plan.profile, "symbols": list(plan.symbols), "rate": plan.rate, "model": plan.model,
            "checkpoints": [plain(point) for point in self.points],
            "kill_s": self.kill_s, "rollout": list(self.rollout), **self.verdict.as_dict(),
        }  # fmt: skip


def plain(point: Checkpoint) -> Plain:
    """Return a checkpoint JSON-ready."""
    worst = point.worst_errors
    return point._asdict() | {"worst_errors": None if worst is None else worst._asdict()}


def markdown(outcome: Outcome) -> str:
    """Return the page."""
    plan, found = outcome.plan, outcome.verdict
    steps = [(one["event"], one["phase"], one["reason"]) for one in outcome.rollout]
    return page(
        f"# Soak: {found.answer}",
        f"{plan.hours:g} h of a simulated market at {plan.speed:g} times real time on {outcome.day}, version "
        f"{outcome.version}: {len(plan.symbols)} symbols at {plan.rate:g} ticks a second each, model "
        f"{plan.model}, profile {plan.profile}.\n{outcome.where}; {outcome.machine}; it took "
        f"{duration(outcome.took_s)}.",
        f"**{found.answer}**: {found.why}.",
        "## Checkpoints",
        "Latency, CPU and memory are those since the checkpoint before, the rest since the beginning. CPU is "
        "in processors, at the speed of the run.",
        table(HEADS, [_row(point) for point in outcome.points]),
        "## Criteria",
        criteria(found.gate.as_dict()),
        "## Post-mortem",
        "### Alerts",
        _alerts(found),
        "### The rollout",
        table(("event", "phase", "why"), steps),
        "### Anomalies",
        _listed(found.anomalies),
        "### Recommended tweaks",
        _listed(found.tweaks),
        "## Backlog" if found.answer != "GO" else "",
        actions(list(found.backlog)) if found.answer != "GO" else "",
    )


def _row(point: Checkpoint) -> tuple[Any, ...]:
    worst = point.worst_errors
    p95, p99 = point.inference_p95_ms, point.inference_p99_ms
    return (
        point.name, round(point.hours, 3), point.ticks, _share(point.drop_rate), _share(point.error_rate),
        None if worst is None else _share(worst.rate), None if p95 is None else f"{cell(p95)} / {cell(p99)}",
        None if point.cpu is None else round(point.cpu, 2),
        None if point.rss_bytes is None else round(point.rss_bytes / MIB), point.trades, point.pnl,
        point.crashes,
    )  # fmt: skip


def _share(value: float | None) -> str | None:
    return None if value is None else percent(value, 3)


def _alerts(found: Verdict) -> str:
    rows = [(one.severity, one.rule, one.scope, one.value, duration(one.seconds)) for one in found.breaches]
    return table(("severity", "rule", "of", "value", "lasted"), rows)


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "None."
