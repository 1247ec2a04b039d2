"""The marathon's gates with the owner's numbers, written out anew, and what may be measured."""

from __future__ import annotations

from models.rollout.plan import Criterion
from models.rules.evaluate import Sample
from models.verdict.checking import of_samples
from models.verdict.verdict import Verdict, decide


def one(name: str, metric: str, op: str, value: float, critical: bool = True) -> Criterion:
    """Return a criterion."""
    return Criterion(name, metric, "all", op, value, critical)  # type: ignore[arg-type]


CHECKS = (
    one("ece", "calibration.ece", "<=", 0.06),
    one("staleness", "staleness.feature", "<=", 1_800),
    one("drift", "drift.psi", "<=", 0.2),
    one("shadow_trades", "shadow.trades", ">=", 20, critical=False),
    one("api_health", "api.health", ">=", 1),
)
GATES = {
    "checks": CHECKS,
    "promote": (
        one("checks_passed", "verdict.checks_passed", ">=", 4),
        one("sharpe_lead", "shadow.sharpe_lead", ">=", 0.2),
        one("drawdown_ratio", "shadow.drawdown_ratio", "<=", 0.9),
        one("no_incident", "incidents.critical", "<=", 0),
    ),
    "extend": (one("checks_passed", "verdict.checks_passed", ">=", 3),),
    "keep": (
        one("checks_passed", "verdict.checks_passed", ">", 2),
        one("no_critical_drift", "drift.critical_events", "<=", 0),
        one("staleness", "staleness.feature", "<=", 1_800),
        one("sharpe_lead", "shadow.sharpe_lead", ">=", -0.3),
    ),
    "ready": (
        one("hours", "run.hours", ">=", 48),
        one("checks_passed", "verdict.checks_passed", ">=", 4),
        one("sharpe", "shadow.sharpe", ">", 1.5),
        one("max_drawdown", "shadow.max_drawdown", "<", 0.13),
        one("ece", "calibration.ece", "<", 0.05),
    ),
}

WELL: dict[str, float | None] = {
    "calibration.ece": 0.04,
    "staleness.feature": 5.0,
    "drift.psi": 0.1,
    "shadow.trades": 40.0,
    "api.health": 1.0,
    "shadow.sharpe_lead": 0.5,
    "shadow.drawdown_ratio": 0.7,
    "incidents.critical": 0.0,
    "drift.critical_events": 0.0,
    "run.hours": 48.0,
    "shadow.sharpe": 1.9,
    "shadow.max_drawdown": 0.1,
}
"""A marathon that went well."""


def verdict(
    *, literal: bool = False, limits: dict[str, float] | None = None, **changes: float | None
) -> Verdict:
    """Return the verdict on a marathon that went well but for some metrics, dots as two underscores."""
    values = WELL | {name.replace("__", "."): value for name, value in changes.items()}
    limits = {name.replace("__", "."): limit for name, limit in (limits or {}).items()}
    samples = {name: Sample(name, "all", value, limits.get(name), 500) for name, value in values.items()}
    return decide(GATES, of_samples(samples), literal=literal)
