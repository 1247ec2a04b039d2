"""The evening's report: equity, PnL, trades and win rate of the day, and the flags in force as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml

from flows.daily.account import DailyError, Span

Plain = dict[str, Any]


def evening(day: Span) -> Plain:
    """Return how the day (UTC) went: ``trades`` of the day, ``win_rate`` over all there were."""
    return {
        "equity": day.last["equity"],
        "pnl": f"{day.pnl:f}",
        "trades": day.last["trades"] - day.first["trades"],
        "win_rate": day.last["win_rate"],
        "from_ts": day.first["ts"],
        "to_ts": day.last["ts"],
    }


def flags_page(desks: Mapping[str, Plain], made: datetime) -> str:
    """Return the desk that all shards have, in the form of a flags file that a new shard can begin with.

    Raises ``DailyError`` where there is none, or shards differ.
    """
    found = {shard: _flags(desk) for shard, desk in desks.items()}
    if not found:
        raise DailyError("no shard shows its desk: is levibot run signals up, and Redis?")
    (first, flags), *others = found.items()
    for shard, other in others:
        if differ := [name for name in flags if flags[name] != other[name]]:
            raise DailyError(f"{first} and {shard} differ in {', '.join(differ)}: levibot doctor says why")
    head = (
        f"# The desk at {made.isoformat(timespec='seconds')}; a new shard begins with it under FLAGS_FILE.\n"
    )
    return head + yaml.safe_dump(flags, sort_keys=False)


def _flags(desk: Plain) -> Plain:
    return {
        "model": desk["model"],
        "rollout": "preview" if desk["preview"] else desk["fraction"],
        "canary": desk["canary"],
        "allow_symbols": list(desk["canary_symbols"]),
        "entry": desk["usual"][0],
        "exit": desk["usual"][1],
        "weights": list(desk["weights"]),
        "flags": dict(desk["flags"]),
    }
