"""A kill of everything under load, and its end."""

from __future__ import annotations

from flows.error_drill.ground import Ground
from flows.error_drill.killing import killed
from flows.error_drill.result import Drill, Sight
from flows.error_drill.trial import Trial
from models.judge.records import SIGNALS


def kill_and_unkill(ground: Ground) -> Drill:
    """HOLD behind every shard's acknowledgement, and the model's signals again after the end."""
    found, load = killed(ground), ground.plan.rate * ground.plan.symbols
    trial = Trial(ground, found.killed_ms)
    trial.over(found.unkilled_ms)
    mttr = trial.well(lambda: trial.own_again(trading=True))
    after = ground.heard.since(SIGNALS, found.unkilled_ms)
    return trial.drill(
        "kill and un-kill under load",
        f"a kill of everything at {load:,.0f} ticks/s, un-killed after {ground.plan.killed_s:g} s",
        mttr,
        "every symbol's signal is BUY again",
        () if found.missing else (Sight("last shard acknowledged", found.acknowledged_s),),
        {
            "shards": len(ground.shards),
            "last acknowledgement after, s": round(found.acknowledged_s, 3),
            "signals under the kill": found.held,
            "of them no HOLD": found.late,
            "signals after the un-kill": len(after),
        },
        (found.late != 0, f"{found.late} signals behind an acknowledgement were no HOLD"),
        (found.missing != 0, f"{found.missing} shards did not acknowledge"),
    )
