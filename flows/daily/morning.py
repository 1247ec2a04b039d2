"""The morning's report: last night's replay, what the night made, which positions lose."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from flows.daily.account import DailyError, Span, losing

Plain = dict[str, Any]


def newest_replay(folder: Path) -> Plain | None:
    """Return what the newest replay report of a folder says in short, None where there is none.

    Raises ``DailyError`` for a file that is none.
    """
    path = max(folder.glob("replay_????????.json"), default=None, key=lambda path: path.name)
    if path is None:
        return None
    try:
        found = orjson.loads(path.read_bytes())
        short = {name: found[name] for name in ("equal", "made_at", "first", "pnl")}
        return {"file": str(path), **short, "features": found["features"]["consistent"]}
    except (OSError, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise DailyError(
            f"{path}: is no replay report ({error}); make one: levibot replay --compare"
        ) from error


def morning(replay: Plain | None, night: Span, loss: Decimal) -> Plain:
    """Return the report; ``look`` lists what a person must see to."""
    positions = losing(night.last, loss)
    return {
        "replay": replay,
        "night": {
            "from_ts": night.first["ts"], "to_ts": night.last["ts"], "equity": night.last["equity"],
            "pnl": f"{night.pnl:f}",
        },
        "positions": len(night.last["positions"]),
        "losing": positions,
        "look": [
            *([] if replay else ["no replay report: levibot replay --last 24h --compare"]),
            *([] if replay is None or replay["equal"] else [f"the replay differs: {replay['file']}"]),
            *(f"{one['symbol']} is at {one['pnl_usd']} USD" for one in positions),
        ],
    }  # fmt: skip
