"""Kafka to signals on one core, working off a backlog, beside what the client and the decoder alone can do.

Full work: features, scoring, gate, all output topics and the Redis view. Measured side by side: in each
repeat the client alone, client and decoder, and the flow read the same topic on the same core.
"""

from __future__ import annotations

from benchmarks.ground import Ground, Speed
from benchmarks.published import count
from benchmarks.results import Row, Target, row
from benchmarks.ticks import TickTopic
from models.judge.records import TOPICS

NAME = "catch-up"
DENSE_RATIO, RECORDED_RATIO, DENSE_RATE = 0.60, 0.35, 150_000.0


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + 2 * 3 * repeats


def run(ground: Ground) -> list[Row]:
    """Measure both densities."""
    return [
        *_density(ground, ground.dense(), DENSE_RATIO, DENSE_RATE),
        *_density(ground, ground.recorded(), RECORDED_RATIO, None),
    ]


def _density(ground: Ground, ticks: TickTopic, ratio: float, least: float | None) -> list[Row]:
    alone: list[Speed] = []
    decoded: list[Speed] = []
    flows: list[Speed] = []
    published = 0
    for n in range(ground.sizes.repeats):
        turn = f"{ticks.what}, {n + 1} of {ground.sizes.repeats}"
        ground.say(f"consume() alone: {turn}")
        alone.append(ground.worker("consume", ticks))
        ground.say(f"consume and decode: {turn}")
        decoded.append(ground.worker("decode", ticks))
        ground.say(f"Kafka to signals: {turn}")
        speed, published = _flow(ground, ticks)
        flows.append(speed)
    rows = [
        row(f"librdkafka consume() alone, {ticks.what}", "records/s", _rates(alone), note=_shares(alone)),
        row(
            f"consume and decode, {ticks.what}", "records/s", _rates(decoded), against=_rates(alone),
            against_what="consume() alone", note=_shares(decoded),
        ),
        row(
            f"Kafka → signals, {ticks.what}", "ticks/s", _rates(flows), against=_rates(decoded),
            against_what="consume and decode", target=Target(bound=ratio),
            note=f"{_shares(flows)}; {published / ticks.records:.2f} records published a tick",
        ),
    ]  # fmt: skip
    if least is not None:
        target = Target(bound=least, of="ours")
        rows.append(row(f"Kafka → signals, {ticks.what}: rate", "ticks/s", _rates(flows), target=target))
    return rows


def _flow(ground: Ground, ticks: TickTopic) -> tuple[Speed, int]:
    with ground.flow(ticks) as flow:
        share = flow.to_the_end()
        flow.stop()
        published = sum(count(flow.settings, topic) for topic in TOPICS)
        return Speed(ticks.records / flow.seconds(), share), published


def _rates(speeds: list[Speed]) -> list[float]:
    return [speed.rate for speed in speeds]


def _shares(speeds: list[Speed]) -> str:
    """Say how much of the core each run had: below 1, others took some of it, or it waited for the broker."""
    return "share of the core " + ", ".join(f"{speed.share:.2f}" for speed in speeds)
