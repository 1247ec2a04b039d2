"""The whole state that the panel shows, as plain data; what is not known is null, never 0."""

from __future__ import annotations

from typing import Any

from api.context import Context
from api.panel.actions import actions
from api.panel.desk import desk, guard_seen
from api.panel.findings import Finding, Whole, findings, redis_down
from api.panel.guardrails import guardrails
from api.panel.monitors import aged, buckets
from api.panel.paper import paper
from api.panel.reading import View
from api.panel.redlines import RedLines
from api.panel.slo import profile_of, service_levels
from api.shown.answer import answer, row
from api.shown.desks import Agreement
from api.shown.freshness import Plain, executor, is_online
from api.shown.guard import Measured

STATUS = {"online": "LIVE", "partial": "DEGRADED", "offline": "DEMO"}
PARTS = (
    "desk", "partial", "guard", "slo", "symbols", "actions", "guardrails", "counters", "reliability", "drift",
    "paper",
)  # fmt: skip


def down(context: Context, now: int) -> Plain:
    """Return the state while Redis does not answer: nothing is known."""
    return _about(context, now, "offline", redis_down()) | {"redis": "down"} | dict.fromkeys(PARTS)


def state(context: Context, lines: RedLines, view: View, now: int) -> Plain:
    """Return the state of a view; ``now`` is the wall clock in ns."""
    settings, guard = context.settings, view.guard
    heads = view.shards
    agreed = Agreement(heads)
    shown = desk(heads, agreed, guard, lines)
    seen = guard_seen(guard, now)
    measured = Measured(guard, now)
    rails = guardrails(guard, view.alerts, measured, now)
    rows = _rows(view, now, settings.stale_after_s)
    online = executor(heads.values(), now, settings.offline_after_s)
    whole = Whole(heads, shown, seen, rails, rows, now, settings.offline_after_s)
    slow = view.long.monitored
    return _about(context, now, online, findings(whole)) | {
        "redis": "up",
        "shards": _shards(view, now, settings.offline_after_s),
        "desk": shown,
        "partial": agreed.partial,
        "guard": seen,
        "slo": service_levels(view, measured, lines),
        "symbols": rows,
        "actions": actions(view.actions, measured, now),
        "guardrails": rails,
        "counters": {"dlq": _dlq(view, lines), "ml_bucket": buckets(slow["counts"], measured)},
        "reliability": aged(slow["reliability"], now),
        "drift": aged(slow["drift"], now),
        "paper": paper(view.account, view.long.equity, now, settings.offline_after_s),
    }


def _about(context: Context, now: int, online: str, found: list[Finding]) -> Plain:
    title, *why = found
    return {
        "ts": now,
        "status": STATUS[online],
        "executor": online,
        "version": context.version,
        "build_sha": context.settings.levibot_build_sha,
        "headline": {"tone": title.tone, "text": title.text, "why": [one._asdict() for one in why]},
        "shards": None,
    }


def _rows(view: View, now: int, stale_after_s: float) -> list[Plain]:
    known = [shard for shard in view.shards.values() if not shard["gone"]]
    rows = [
        _row(symbol, shard, now, stale_after_s) for shard in known for symbol in shard["symbols"].values()
    ]
    return sorted(rows, key=lambda one: str(one["symbol"]))


def _row(symbol: Plain, shard: Plain, now: int, stale_after_s: float) -> Plain:
    full = answer(symbol, shard, now, stale_after_s)
    more = {name: full[name] for name in ("price_target", "uncertainty", "last_signal")}
    return row(symbol, shard, now, stale_after_s) | more


def _shards(view: View, now: int, limit: float) -> dict[str, Any]:
    silent = [shard for shard, head in view.shards.items() if not is_online(head, now, limit)]
    return {"known": len(view.shards), "online": len(view.shards) - len(silent), "silent": silent}


def _dlq(view: View, lines: RedLines) -> Plain:
    """Return the invalid items of the last hour, as the shards count them."""
    known = [shard["dlq_size"] for shard in view.shards.values() if not shard["gone"]]
    limits = lines.of("dlq.size", profile_of(view.guard))
    return {"size": sum(known) if known else None, "limits": limits}
