"""Whether the account and the guard live, as they show it in the view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.shown.freshness import Plain, age_s
from models.spec import SECOND


def living(shown: Mapping[str, Any] | None, now: int, limit_s: float) -> Plain:
    """Return ``online`` (its loop turns), the age of its last write, how far its log time is behind.

    Null where unknown.
    """
    if shown is None:
        return {"online": False, "written_age_s": None, "second": None, "lag_s": None}
    written, second = age_s(shown["written_at"], now), shown["second"]
    lag = None if second is None else age_s(second * SECOND, now)
    return {
        "online": age_s(shown["alive_at"], now) <= limit_s,
        "written_age_s": written,
        "second": second,
        "lag_s": lag,
    }


def state(shown: Mapping[str, Any] | None, online: bool) -> str:
    """Return ``LIVE``, ``STALE`` where it no longer writes, ``EMPTY`` where it never has."""
    return "EMPTY" if shown is None else "LIVE" if online else "STALE"
