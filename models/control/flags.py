"""The run-time flags: a typed whitelist, and how the owner's texts become typed values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Value = bool | int | float


class Flag(NamedTuple):
    """Type and range of a flag; ``holds`` is given a value of the right type."""

    kind: type
    holds: Callable[[float], bool]
    needs: str


FLAGS: dict[str, Flag] = {
    "max_daily_loss": Flag(float, lambda v: v <= 0, "a number of USD, at most 0, such as -200"),
    "max_position_size_usd": Flag(float, lambda v: v > 0, "a number of USD above 0"),
    "max_open_positions": Flag(int, lambda v: v >= 0, "a whole number, 0 or more"),
    "enable_telegram_alerts": Flag(bool, lambda v: True, "true or false"),
    "ml_confid_floor": Flag(float, lambda v: 0 <= v <= 1, "a number from 0 to 1"),
    "poll_interval_ms": Flag(int, lambda v: v >= 1_000, "a whole number of ms, 1000 or more"),
    "audit_ml_bucket": Flag(bool, lambda v: True, "true or false"),
    "audit_ml_signal_parts": Flag(bool, lambda v: True, "true or false"),
}
_SLO = re.compile(r"slo\.[a-z0-9_.]{1,40}\.(target|warn|crit)")
_SLO_FLAG = Flag(float, lambda v: True, "a number")
_LARGEST = 2**53  # whole numbers above it are not the same in every JSON reader


def flag(key: str) -> Flag | None:
    """Return the flag of that name, None if it is not on the whitelist."""
    return FLAGS.get(key) or (_SLO_FLAG if _SLO.fullmatch(key) else None)


def check_flag(key: str, value: object) -> str | None:
    """Return what is wrong with setting ``key`` to ``value``, None if nothing is."""
    found = flag(key)
    if found is None:
        return f"unknown flag '{key}'; known: {', '.join(FLAGS)}, slo.<metric>.<target|warn|crit>"
    kinds = {float: (float, int), int: (int,), bool: (bool,)}[found.kind]
    good = type(value) in kinds and abs(value) <= _LARGEST and found.holds(value)  # type: ignore[arg-type]
    return None if good else f"flag '{key}' must be {found.needs}"


def typed(key: str, text: str) -> Value:
    """Return a flag's value from its text; raise ``ValueError`` saying what it needs."""
    found = flag(key)
    value: object = text
    if text.lower() in ("true", "false"):
        value = text.lower() == "true"
    elif re.fullmatch(r"-?\d{1,20}", text):
        value = int(text)
    elif re.fullmatch(r"-?\d*\.\d+([eE]-?\d+)?|-?\d+[eE]-?\d+", text):
        value = float(text)
    problem = check_flag(key, value)
    if problem or found is None:
        raise ValueError(problem)
    return found.kind(value)  # type: ignore[no-any-return]
