"""The generated parts of ``docs/capacity.md`` as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docs import capacity
from docs.capacity import LOADS, PEAK, Measured
from docs.capacity_limits import UNKNOWN, Limit, limits

SPARE = 2.0
"""Cores are planned at half load: for bursts inside a second, and to catch up after a stop."""


def capacity_parts(results: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts by name, computed from ``benchmarks/results.json``."""
    measured = Measured.of(results["rows"])
    return {
        "answer": _answer(measured),
        "feed": _feed(),
        "measured": _measured(measured, results),
        "cores": _cores(measured),
        "densities": _densities(measured),
        "limits": _limits(measured),
    }


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _answer(m: Measured) -> str:
    peak, ten = (_whole(m.busy(load)) for load in LOADS[1:3])
    first = limits(m)[0]
    return (
        f"**Cores in the peak hour: {peak}. With ten times the trades: {ten}. "
        f"First breaks {first.what}, at {_factor(first.factor)} the peak hour's load.**"
    )


def _feed() -> str:
    return "\n".join([
        f"- trades of a mean day: {_money(capacity.DAY_USD)} / {capacity.TRADE_USD:.0f} USD / 86,400 s = "
        f"**{_round(capacity.MEAN)} a second**",
        f"- in the peak hour: {capacity.PEAK_HOUR} times that = **{_round(PEAK)} a second**",
        f"- pairs: {capacity.PAIRS:,}, so as many rows a second",
    ])  # fmt: skip


def _measured(m: Measured, results: Mapping[str, Any]) -> str:
    rows = [
        (
            "one core, dense market",
            f"{_round(m.dense.rate)} ticks/s at {m.dense.density:,.0f} a symbol and second",
        ),
        (
            "one core, sparse market",
            f"{_round(m.recorded.rate)} ticks/s at {m.recorded.density:.2f} a symbol and second",
        ),
        ("so a tick takes", f"{1e6 * m.tick_s:.1f} µs"),
        ("and a symbol's second, which is a row", f"{1e6 * m.row_s:.0f} µs"),
        ("the same where a shard closes one second at a time", _live(m)),
        ("published of a row, before compression", _bytes(m.row_bytes)),
        ("memory of a symbol", _bytes(m.symbol_bytes)),
    ]
    processor, broker = results["machine"]["processor"], results["broker"]
    return _table(("what", f"{processor}, {broker}"), rows)


def _cores(m: Measured) -> str:
    return _table(
        ("load", "ticks/s", "rows/s", "cores busy", "cores to have"),
        [
            (each.what, _round(each.ticks), f"{each.pairs:,}", f"{m.busy(each):.2f}", _whole(m.busy(each)))
            for each in LOADS
        ],
    )


def _densities(m: Measured) -> str:
    """Return the cores if all ticks came as dense, or as sparse, as they were measured."""
    return _table(
        ("ticks/s", f"all dense ({m.dense.density:,.0f})", f"all sparse ({m.recorded.density:.2f})"),
        [
            (_round(rate), _whole(rate / m.dense.rate), _whole(rate / m.recorded.rate))
            for rate in dict.fromkeys(each.ticks for each in LOADS)
        ],
    )


def _limits(m: Measured) -> str:
    return _table(
        ("breaks", "what there is", "needed", "breaks at this load", "then"),
        [_limit(each) for each in limits(m)],
    )


def _limit(each: Limit) -> tuple[str, ...]:
    return (each.what, each.there, each.needed, _factor(each.factor), each.then)


def _factor(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:,.0f} times" if value >= 10 else f"{value:.1f} times"


def _whole(busy: float) -> str:
    return f"{max(-(-busy * SPARE // 1), 1):,.0f}"


def _round(value: float) -> str:
    """Return a number with three digits, which is more than the assumptions bear."""
    return f"{float(f'{value:.3g}'):,.0f}"


def _money(value: float) -> str:
    return f"{value / 1e9:.0f} billion USD"


def _live(m: Measured) -> str:
    return UNKNOWN if m.live is None else f"{1e6 * m.row_s * m.live:.0f} µs ({m.live:.2f} times as much)"


def _bytes(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value / 1e3:.1f} KB"
