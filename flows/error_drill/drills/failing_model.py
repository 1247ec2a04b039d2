"""A model that gives no number for a while."""

from __future__ import annotations

from flows.error_drill import judging
from flows.error_drill.ground import Ground
from flows.error_drill.heard import Note
from flows.error_drill.result import Drill
from flows.error_drill.trial import OWN, Trial
from models.judge.records import FALLBACK, SIGNALS

WINDOW_S = 10.0
"""For so long a strange trade lies in the features that the model looks at."""
OPEN, CLOSED = "open", "closed"


def failing_model(ground: Ground) -> Drill:
    """A model that gives no number for ten seconds: the breaker opens, the fallback answers, advisory."""
    plan, trial = ground.plan, Trial(ground)
    ground.market.upset()
    trial.lasts(WINDOW_S)
    trial.over()
    mttr = trial.well(lambda: None if _any_open(trial.told(FALLBACK)) else trial.own_again())
    replaced, events = judging.fallbacks(trial.told(SIGNALS)), trial.told(FALLBACK)
    opened, closed = (breakers(events, state) for state in (OPEN, CLOSED))
    inside, orders = judging.within(replaced, WINDOW_S), judging.orders(replaced)
    entered = [note for note in events if note.body["event"] == "enter"]
    return trial.drill(
        "100 errors in 10 s: a model that fails",
        f"one trade a symbol that makes the model give no number for {WINDOW_S:g} s",
        mttr,
        f"every breaker is closed, and {OWN}",
        trial.sights({"fallback entered": entered, "breaker opened": opened}),
        {
            "rows without the model's answer": len(replaced),
            "of them within ten seconds": inside,
            "breakers opened": len(opened),
            "breakers closed": len(closed),
            "of these answers orders": orders,
        },
        (inside < plan.errors, f"only {inside} rows within {WINDOW_S:g} s had no answer of the model"),
        (not opened, "no breaker opened"),
        (orders != 0, f"{orders} answers of the fallback were not advisory"),
    )


def breakers(events: list[Note], state: str) -> list[Note]:
    """Return the transitions of breakers to a state."""
    return [note for note in events if note.body["event"] == "breaker" and note.body["state"] == state]


def _any_open(events: list[Note]) -> bool:
    last = {note.body["shard"]: note.body["state"] for note in events if note.body["event"] == "breaker"}
    return any(state != CLOSED for state in last.values())
