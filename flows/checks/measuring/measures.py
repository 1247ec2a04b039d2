"""The present value of each criterion's metric, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from connectors.redis.reader import RedisDownError
from flows.checks.measuring import guarded, loaded, monitored, served
from flows.checks.measuring.where import Where
from models.desk.references import name_of
from models.guard.board import Board
from models.guard.judging import check_of
from models.profiles.profile import Criteria
from models.rollout.plan import Checked, Criterion
from models.rules.evaluate import Sample

Reader = Callable[[Where], Iterator[Sample]]

READERS: dict[Reader, tuple[str, ...]] = {
    served.account: ("account.day_loss_share", "account.open_positions", "account.win_rate"),
    served.ages: ("staleness.feature", "staleness.tick"),
    served.dead_letters: ("dlq.size",),
    served.health: ("api.health",),
    served.ticks: ("ticks.per_minute",),
    monitored.calibration: ("calibration.confid_median", "calibration.deciles", "calibration.ece"),
    monitored.drift: ("drift.critical_events", "drift.psi"),
    guarded.measured: (
        "alerts.firing", "breaches.count_24h", "canary.outside_positions", "errors.rise",
        "incidents.critical", "kill.mttr_s", "process.crashes", "rollback.time_s", "run.hours",
        "shadow.drawdown_ratio", "shadow.max_drawdown", "shadow.sharpe", "shadow.sharpe_lead",
        "shadow.trades", "shadow.worse_p", "uptime.share",
    ),
    loaded.load: (
        "buckets.balanced", "confid.median", "dlq.size", "errors.rate", "errors.trading_rate",
        "latency.engine_p95_ms", "latency.inference_p95_ms", "latency.predict_api_p95_ms",
        "latency.score_e2e_p95_ms", "memory.rss_bytes", "queue.depth_p95", "scores.per_minute",
        "ticks.drop_rate", "ticks.per_minute",
    ),
    served.predict_latency: ("latency.predict_api_p95_ms",),
}  # fmt: skip
"""What reads which metrics; a later one counts where two know one. Of the others, the guard's last check."""


class Line(NamedTuple):
    """A criterion of a gate and what was found of it."""

    criterion: Criterion
    checked: Checked

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        one, found = self.criterion, self.checked
        return {
            "name": one.name, "metric": one.metric, "scope": one.scope, "op": one.op, "limit": one.value,
            "critical": one.critical, "requirement": one.requirement, "value": found.value, "n": found.n,
            "outcome": found.outcome, "why": found.why,
        }  # fmt: skip


def lines(where: Where, criteria: Criteria) -> list[Line]:
    """Return what each criterion comes to now; what cannot be read is no data, with the reason."""
    board, troubles = _measured(where, {one.metric for one in criteria})
    model = name_of(_model(where))
    found = zip(criteria, check_of(board, model, 0)(criteria), strict=True)
    return [Line(one, _settled(where, one, checked, troubles)) for one, checked in found]


def _measured(where: Where, metrics: set[str]) -> tuple[Board, dict[str, str]]:
    board, troubles = Board(), dict[str, str]()
    for reader, known in READERS.items():
        if metrics.isdisjoint(known):
            continue
        try:
            board.put(0, reader(where))
        except (OSError, RuntimeError, RedisDownError) as error:
            troubles |= dict.fromkeys(known, str(error))
    return board, troubles


def _model(where: Where) -> str:
    try:
        return where.model
    except RedisDownError:
        return ""


def _settled(where: Where, one: Criterion, checked: Checked, troubles: dict[str, str]) -> Checked:
    """Return what was measured, else what the guard's last check found, else why nothing is known."""
    if checked.outcome != "no-data":
        return checked
    try:
        told = guarded.last_check(where, one)
    except (OSError, RuntimeError) as error:
        told = None
        troubles = {one.metric: str(error)} | troubles
    return told or checked._replace(why=troubles.get(one.metric, checked.why))
