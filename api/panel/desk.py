"""Who may trade what, as the banner shows it."""

from __future__ import annotations

from collections.abc import Mapping

from api.panel.redlines import RedLines
from api.shown.desks import Agreement, versions
from api.shown.freshness import Plain, age_s
from models.desk.references import name_of


def desk(heads: Mapping[str, Plain], agreed: Agreement, guard: Plain | None, lines: RedLines) -> Plain | None:
    """Return what the desks agree upon and where a rollout is; None where no shard is known."""
    if not heads:
        return None
    model = agreed.desk("model", "model")
    return {
        "killed": agreed.desk("killed", "killed"),
        "killed_by": agreed.desk("killed_by", "killed_by"),
        "killed_models": agreed.desk("killed_models", "killed_models"),
        "killed_symbols": agreed.desk("killed_symbols", "killed_symbols"),
        "halted": agreed.desk("halted", "halted"),
        "canary": agreed.desk("canary", "canary"),
        "allow_symbols": agreed.desk("allow_symbols", "canary_symbols"),
        "preview": agreed.desk("preview", "preview"),
        "fraction": agreed.desk("fraction", "fraction"),
        "model": name_of(model) if model else None,
        "model_version": versions(heads).get(name_of(model)) if model else None,
        "challenger": agreed.desk("challenger", "challenger"),
        "share": agreed.desk("share", "share"),
        "rollout": None if guard is None else _rollout(guard["rollout"], lines),
    }


def _rollout(told: Plain, lines: RedLines) -> Plain:
    names = ("profile", "state", "phase", "run", "model", "dwell_s", "samples", "failed")
    found = {name: told[name] for name in names}
    return found | {"dwell_of_s": lines.dwell_s(told["profile"], told["phase"])}


def guard_seen(guard: Plain | None, now: int) -> Plain | None:
    """Return how long ago the guard showed itself, and the shards that it does not hear."""
    if guard is None:
        return None
    return {"age_s": age_s(guard["written_at"], now), "second": guard["second"], "silent": guard["silent"]}
