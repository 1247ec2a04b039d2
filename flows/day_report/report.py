"""The report of a day as plain data. Every figure has its sample size, or is null: none is 0 for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.day_report import actions
from flows.day_report.ages import Age, Ages, ages
from flows.day_report.breaches import CRITICAL, MINOR, Breach, breaches, carried_over, counted, top
from flows.day_report.collected import buckets, collection, models
from flows.day_report.criteria import judged
from flows.day_report.levels import Levels
from flows.day_report.phases import moved, next_step, standing
from flows.day_report.scores import Scores
from flows.day_report.states import rules_of, state
from flows.day_report.window import DAY_NS, Window
from models.monitor.lines.calibration_lines import calibration_lines
from models.monitor.lines.selecting import present
from models.profiles.profile import Profile
from models.rollout.plan import Checked
from models.rules.evaluate import Sample
from models.rules.rule import Rule
from models.spec import SECOND

Plain = dict[str, Any]

SUMMARY = {
    "p95": "latency.score_e2e_p95_ms",
    "inference p95": "latency.inference_p95_ms",
    "error rate": "errors.rate",
    "dropped ticks": "ticks.drop_rate",
    "confidence, median": "confid.median",
    "scores a minute": "scores.per_minute",
}
STALE, SYMBOL_STALE = "staleness", "staleness of a symbol"
INCIDENTS, BREACHES = "incidents.critical", "breaches.count_24h"


@dataclass(slots=True)
class Read:
    """What was read of the topics, of the stretch or a little more."""

    window: Window
    levels: Levels = field(default_factory=Levels)
    scores: Scores = field(default_factory=Scores)
    alerts: list[Plain] = field(default_factory=list)
    moves: list[Plain] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)  # of the guard's last check in the stretch
    commands: list[Plain] = field(default_factory=list)
    calibration: list[Plain] = field(default_factory=list)
    staleness: list[Plain] = field(default_factory=list)
    guarded: bool = False  # whether a guard was heard of: without one, no alert says nothing
    missing: list[str] = field(default_factory=list)  # topics that there are not


def report(
    read: Read, profile: Profile, base: Sequence[Rule], stale_s: float, made: int, gate: str = ""
) -> Plain:
    """Return the report; ``stale_s``: age from which shards tell of stale symbols; ``made``: ns."""
    window = read.window
    fired = breaches(read.alerts, window)
    old = ages(read.staleness, read.scores.symbols, window, stale_s)
    samples = read.levels.samples() | _alarms(read, fired)
    name = gate or next(iter(profile.verdict))
    verdict = judged(name, profile.verdict[name], samples, old.shard, read.checks)
    lines = calibration_lines(present(read.calibration), "24h")
    stands = standing(read.moves, window)
    return {
        "date": window.day.isoformat(),
        "from_ts": window.start,
        "to_ts": window.end,
        "duration_s": window.seconds,
        "made_at": datetime.fromtimestamp(made // SECOND, UTC).isoformat(timespec="seconds"),
        "profile": profile.name,
        "phase": stands,
        "moves": moved(read.moves, window),
        "summary": [*_summary(read, profile, base, old), _hits(lines), *_incidents(read, fired)],
        "cardinality": read.scores.cardinality(window.seconds),
        "calibration": {"buckets": buckets(read.levels.whole.tenths, lines), "models": models(lines)},
        "signal_parts": read.scores.parts(),
        "breaches": _breaches(read, fired),
        "collection": collection(read.scores, read.commands, window),
        "criteria": verdict.as_dict(),
        "actions": actions.wanted(fired, verdict, profile),
        "next_step": next_step(profile, stands, verdict.answer),
        "missing_topics": read.missing,
        "prepared_by": "levibot report day",
        "reviewed_by": None,
        "approved_by": None,
    }


def _alarms(read: Read, fired: Sequence[Breach]) -> dict[str, Sample]:
    if not read.guarded:
        return {}
    counts = {
        BREACHES: counted(fired, *CRITICAL, *MINOR),
        INCIDENTS: counted(fired, "P0"),
        "alerts.firing": sum(one.end is None and one.severity in CRITICAL for one in fired),
    }
    return {metric: Sample(metric, "all", float(count)) for metric, count in counts.items()}


def _summary(read: Read, profile: Profile, base: Sequence[Rule], old: Ages) -> list[Plain]:
    found = read.levels.samples()
    rows = []
    for name, metric in SUMMARY.items():
        sample, worst = found.get(metric), read.levels.worst(metric)
        rules = rules_of(profile, base, metric)
        row = _row(name, metric, sample and sample.value, sample and sample.n, rules)
        rows.append(row | {
            "worst_hour": worst and {
                "ts": worst.hour_s * SECOND, "value": worst.sample.value, "n": worst.sample.n,
                "state": state(rules, worst.sample.value),
            },
        })  # fmt: skip
    return [*rows[:1], *_stale(profile, base, old), *rows[1:]]


def _stale(profile: Profile, base: Sequence[Rule], old: Ages) -> list[Plain]:
    rules = rules_of(profile, base, "staleness.tick")
    return [
        _aged(name, age, old.episodes, rules)
        for name, age in ((STALE, old.shard), (SYMBOL_STALE, old.symbol))
    ]


def _aged(name: str, age: Age, episodes: int, rules: Sequence[Rule]) -> Plain:
    row = _row(
        name, "staleness.tick", age.value, episodes if age.below is not None or age.of else None, rules
    )
    if age.value is None and age.below is not None:
        row["state"] = state(rules, age.below) if rules else "no rule"
    return row | {"below": age.below, "of": age.of, "worst_hour": None}


def _hits(lines: Sequence[Any]) -> Plain:
    found = [one for one in models(lines) if one["n"]]
    best = max(found, key=lambda one: one["n"], default=None)
    best = best or {"hit_rate": None, "n": None, "model": ""}
    row = _row("hit rate", "calibration.hit_rate", best["hit_rate"], best["n"], ())
    effective = best.get("n_eff")
    of = best["model"] if effective is None else f"{best['model']}, {effective:.0f} effective outcomes"
    return row | {"of": of, "worst_hour": None}


def _incidents(read: Read, fired: Sequence[Breach]) -> list[Plain]:
    """Return incidents a day: critical ones are P0, the others P1."""
    days = (read.window.end - read.window.start) / DAY_NS
    rows = []
    for name, severity in (("critical incidents a day", "P0"), ("minor incidents a day", "P1")):
        count = counted(fired, severity) if read.guarded else None
        value = None if count is None else count / days
        rows.append(_row(name, "incidents", value, count, ()) | {"worst_hour": None})
    return rows


def _breaches(read: Read, fired: Sequence[Breach]) -> Plain:
    known = read.guarded
    return {
        "critical": counted(fired, *CRITICAL) if known else None,
        "minor": counted(fired, *MINOR) if known else None,
        "notices": counted(fired, "P3") if known else None,
        "carried_over": carried_over(read.alerts, read.window) if known else None,
        "auto_paused": sum(one.auto_pause for one in fired) if known else None,
        "top": [one.as_dict() for one in top(fired)],
    }


def _row(name: str, metric: str, value: float | None, n: int | None, rules: Sequence[Rule]) -> Plain:
    stands = state(rules, value)
    return {"name": name, "metric": metric, "value": value, "n": n, "state": stands}
