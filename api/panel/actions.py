"""The flow of what was done: scores, and the commands of operators and of the guard."""

from __future__ import annotations

from collections.abc import Iterable

from api.shown.freshness import Plain, age_s
from api.shown.guard import Measured

SHOWN = 24


def actions(items: Iterable[Plain], measured: Measured, now: int) -> Plain:
    """Return the newest scores and commands, and how many scores there are in a minute."""
    newest = [_action(item, now) for item in list(items)[:SHOWN]]
    return {"per_minute": measured.value("scores.per_minute"), "items": newest}


def _action(item: Plain, now: int) -> Plain:
    said = _score(item) if item["action"] == "ml.score" else _command(item)
    return {"action": item["action"], "age_s": age_s(item["ts"], now), "_err": item["_err"], **said}


def _score(item: Plain) -> Plain:
    context = item["context"]
    return {
        "id": item["id"],
        "symbol": item["symbol"],
        "model": item["model"],
        "prob": context["prob"],
        "confid": context["confid"],
        "ml_bucket": context.get("ml_bucket"),
        "fallback": context["fallback"],
    }


def _command(item: Plain) -> Plain:
    names = ("id", "cmd", "actor", "role", "scope", "args", "accepted", "reason")
    return {name: item[name] for name in names}
