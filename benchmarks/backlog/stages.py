"""Market, Scorer and Judge alone on decoded batches, without engine, encoding, Kafka and Redis."""

from __future__ import annotations

from benchmarks.ground import Ground, Speed
from benchmarks.results import Row, row
from benchmarks.ticks import TickTopic

NAME = "stages"


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + 2 * 2 * repeats


def run(ground: Ground) -> list[Row]:
    """Measure both densities."""
    return [
        _density(ground, ground.dense()),
        _density(ground, ground.recorded()),
    ]


def _density(ground: Ground, ticks: TickTopic) -> Row:
    ours: list[Speed] = []
    decoded: list[Speed] = []
    for n in range(ground.sizes.repeats):
        turn = f"{ticks.what}, {n + 1} of {ground.sizes.repeats}"
        ground.say(f"stages alone: {turn}")
        ours.append(ground.worker("stages", ticks))
        ground.say(f"consume and decode: {turn}")
        decoded.append(ground.worker("decode", ticks))
    return row(
        f"stages alone, {ticks.what}",
        "ticks/s",
        [speed.rate for speed in ours],
        against=[speed.rate for speed in decoded],
        against_what="consume and decode",
    )
