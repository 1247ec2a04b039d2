"""What Judge hands on to the monitors, against the published predictions and the reference's rows."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from judge.published import START, rising_and_falling
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import SECOND, Event
from oracle.market import Reference
from oracle.rows import Row
from oracle.stages import Line

from models.desk.desk import Desk
from models.inputs import Genesis
from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.monitor.bucket import BUCKET_S, Bucket
from models.spec import Spec
from models.ticks import Symbol

CODES = {"up": UP, "down": DOWN, "tie": TIE, "stale": STALE, "unknown": UNKNOWN}
UNIT = 2.0**-40


class Said(NamedTuple):
    """Who said something of which second of a symbol."""

    model: str
    symbol: Symbol
    second: int


def buckets(line: Line) -> list[Bucket]:
    """Return the closed buckets in order."""
    handed = [one for emission in line.emissions for one in emission.monitor]
    return [one for one in handed if not isinstance(one, Genesis)]


def said(line: Line) -> dict[Said, float]:
    """Return the published predictions; what the fallback said stands under its own name."""
    symbols = dict(zip(line.market.symbols.names, line.market.symbols.symbols, strict=True))
    return {
        Said(body["model"], symbols[body["symbol"]], body["ts"] // SECOND - 1): body["prob"]
        for body in line.on("predictions")
    }


def expected(line: Line, reference: Reference) -> dict[int, dict[Symbol, list[Row]]]:
    """Return the rows of each bucket that log time has passed, by its start and symbol."""
    closed_to = max((closing.second for closing in reference.closings), default=0)
    found: dict[int, dict[Symbol, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in reference.rows:
        start = row.second // BUCKET_S * BUCKET_S
        if start + BUCKET_S <= closed_to:
            found[start][row.symbol].append(row)
    return found


def check(
    bucket: Bucket, rows: dict[Symbol, list[Row]], earlier: dict[Symbol, list[Row]], line: Line
) -> None:
    """Compare one bucket, and the end of the one before in front of it, with the rows."""
    horizon, predictions = line.spec.horizon_s, said(line)
    assert set(bucket.symbols) == set(rows)
    for place, symbol in enumerate(bucket.symbols):
        assert bucket.rows[place] == len(rows[symbol])
        for model, answered in bucket.answers.items():
            prob = np.full(horizon + BUCKET_S, np.nan)
            outcome = np.full(horizon + BUCKET_S, UNKNOWN)
            for row in (*earlier.get(symbol, ()), *rows[symbol]):
                column = row.second - bucket.start + horizon
                if column >= 0:
                    outcome[column] = CODES[row.outcome]
                    prob[column] = predictions.get(Said(model, symbol, row.second - horizon), np.nan)
            prob[outcome == UNKNOWN] = np.nan
            known = answered.outcome[place] != UNKNOWN
            assert np.array_equal(answered.outcome[place], outcome)
            assert np.array_equal(answered.prob[place][known], prob[known], equal_nan=True)


@examples()
@given(
    log=logs(min_size=40, orders=False),
    spec=specs(),
    model=st.sampled_from(("ml-fusion", "stub-sine", "river-logistic")),
    cuts=st.lists(st.integers(0, 150), max_size=4),
)
def test_a_bucket_holds_what_was_said_and_what_became_of_it(
    log: list[Event], spec: Spec, model: str, cuts: list[int]
) -> None:
    """Each by the second at which the outcome was known; in whatever batches the log came."""
    line, reference = Line(spec, Desk(model=model)).run(log, cuts), Reference(spec).take(log)

    found, rows = buckets(line), expected(line, reference)

    assert [bucket.start for bucket in found] == sorted(rows)
    for bucket in found:
        check(bucket, rows[bucket.start], rows.get(bucket.start - BUCKET_S, {}), line)


def test_the_parts_are_summed_exactly() -> None:
    """As the signals tell them, in units of 2**-40."""
    line = rising_and_falling(700).told(desk=Desk(model="ml-fusion"))
    parts = {s["ts"] // SECOND - 1: list(s["ml_signal_parts"].values()) for s in line.on("signals")}

    for bucket in buckets(line):
        inside = [parts[s] for s in range(bucket.start, bucket.end) if s in parts]
        assert bucket.parts[0].tolist() == np.rint(np.array(inside) / UNIT).astype(int).sum(axis=0).tolist()


def test_a_bucket_names_the_tick_that_let_log_time_pass_its_end() -> None:
    """The records made of it have that cause, however the log was cut."""
    story = rising_and_falling(700)
    ends = [START // BUCKET_S * BUCKET_S + BUCKET_S * i for i in (1, 2)]
    causes = [
        next(p["caused_by"]["offset"] for p in story.told().on("progress") if p["second"] >= end)
        for end in ends
    ]

    for cuts in ((), range(0, 700, 13)):
        assert [bucket.cause.offset for bucket in buckets(story.told(cuts=cuts))] == causes


def test_what_fills_survives_a_restart() -> None:
    """Buckets are the same, however often the stages are built from their snapshots on the way."""
    story, once = rising_and_falling(700), []
    line = Line(Spec(models=("stub-sine", "ml-fusion")), Desk(model="ml-fusion"))
    for at in range(0, 700, 50):
        line.run(story.log[at : at + 50])
        line.restart()
    once = story.told(spec=line.spec, desk=Desk(model="ml-fusion"))

    for one, other in zip(buckets(line), buckets(once), strict=True):
        assert one.answers.keys() == other.answers.keys()
        for model, answered in one.answers.items():
            assert np.array_equal(answered.prob, other.answers[model].prob, equal_nan=True)
    assert line.published() == once.published()
