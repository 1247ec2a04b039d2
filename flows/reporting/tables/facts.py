"""Nested plain data as rows: what a result was made of, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.reporting.words import UNKNOWN, count, plain

Fact = tuple[str, str]

BLOCKED = {
    "killed": "a kill was in force",
    "canary_symbol": "the symbol was not on the canary list",
    "insufficient_balance": "there was not enough cash",
    "daily_loss_limit": "the day had lost as much as it may",
    "max_open_positions": "as many positions were open as may be",
    "advisory": "the signal was advice only: a fallback, a canary, a rollout or a preview",
    "guard": "a feature or score was no number, or there was no price",
    "halted": "the account was halted",
    "shard_behind": "a shard had not reported this second",
}
"""Why an order was not made, by its reason."""


def facts(plain_data: Mapping[str, Any], prefix: str = "") -> Iterator[Fact]:
    """Yield the path and the value of everything in a mapping, the paths joined by dots."""
    for name, value in plain_data.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            yield from facts(value, f"{path}.")
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            yield from facts({str(place): one for place, one in enumerate(value, 1)}, f"{path}.")
        else:
            yield path, _said(value)


def blocked_rows(blocked: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Return reason, meaning and number of the orders that were not made, the most frequent first."""
    ranked = sorted(blocked.items(), key=lambda item: (-item[1], item[0]))
    return [(reason, BLOCKED.get(reason, ""), count(n)) for reason, n in ranked]


def _said(value: Any) -> str:
    if value is None or value in ({}, []):
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return plain(value, 6).rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(_said(one) for one in value)
    return str(value)
