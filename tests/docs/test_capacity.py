"""The page of capacity computes what it says, from whatever the results hold."""

from __future__ import annotations

from typing import Any

import pytest

from docs.capacity import LOADS, MEAN, PEAK, Load, Measured
from docs.capacity_limits import NETWORK, TICK, UNKNOWN, amount, limits
from docs.capacity_page import capacity_parts

TICK_S, ROW_S = 4e-6, 150e-6


def speed(what: str, density: float) -> dict[str, Any]:
    """Return the row of a core on which a tick and a row take those times."""
    return {"name": f"Kafka → signals, {what} {density:g}", "ours": 1 / (TICK_S + ROW_S / density)}


SPEEDS = [speed("dense", 900.0), speed("recorded", 5.0)]
MORE = [
    {"name": "a symbol's second, 2,000 symbols, recorded 4.8: published", "ours": 2_500.0},
    {"name": "memory of a symbol", "ours": 40.0},
    {
        "name": "a symbol's second, live, 100 symbols of a shard: stages and encoding",
        "ours": 99.0,
        "ratio": 1.25,
    },
]


def told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return results with these rows."""
    return {"rows": rows, "machine": {"processor": "a processor"}, "broker": "a broker"}


def test_the_costs_of_ticks_and_rows_follow_from_two_speeds() -> None:
    """They are those that the speeds were made of, whatever else was measured."""
    measured = Measured.of([{"name": "kill", "ours": 1.0}, *SPEEDS, {"name": SPEEDS[0]["name"] + ": rate"}])
    assert measured.tick_s == pytest.approx(TICK_S)
    assert measured.row_s == pytest.approx(ROW_S)
    assert measured.busy(Load("", 100_000.0, 1_000)) == pytest.approx(0.4 + 0.15)


def test_results_without_the_speeds_are_refused() -> None:
    """The message says what to do."""
    with pytest.raises(ValueError, match="make bench"):
        Measured.of(SPEEDS[:1])


def test_what_breaks_first_stands_first() -> None:
    """By how many times the peak hour it takes; one process breaks below twice of it."""
    found = limits(Measured.of([*SPEEDS, *MORE]))
    factors = [each.factor for each in found]
    assert None not in factors and factors == sorted(factors, key=lambda factor: factor or 0.0)
    process = next(each for each in found if each.what.startswith("one process"))
    assert process.factor == pytest.approx(1 / (PEAK * TICK_S + 1_630 * ROW_S * 1.25))
    network = next(each for each in found if each.what.startswith("the network"))
    assert network.factor == pytest.approx(NETWORK / (2 * (PEAK * len(TICK) + 1_630 * 2_500.0)))


def test_what_was_not_measured_stands_last_and_says_so() -> None:
    """Network, disk and memory need figures that older results do not have."""
    found = limits(Measured.of(SPEEDS))
    assert [each.factor is None for each in found] == [False] * 3 + [True] * 3
    assert all(each.needed == UNKNOWN for each in found[3:])
    assert UNKNOWN in capacity_parts(told(SPEEDS))["limits"]
    assert UNKNOWN not in "".join(capacity_parts(told([*SPEEDS, *MORE])).values())


def test_the_parts_hold_the_computed_figures() -> None:
    """Cores to have are twice those that are busy, rounded up, and one at least."""
    parts = capacity_parts(told([*SPEEDS, *MORE]))
    assert [load.ticks for load in LOADS[:2]] == [MEAN, PEAK]
    assert "| a mean day | 1,330 | 1,630 | 0.31 | 1 |" in parts["cores"]
    assert "| the peak hour | 72,100 | 1,630 | 0.59 | 2 |" in parts["cores"]
    assert "| ten times the trades and the pairs | 721,000 | 16,300 | 5.94 | 12 |" in parts["cores"]
    assert parts["answer"].startswith(
        "**Cores in the peak hour: 2. With ten times the trades: 7. First breaks"
    )
    assert "188 µs (1.25 times as much)" in parts["measured"]
    assert "| memory of a symbol | 40.0 KB |" in parts["measured"]


def test_amounts_are_for_people() -> None:
    """Bytes in powers of a thousand, three digits."""
    found = [amount(value, "bytes") for value in (1_200.0, 3.21e6, 65.2e6, 1.5e12)]
    assert found == ["1.2 KB", "3.21 MB", "65.2 MB", "1.5 TB"]
    assert amount(125e6, "bytes/s") == "125 MB/s"
    assert (amount(0.531, "of a core"), amount(4_096, "symbols")) == ("0.531 of a core", "4,096 symbols")
