"""What the monitors cost: their part of all stages and encoding, on the recorded density."""

from __future__ import annotations

from benchmarks.ground import Ground
from benchmarks.results import Row, Target, row

NAME = "monitors"
MOST = 0.15


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 1 + repeats


def run(ground: Ground) -> list[Row]:
    """Measure it."""
    ticks = ground.recorded()
    shares = []
    for n in range(ground.sizes.repeats):
        ground.say(f"monitors: {ticks.what}, {n + 1} of {ground.sizes.repeats}")
        shares.append(100.0 * ground.worker("monitors", ticks).share)
    target = Target(bound=100.0 * MOST, of="ours", at_least=False)
    note = "of all stages and encoding: outcomes, calibration, drift against a reference of 29 features"
    return [row(f"monitors' share, {ticks.what}", "%", shares, target=target, note=note)]
