"""Which records are wanted, and which of them are the present."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Plain = dict[str, Any]

PRESENT_S = 4_500.0
"""Rows of a symbol end an hour after its last trade; a record comes every 15 minutes at least."""
NS = 1_000_000_000


def wanted(model: str | None, symbol: str | None) -> Callable[[Plain], bool]:
    """Return whether a record is of a model (name or reference) and symbol (name or ``venue:NAME``)."""
    return lambda body: (
        (model is None or model in (body["model"], body.get("reference")))
        and (symbol is None or symbol in (body["symbol"], f"{body['venue']}:{body['symbol']}"))
    )


def present(records: Iterable[Plain], seconds: float = PRESENT_S) -> list[Plain]:
    """Return the newest record of each model and symbol, in order of model, symbol and venue.

    One that is older than ``seconds`` before the newest of its shard tells nothing of the present.
    """
    newest: dict[tuple[str, str, str], Plain] = {}
    ends: dict[tuple[str, int], int] = {}
    for body in records:
        key = body["reference"], body["symbol"], body["venue"]
        if key not in newest or newest[key]["ts"] < body["ts"]:
            newest[key] = body
        shard = shard_of(body)
        ends[shard] = max(body["ts"], ends.get(shard, 0))
    found = [newest[key] for key in sorted(newest)]
    return [body for body in found if body["ts"] > ends[shard_of(body)] - int(seconds * NS)]


def shard_of(body: Plain) -> tuple[str, int]:
    """Return topic and partition of the ticks behind a record."""
    cause = body["caused_by"]
    return cause["topic"], cause["partition"]
