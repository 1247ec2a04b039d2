"""What ``docs/capacity.md`` computes of what breaks first: cores, network, disk, memory, tables."""

from __future__ import annotations

from typing import NamedTuple

from docs.capacity import LOADS, MEAN, PAIRS, Load, Measured
from models.spec import Spec

BURST = 950
"""Ticks of the busiest pair in one second, as recorded."""
TICK = (
    b'{"symbol":"BTCUSDT","ts":1723161600001000000,"price":61685.99,"qty":0.00032,'
    b'"side":"buy","trade_id":3221736941}'
)
PARTITIONS, WEEK_S = 16, 7 * 86_400
NETWORK, DISK, MEMORY = 125e6, 2e12, 4e9
"""What there is, by assumption: bytes a second, bytes, bytes."""
UNKNOWN = "not in the results yet"
_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"))


class Limit(NamedTuple):
    """Something that breaks, at ``factor`` times the peak hour; None where that was not measured."""

    what: str
    there: str
    needed: str
    factor: float | None
    then: str


def limits(m: Measured) -> list[Limit]:
    """Return what breaks, first what breaks first; what was not measured comes last."""
    peak = LOADS[1]
    busiest = Load("the busiest pair", BURST, 1)
    full, pairs = Spec().max_symbols, PAIRS / PARTITIONS
    found = [
        _limit("one process on one core", 1.0, m.busy(peak), "of a core", "more processes: INSTANCE, OF"),
        _limit("the busiest pair's shard", 1.0, m.busy(busiest), "of a core", "a pair has one shard"),
        _limit(f"one of {PARTITIONS} shards", full, pairs, "symbols", "new ones are refused"),
        _limit("the network of one broker", NETWORK, _network(m, peak), "bytes/s", "more brokers"),
        _limit("the disk of one broker", DISK, _disk(m), "bytes", "shorter retention, or more brokers"),
        _limit("memory of one process", MEMORY, _times(m.symbol_bytes, PAIRS), "bytes", "more processes"),
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.factor is None, each.factor))


def _limit(what: str, there: float, needed: float | None, unit: str, then: str) -> Limit:
    return Limit(
        what, amount(there, unit), amount(needed, unit), None if needed is None else there / needed, then
    )


def _network(m: Measured, load: Load) -> float | None:
    """Return bytes a second in and out of the broker: each tick and each row is written and read once."""
    rows = _times(m.row_bytes, load.pairs)
    return None if rows is None else 2 * (load.ticks * len(TICK) + rows)


def _disk(m: Measured) -> float | None:
    """Return the bytes of a week, of a mean day's trades."""
    rows = _times(m.row_bytes, PAIRS)
    return None if rows is None else WEEK_S * (MEAN * len(TICK) + rows)


def _times(each: float | None, count: int) -> float | None:
    return None if each is None else each * count


def amount(value: float | None, unit: str) -> str:
    """Return an amount for people, bytes in powers of a thousand."""
    if value is None:
        return UNKNOWN
    if not unit.startswith("bytes"):
        return f"{value:,.3g} {unit}" if value < 10 else f"{value:,.0f} {unit}"
    size, name = next((each for each in _SIZES if value >= each[0]), (1e3, "KB"))
    return f"{value / size:.3g} {name}{unit.removeprefix('bytes')}"
