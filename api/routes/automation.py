"""What runs by itself: watches over drift, calibration and staleness, the tuner, the rollout, the kill."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import Ctx
from api.http.answers import Json
from api.shown.desks import Agreement
from api.shown.freshness import Plain, age_s
from api.shown.guard import STALENESS, Measured, firing
from api.shown.living import living, state
from api.shown.reactions import reactions
from api.shown.watches import watches
from models.guard.tuning import EVERY_S as TUNED_EVERY_S
from models.scoring.ensemble import ENSEMBLE
from models.spec import SECOND

router = APIRouter(prefix="/automation", tags=["status"])


@router.get("/status")
def automation(context: Ctx) -> Json:
    """Tell what watches the product, when each last looked, what it found, and what follows from it.

    `acts`: whether the guard sends commands, or only tells what it would have sent; null while none is known.
    `reactions` are the rules that do more than alert. `last_signal` and `shadow` help where the shadow logs
    stay empty. `ok`: the guard lives and acts, and nothing is killed or halted.
    """
    now, guard, account = context.clock(), context.reader.guard(), context.reader.account()
    shards = context.reader.shards()
    alive = living(guard, now, context.settings.offline_after_s)
    told = guard or {"acts": None, "rollout": None, "verdicts": None, "silent": []}
    desk = _desk(Agreement(shards))
    acting = bool(alive["online"] and told["acts"])
    return Json(
        {
            "ok": acting and not (desk["killed"] or desk["halted"]),
            "status": state(guard, alive["online"]),
            "acts": told["acts"],
            **desk,
            "guard": alive | {"silent": told["silent"]},
            "watches": watches(shards, now) | {"staleness": _staleness(guard, now)},
            "tuner": _tuner(guard, now),
            "rollout": told["rollout"],
            "verdicts": told["verdicts"],
            "firing": firing(guard, now),
            "reactions": reactions(context.settings.rules_file),
            "last_signal": _last_signal(shards, now),
            "shadow": _shadow(shards, account),
            "ts": now,
        }
    )


def _desk(agreed: Agreement) -> Plain:
    names = ("killed", "killed_models", "killed_symbols", "halted", "model", "challenger", "share")
    return {name: agreed.desk(name, name) for name in names} | {"partial": agreed.partial}


def _staleness(guard: Plain | None, now: int) -> Plain:
    measured = Measured(guard, now)
    return {"last_age_s": measured.age_s, "staleness_s": measured.value(STALENESS)}


def _tuner(guard: Plain | None, now: int) -> Plain:
    """Return when the ensemble's weights were last looked at, null before, and what they are."""
    tuner = (guard or {"tuner": {"last": 0, "members": {}}})["tuner"]
    in_use = guard is not None and ENSEMBLE in (guard["desk"]["model"], guard["desk"]["challenger"])
    last = age_s(tuner["last"] * SECOND, now) if tuner["last"] else None
    return {"in_use": in_use, "every_s": TUNED_EVERY_S, "last_age_s": last, "members": tuner["members"]}


def _last_signal(shards: dict[str, Plain], now: int) -> Plain | None:
    signals = [symbol["signal"] for shard in shards.values() for symbol in shard["symbols"].values()]
    if not signals:
        return None
    last = max(signals, key=lambda signal: signal["ts"])
    return {name: last[name] for name in ("symbol", "signal", "model", "ts")} | {
        "age_s": age_s(last["ts"], now)
    }


def _shadow(shards: dict[str, Plain], account: Plain | None) -> Plain:
    """Return how many trades the challenger's book has closed, and its scores that the monitors have seen."""
    book = (account or {"books": {}})["books"].get("challenger")
    scores = 0
    for shard in shards.values():
        for symbol in shard["symbols"].values():
            monitors = symbol.get("monitors") or {}
            record = (monitors.get(shard["desk"]["challenger"]) or {}).get("calibration") or {}
            scores += ((record.get("windows") or {}).get("24h") or {"said": 0})["said"]
    return {"trades": book["trades"] if book else None, "scores_24h": scores}
