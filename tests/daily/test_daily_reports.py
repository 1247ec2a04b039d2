"""What a person looks at in the morning and keeps in the evening."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from connectors.settings import Settings
from connectors.start_values import desk
from flows.daily.account import DailyError, losing, span_of
from flows.daily.evening import evening, flags_page
from flows.daily.morning import morning, newest_replay
from models.desk.desk import Desk

HOUR = 3_600 * 10**9
DAY = 24 * HOUR
MADE = datetime(2026, 11, 21, 18, tzinfo=UTC)


def standing(ordinal: int, ts: int, equity: str, **more: Any) -> dict[str, Any]:
    """Return what is looked at of an ``account`` body."""
    told = {"book": "active", "trades": ordinal, "win_rate": 0.5, "positions": []}
    return told | {"ordinal": ordinal, "ts": ts, "equity": equity} | more


def position(symbol: str, pnl: str) -> dict[str, str]:
    """Return what is looked at of a position."""
    return {"symbol": symbol, "venue": "", "pnl": pnl}


HISTORY = [
    standing(0, DAY - 2 * HOUR, "1000.00000000"),
    standing(1, DAY - HOUR, "1000.50000000"),
    standing(2, DAY + HOUR, "990.10000000"),
    standing(9, DAY + 2 * HOUR, "1.00000000", book="challenger"),
    standing(4, DAY + 9 * HOUR, "992.30000000", win_rate=0.25),
]


def test_a_span_begins_where_the_stretch_does() -> None:
    """With the last record up to it, whatever the order they come in; else with the oldest there is."""
    night = span_of(reversed(HISTORY), lambda ts: ts - 10 * HOUR)
    assert (night.first["ordinal"], night.last["ordinal"]) == (1, 4)
    assert night.pnl == Decimal("-8.20000000")
    assert span_of(HISTORY, lambda ts: 0).first["ordinal"] == 0
    assert span_of(HISTORY, lambda ts: 0, "challenger").pnl == 0
    with pytest.raises(DailyError, match="levibot run paper"):
        span_of([], lambda ts: ts)


def test_positions_that_lose_more_come_worst_first() -> None:
    """The bound itself is no loss yet."""
    body = {"positions": [position("A", "-50.00000000"), position("B", "-50.00000001"), position("C", "-70")]}
    assert losing(body, Decimal(-50)) == [
        {"symbol": "C", "venue": "", "pnl_usd": "-70"},
        {"symbol": "B", "venue": "", "pnl_usd": "-50.00000001"},
    ]  # fmt: skip


def report(folder: Path, day: str, **more: Any) -> Path:
    """Write what is looked at of a replay report."""
    path = folder / f"replay_{day}.json"
    plain = {"equal": True, "made_at": day, "first": None, "pnl": None, "features": {"consistent": True}}
    path.write_bytes(orjson.dumps(plain | more))
    return path


def test_the_newest_replay_is_that_of_the_last_day(tmp_path: Path) -> None:
    """By its name; none is none, and a file that is none is an error."""
    assert newest_replay(tmp_path) is None
    assert newest_replay(tmp_path / "nowhere") is None
    report(tmp_path, "20261231", equal=False)
    newest = report(tmp_path, "20270101")
    assert newest_replay(tmp_path) == {
        "file": str(newest), "equal": True, "made_at": "20270101", "first": None, "pnl": None,
        "features": True,
    }  # fmt: skip
    newest.write_text("{}")
    with pytest.raises(DailyError, match="is no replay report"):
        newest_replay(tmp_path)


def test_a_quiet_night_leaves_nothing_to_look_at(tmp_path: Path) -> None:
    """The account, the replay, and an empty list."""
    report(tmp_path, "20261121")
    found = morning(newest_replay(tmp_path), span_of(HISTORY, lambda ts: ts - 10 * HOUR), Decimal(-50))
    assert found["night"] == {
        "from_ts": DAY - HOUR, "to_ts": DAY + 9 * HOUR, "equity": "992.30000000", "pnl": "-8.20000000"
    }  # fmt: skip
    assert (found["losing"], found["look"]) == ([], [])


def test_what_must_be_seen_to_is_listed(tmp_path: Path) -> None:
    """A missing or different replay, and each position below the loss."""
    last = standing(5, DAY + 10 * HOUR, "900.00000000", positions=[position("BTCUSDT", "-60.00000000")])
    night = span_of([*HISTORY, last], lambda ts: ts - HOUR)
    differs = report(tmp_path, "20261121", equal=False)
    looks = [morning(replay, night, Decimal(-50))["look"] for replay in (None, newest_replay(tmp_path))]
    assert looks == [
        ["no replay report: levibot replay --last 24h --compare", "BTCUSDT is at -60.00000000 USD"],
        [f"the replay differs: {differs}", "BTCUSDT is at -60.00000000 USD"],
    ]


def test_the_day_is_told_in_four_numbers() -> None:
    """PnL and trades since midnight, equity and win rate at the end."""
    found = evening(span_of(HISTORY, lambda ts: ts // DAY * DAY))
    assert {name: found[name] for name in ("equity", "pnl", "trades", "win_rate")} == {
        "equity": "992.30000000", "pnl": "-8.20000000", "trades": 3, "win_rate": 0.25
    }  # fmt: skip


def test_the_flags_that_are_kept_make_the_same_desk(tmp_path: Path) -> None:
    """A new shard begins with them."""
    flags = {"max_daily_loss": -150.0, "max_open_positions": 3, "audit_ml_bucket": False}
    now = Desk(
        preview=True, canary=True, canary_symbols=frozenset({"SOLUSDT"}), usual=(0.6, 0.4), entry=0.6,
        exit=0.4, weights=(0.2, 0.3, 0.5), flags=flags,
    )  # fmt: skip
    path = tmp_path / "flags.yaml.20261121"
    path.write_text(flags_page({"ticks/0000": now.as_dict(), "ticks/0001": now.as_dict()}, MADE))
    made = desk(Settings(_env_file=None, flags_file=path))  # type: ignore[call-arg]
    fields = ("model", "preview", "canary", "canary_symbols", "usual", "entry", "exit", "weights")
    assert [getattr(made, name) for name in fields] == [getattr(now, name) for name in fields]
    assert made.flags == flags
    assert yaml.safe_load(path.read_text())["rollout"] == "preview"


def test_desks_that_differ_are_not_kept_as_one() -> None:
    """Which shards and in what is said; a shard without a desk is not guessed at."""
    one, other = Desk().as_dict(), Desk(canary=True).as_dict()
    with pytest.raises(DailyError, match="a and b differ in canary"):
        flags_page({"a": one, "b": other}, MADE)
    with pytest.raises(DailyError, match="no shard shows its desk"):
        flags_page({}, MADE)
