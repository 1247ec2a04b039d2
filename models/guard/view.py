"""What the read model shows of the guard."""

from __future__ import annotations

from typing import Any

from models.guard.notes import Now
from models.guard.silences import Silences
from models.guard.steering import Steering


def view_of(now: Now, looked: int, acts: bool, steering: Steering, silences: Silences) -> dict[str, Any]:
    """Return the present state; ``looked`` is the second of the last look at the rules.

    ``acts``: commands are sent; else it is only told what would have been.
    """
    rolling, desk = steering.rolling, steering.desks.desk
    machine, profile = rolling.machine, rolling.profile
    state = machine.state if machine else None
    return {
        "second": now.second,
        "at": now.at,
        "looked": looked,
        "acts": acts,
        "tuner": {"last": steering.tuning.last, "members": dict(desk.members)},
        "rollout": {
            "profile": profile.name if profile else "",
            "state": rolling.place.state,
            "phase": rolling.place.phase,
            "run": state.run if state else "",
            "model": state.model if state else "",
            "dwell_s": state.served if state else 0,
            "samples": state.samples if state else 0,
            "checks": [one._asdict() for one in state.results] if state else [],
            "failed": sorted(state.failed) if state else [],
        },
        "desk": {
            "killed": desk.killed,
            "halted": desk.halted,
            "canary": desk.canary,
            "canary_symbols": sorted(desk.canary_symbols),
            "preview": desk.preview,
            "fraction": desk.fraction,
            "model": desk.model,
            "challenger": desk.challenger,
            "share": desk.share,
        },
        "verdicts": dict(steering.verdicts),
        "alerts": steering.watching.firing(),
        "silent": silences.shards,
        "measured": [list(sample) for sample in steering.watching.board.of_all(looked)],
    }
