"""The state of the whole: who may trade what, how far each shard is, what it has counted."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import Ctx
from api.http.answers import Json
from api.shown.desks import Agreement, versions
from api.shown.freshness import Plain, age_s, executor, is_online
from api.shown.living import living

router = APIRouter(tags=["status"])

EVENTS = 20
_COPIED = (
    "topic", "partition", "offset", "seq", "second", "ledger", "outcomes", "fallbacks", "dlq_size",
    "command_id",
)  # fmt: skip
_DESK = ("killed", "killed_by", "killed_models", "killed_symbols", "halted", "model")


@router.get("/status")
def status(context: Ctx) -> Json:
    """Tell the desk (kill, canary, rollout, model, policy, weights, flags), each shard, the latest events.

    `killed` is true when every shard has taken the kill in. A value on which shards differ is null, and
    `partial` names it with each shard's own. `lag_s` is how far a shard's log time is behind our clock.
    """
    now, limit = context.clock(), context.settings.offline_after_s
    heads = context.reader.heads()
    account, guard = context.reader.account(), context.reader.guard()
    agreed = Agreement(heads)
    desk = _desk(agreed, versions(heads))
    shards = [_shard(head, now, limit) for head in heads.values()]
    return Json(
        {
            **desk,
            "partial": agreed.partial,
            "executor": executor(heads.values(), now, limit),
            "account": living(account, now, limit),
            "guard": living(guard, now, limit),
            "ledger": _sum(heads),
            "shards": shards,
            "events": _events(heads, now),
            "ts": now,
        }
    )


def _desk(agreed: Agreement, known: dict[str, str]) -> Plain:
    model = agreed.desk("model", "model")
    return {
        "killed": agreed.desk("killed", "killed"),
        "killed_models": agreed.desk("killed_models", "killed_models"),
        "killed_symbols": agreed.desk("killed_symbols", "killed_symbols"),
        "halted": agreed.desk("halted", "halted"),
        "canary_mode": agreed.desk("canary_mode", "canary"),
        "allow_symbols": agreed.desk("allow_symbols", "canary_symbols"),
        "preview": agreed.desk("preview", "preview"),
        "rollout": {"fraction": agreed.desk("fraction", "fraction")},
        "model": {"name": model, "version": known.get(model) if model else None},
        "challenger": agreed.desk("challenger", "challenger"),
        "share": agreed.desk("share", "share"),
        "policy": {"entry": agreed.desk("entry", "entry"), "exit": agreed.desk("exit", "exit")},
        "weights": agreed.desk("weights", "weights"),
        "flags": agreed.flags(),
    }


def _shard(head: Plain, now: int, limit: float) -> Plain:
    seen = {
        "shard": head["shard"],
        "online": is_online(head, now, limit),
        "written_age_s": age_s(head["written_at"], now),
    }
    if head["gone"]:
        return seen
    desk = {name: head["desk"][name] for name in _DESK}
    return seen | {"lag_s": age_s(head["log_ts"], now)} | desk | {name: head[name] for name in _COPIED}


def _sum(heads: dict[str, Plain]) -> dict[str, int]:
    ledgers = [head["ledger"] for head in heads.values() if not head["gone"]]
    return {what: sum(ledger[what] for ledger in ledgers) for what in (ledgers[0] if ledgers else ())}


def _events(heads: dict[str, Plain], now: int) -> list[Plain]:
    events = [
        {"shard": shard, **event, "age_s": age_s(event["ts"], now)}
        for shard, head in heads.items()
        for event in ([] if head["gone"] else head["events"])
    ]
    return sorted(events, key=lambda event: -event["ts"])[:EVENTS]
