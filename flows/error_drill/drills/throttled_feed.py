"""A feed that gives almost nothing, as an exchange does that answers 429."""

from __future__ import annotations

from flows.error_drill import judging
from flows.error_drill.ground import Ground
from flows.error_drill.market import TRICKLE_S
from flows.error_drill.result import Drill
from flows.error_drill.trial import OWN, Trial
from models.judge.records import FALLBACK, SIGNALS, STALENESS


def throttled_feed(ground: Ground) -> Drill:
    """One symbol trades once in ten seconds, the others not at all: they are told of, and never traded."""
    plan, trial = ground.plan, Trial(ground)
    ground.market.throttle(True)
    trial.lasts(plan.throttle_s)
    ground.market.throttle(False)
    trial.over()

    def normal() -> int | None:
        fresh = judging.episodes_over(trial.told(STALENESS), trial.ended)
        return judging.latest(trial.own_again(), fresh)

    mttr = trial.well(normal)
    crossed = [note for note in trial.told(STALENESS) if note.body["event"] == "crossed"]
    entered = [note for note in trial.told(FALLBACK) if note.body["event"] == "enter"]
    replaced = judging.fallbacks(trial.told(SIGNALS))
    named = {note.body["symbol"] for note in crossed}
    silent, orders = set(ground.market.symbols[1:]) - named, judging.orders(replaced)
    return trial.drill(
        "a throttled feed (429)",
        f"for {plan.throttle_s:g} s one of {plan.symbols} symbols trades once in {TRICKLE_S} s, the others "
        "not at all",
        mttr,
        f"no symbol is stale, and {OWN}",
        trial.sights({"staleness": crossed, "fallback entered": entered}),
        {
            "symbols told of as stale": len(named),
            "signals of the fallback": len(replaced),
            "of them orders": orders,
        },
        (bool(silent), f"nothing told of {', '.join(sorted(silent))}"),
        (orders != 0, f"{orders} answers of the fallback were not advisory"),
    )
