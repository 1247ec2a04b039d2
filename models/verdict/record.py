"""The decision record: a verdict, the comparison behind it, and what a person still has to look at."""

from __future__ import annotations

from typing import Any, NamedTuple

from models.shadow.books import Earned
from models.shadow.comparison import Comparison
from models.verdict.gates import Judged
from models.verdict.verdict import Verdict


class Run(NamedTuple):
    """Whose marathon it was, and when."""

    id: str
    profile: str
    model: str
    challenger: str
    since: int  # event time, UTC seconds
    until: int
    seed: int = 0  # of the resampled intervals


CHECKLIST: tuple[tuple[str, bool], ...] = (
    ("Evaluation run", True),
    ("Shadow logs looked through by hand", False),
    ("Sharpe ratios compared", True),
    ("Maximum drawdowns compared", True),
    ("Grafana looked at for the whole time", False),
    ("Promote, extend or roll back decided", True),
)
"""The owner's list (S107), and whether the record itself does it."""


def record(
    run: Run, verdict: Verdict, comparison: Comparison | None = None, earned: Earned | None = None
) -> dict[str, Any]:
    """Return everything as plain data, ready for JSON; times are event time in UTC seconds."""
    return {
        "run": run._asdict() | {"hours": (run.until - run.since) / 3_600},
        "decision": verdict.decision,
        "literal": verdict.literal,
        "ready": verdict.ready,
        "checks_passed": verdict.passed,
        "reasons": list(verdict.reasons),
        "would_change": list(verdict.would_change),
        "gates": {name: [_row(one) for one in found] for name, found in verdict.gates.items()},
        "comparison": None if comparison is None else comparison.as_dict(),
        "books": None if earned is None else _books(earned),
        "checklist": [{"what": what, "by": "record" if own else "person"} for what, own in CHECKLIST],
    }


def _row(one: Judged) -> dict[str, Any]:
    criterion, found = one.criterion, one.found
    return {
        "name": criterion.name,
        "requirement": criterion.requirement,
        "metric": criterion.metric,
        "scope": criterion.scope,
        "op": criterion.op,
        "limit": criterion.value,
        "critical": criterion.critical,
        "outcome": found.outcome,
        "value": found.value,
        "n": found.n,
        "why": found.why,
        "change": one.change,
    }


def _books(earned: Earned) -> dict[str, Any]:
    lead = earned.return_lead
    return {
        "return_lead": None if lead is None else lead._asdict(),
        "sharpe": {
            "active": earned.sharpe_active,
            "challenger": earned.sharpe_challenger,
            "lead": earned.sharpe_lead,
            "chance": earned.sharpe_chance,
        },
        "max_drawdown": {
            "active": earned.drawdown_active,
            "challenger": earned.drawdown_challenger,
            "ratio": earned.drawdown_ratio,
        },
        "trades": earned.trades,
    }
