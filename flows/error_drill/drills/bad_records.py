"""Records that are no ticks, among the ticks."""

from __future__ import annotations

from flows.error_drill import judging
from flows.error_drill.ground import Ground
from flows.error_drill.heard import Note
from flows.error_drill.result import Drill
from flows.error_drill.trial import OWN, Trial
from models.judge.records import DLQ, SIGNALS
from models.ticks import Reason

LATE, DUPLICATE = Reason.LATE.value, Reason.DUPLICATE.value


def bad_records(ground: Ground) -> Drill:
    """100 records in 10 s that are no ticks: each on ``dlq`` once, and signals go on."""
    plan, trial = ground.plan, Trial(ground)
    ground.market.corrupt(plan.errors, plan.errors_s)
    trial.over()
    mttr = trial.well(lambda: trial.own_again() if len(_unread(trial)) >= plan.errors else None)
    letters, signals = _unread(trial), trial.told(SIGNALS)
    twice, replaced = judging.repeated(letters), len(judging.fallbacks(signals))
    missing = plan.errors - len(letters) + twice
    return trial.drill(
        "100 errors in 10 s: records that are no ticks",
        f"{plan.errors} broken records in {plan.errors_s:g} s among {plan.rate * plan.symbols:,.0f} ticks/s",
        mttr,
        f"all are on dlq, and {OWN}",
        trial.sights({"on dlq": letters}),
        {
            "sent": plan.errors,
            "on dlq": len(letters),
            "reasons": judging.reasons(letters),
            "signals meanwhile": len(signals),
            "of them the fallback's": replaced,
        },
        (missing != 0, f"{missing} of {plan.errors} bad records are not on dlq"),
        (twice != 0, f"{twice} are there twice"),
        (replaced != 0, f"{replaced} signals were the fallback's"),
    )


def _unread(trial: Trial) -> list[Note]:
    """Return the dead letters but those of good ticks that came late or twice."""
    return [note for note in trial.told(DLQ) if note.body["reason"] not in (LATE, DUPLICATE)]
