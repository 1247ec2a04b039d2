"""Predictions meet their outcomes: the counts against a plain pairing of published records."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from judge.published import Story
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import Event
from oracle.market import Reference
from oracle.stages import Line, inputs

from models.desk.desk import Desk
from models.judge.outcomes import PUBLISHED, Outcomes
from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.spec import SECOND, Spec

NONE = {"matured": 0, "hits": 0, "ties": 0, "stale": 0}


def counts(line: Line) -> dict[str, int]:
    """Return what the last emission counted."""
    return dict(line.emissions[-1].outcomes)


def paired(line: Line, spec: Spec, reference: Reference) -> dict[str, int]:
    """Return the counts from the published predictions and the reference's outcomes."""
    symbols = dict(zip(line.market.symbols.names, line.market.symbols.symbols, strict=True))
    said = {
        (symbols[b["symbol"]], b["ts"]): b["prob"] for b in line.on("predictions") if b["role"] == "active"
    }
    found = Counter(NONE)
    for row in reference.rows:
        if row.outcome in ("up", "down"):
            prob = said[row.symbol, (row.second + 1 - spec.horizon_s) * SECOND]
            found["matured"] += 1
            found["hits"] += (prob >= 0.5) == (row.outcome == "up")
        elif row.outcome != "unknown":
            found["ties" if row.outcome == "tie" else "stale"] += 1
    return dict(found)


@examples()
@given(
    log=logs(orders=False),
    spec=specs(),
    model=st.sampled_from(("ml-fusion", "stub-sine", "lost")),
    cuts=st.lists(st.integers(0, 150), max_size=4),
)
def test_counts_are_those_of_the_published_predictions(
    log: list[Event], spec: Spec, model: str, cuts: list[int]
) -> None:
    """Whatever the batching and whoever answered; a block may be hundreds of seconds high."""
    line = Line(spec, Desk(model=model)).run(log, cuts)

    assert counts(line) == paired(line, spec, Reference(spec).take(log))


def rising(seconds: int) -> Story:
    """Return a story of one trade a second, the price always rising."""
    times = [k + 0.5 for k in range(seconds)]
    return Story().trades(times, {second: 100.0 + second for second in times})


def test_a_block_of_many_horizons_counts_each_row_once() -> None:
    """Five minutes in one batch: 300 closed seconds, of which 240 have a row one horizon before."""
    assert counts(rising(301).told()) == {"matured": 240, "hits": 240, "ties": 0, "stale": 0}
    assert counts(rising(301).told(cuts=range(301))) == counts(rising(301).told())


def test_a_restart_within_the_horizon_forgets_no_prediction() -> None:
    """The scores of the last minute are part of the state."""
    story = rising(90)
    line = Line(Spec())
    for activation in inputs(story.log, range(0, 90, 7)):
        line.step(activation)
        line.restart()

    assert counts(line)["matured"] == 29
    assert counts(line) == counts(Line(Spec()).run(story.log))


class Block:
    """The columns of a block that outcomes are made of."""

    def __init__(self, rows: list[tuple[int, int, int]]) -> None:
        self.code, self.second, self.outcome = (np.array([row[i] for row in rows]) for i in range(3))

    def __len__(self) -> int:
        return len(self.code)


def fed(*blocks: tuple[list[tuple[int, int, int]], list[float]]) -> dict[str, int]:
    """Return the counts of blocks of (code, second, outcome) with the scores of their rows."""
    outcomes = Outcomes(60)
    for rows, prob in blocks:
        outcomes.meet(Block(rows), {PUBLISHED: np.array(prob)})  # type: ignore[arg-type]
    return outcomes.counts


def test_a_hit_is_a_prediction_on_the_side_of_the_move() -> None:
    """One half counts as up; ties, stale ends and unknown beginnings are no misses."""
    said = [0.5, 0.9, 0.49, 0.1, 0.7, 0.7, 0.7]
    became = [UP, DOWN, UP, DOWN, TIE, STALE, UNKNOWN]

    found = fed(
        ([(code, 100, UNKNOWN) for code in range(7)], said),
        ([(code, 160, outcome) for code, outcome in enumerate(became)], [0.5] * 7),
    )

    assert found == {"matured": 4, "hits": 2, "ties": 1, "stale": 1}


def test_a_score_is_met_within_its_own_block() -> None:
    """Row 160 meets what row 100 of the same block said, row 220 what row 160 said."""
    rows = [(0, 100, UNKNOWN), (0, 160, UP), (0, 220, UP)]

    assert fed((rows, [0.9, 0.1, 0.5])) == {"matured": 2, "hits": 1, "ties": 0, "stale": 0}


def test_two_built_from_one_snapshot_do_not_disturb_each_other() -> None:
    """A snapshot is a copy on both sides."""
    outcomes = Outcomes(60)
    outcomes.meet(Block([(0, 100, UNKNOWN)]), {PUBLISHED: np.array([0.9])})  # type: ignore[arg-type]
    saved = outcomes.snapshot()
    one, other = Outcomes(60, saved), Outcomes(60, saved)

    for prob in (0.1, 0.1):
        one.meet(Block([(0, 100, UNKNOWN)]), {PUBLISHED: np.array([prob])})  # type: ignore[arg-type]
    other.meet(Block([(0, 160, UP)]), {PUBLISHED: np.array([0.5])})  # type: ignore[arg-type]

    assert other.counts["hits"] == 1
    assert one.counts["matured"] == 0
