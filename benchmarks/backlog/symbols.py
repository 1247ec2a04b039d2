"""Kafka to signals at the recorded density of one symbol, twenty, two hundred and a thousand."""

from __future__ import annotations

from benchmarks.ground import RECORDED, Ground
from benchmarks.results import Row, row
from benchmarks.ticks import TickTopic, fill

NAME = "symbols"
SYMBOLS, QUICK_SYMBOLS = (1, 20, 200, 1_000), (1, 20)
TWENTY = 20
"""What the others are compared with."""


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return len(_symbols(repeats)) * (1 + repeats)


def run(ground: Ground) -> list[Row]:
    """Work each topic off in each repeat, one after another."""
    topics = {n: _topic(ground, n) for n in _symbols(ground.sizes.repeats)}
    rates: dict[int, list[float]] = {n: [] for n in topics}
    for turn in range(ground.sizes.repeats):
        for n, ticks in topics.items():
            ground.say(f"Kafka to signals, {n:,} symbols: {turn + 1} of {ground.sizes.repeats}")
            rates[n].append(_rate(ground, ticks))
    return [_row(n, topics[n], rates) for n in topics]


def _symbols(repeats: int) -> tuple[int, ...]:
    return QUICK_SYMBOLS if repeats == 1 else SYMBOLS


def _topic(ground: Ground, symbols: int) -> TickTopic:
    ground.say(f"filling a topic of {symbols:,} symbols")
    ticks = ground.sizes.recorded // 2
    name = f"symbols-{symbols}"
    return fill(ground.broker, name, "recorded", rate=RECORDED, ticks=ticks, symbols=symbols)


def _rate(ground: Ground, ticks: TickTopic) -> float:
    with ground.flow(ticks) as flow:
        flow.to_the_end()
        flow.stop()
        return ticks.records / flow.seconds()


def _row(symbols: int, ticks: TickTopic, rates: dict[int, list[float]]) -> Row:
    beside = rates[TWENTY] if symbols != TWENTY else []
    filled = sum(end > 0 for end in ticks.ends)
    many = f"{symbols:,} symbol{'s' if symbols > 1 else ''}"
    return row(
        f"Kafka → signals, {many}, {ticks.what}", "ticks/s", rates[symbols], against=beside,
        against_what=f"{TWENTY} symbols", note=f"{filled} of {len(ticks.ends)} shards have ticks",
    )  # fmt: skip
