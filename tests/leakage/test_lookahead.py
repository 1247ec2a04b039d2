"""The look-ahead check: it passes the stage as it is, and finds every way of knowing the future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from connectors.tick_history import files
from models.leakage.altering import changed_from, only_from
from models.leakage.labels import LabelCheck
from models.leakage.lookahead import SHOWN, LookAhead, Seen
from models.leakage.stage import StageMaker
from models.market.block import Closed
from models.training.rows import Rows, gather
from tests.leakage.planted import (
    START,
    Bend,
    history,
    next_return,
    only_rows_before_a_rise,
    planted,
    scaled_by_the_batch,
    sound,
)

SECOND = 1_000_000_000


def checked(stage: StageMaker, seed: int = 1) -> Seen:
    """Return what the check sees in an hour of two symbols."""
    check = LookAhead(stage, horizon_s=60, seed=seed)
    for batch in history(3_600).batches():
        check.take(batch)
    check.finish()
    return check.seen


def test_the_stage_knows_no_future() -> None:
    """With late, repeated, unreadable and future-dated records, nothing is different."""
    seen = checked(sound)

    assert (seen.different, seen.findings) == (0, [])
    assert seen.points >= 9 and seen.rows > 5_000 and seen.labels > 6_000


@pytest.mark.real_data
def test_the_stage_knows_no_future_of_a_real_market(real_data: Path) -> None:
    """A recorded session of raw exchange messages."""
    check = LookAhead(sound, horizon_s=60, seed=1)
    for batch in files([real_data / "binance_ws" / "spot_btcusdt_20230405.dat.gz"]).batches():
        check.take(batch)
    check.finish()

    assert check.seen.findings == [] and check.seen.rows > 300 and check.seen.labels > 300


@pytest.mark.parametrize(
    ("bend", "column"), [(next_return, "ret_1s"), (scaled_by_the_batch, "intensity_60s")]
)
def test_a_planted_look_ahead_is_found(bend: Bend, column: str) -> None:
    """A shift by -1, and a statistic over the whole batch: the column is named, and no other."""
    seen = checked(planted(bend))

    assert seen.different > 0
    assert {finding.column for finding in seen.findings if finding.check != "label"} == {column}
    assert len(seen.findings) <= 3 * SHOWN


def test_both_ways_of_changing_the_future_find_it() -> None:
    """Taking it away shows where a batch ends, changing it shows where a second does."""
    seen = checked(planted(scaled_by_the_batch))

    assert {finding.check for finding in seen.findings} == {"cut", "changed"}


def test_rows_that_depend_on_the_future_are_found() -> None:
    """Survivors alone: that a row is there at all tells what comes."""
    seen = checked(planted(only_rows_before_a_rise))

    assert "row" in {finding.column for finding in seen.findings}


def test_a_seed_draws_the_same_places() -> None:
    """What was found can be found again."""
    assert checked(planted(next_return), 3).findings == checked(planted(next_return), 3).findings


def late_label(closed: Sequence[Closed], horizon_s: int, warm_up_s: int) -> Rows:
    """Join each row with the label of the row a second earlier: it overlaps the features by one."""
    rows = gather(closed, horizon_s, warm_up_s)
    by_symbol = np.lexsort((rows.second, rows.code))
    label, realised = rows.label.copy(), rows.realised.copy()
    label[by_symbol[1:]] = rows.label[by_symbol[:-1]]
    realised[by_symbol[1:]] = rows.realised[by_symbol[:-1]]
    return replace(rows, label=label, realised=realised)


def later_features(closed: Sequence[Closed], horizon_s: int, warm_up_s: int) -> Rows:
    """Join each label with the features of a second later."""
    rows = gather(closed, horizon_s, warm_up_s)
    return replace(rows, x=np.roll(rows.x, -2, axis=0))


def test_labels_are_those_of_the_closes() -> None:
    """Each joined label with both of its ends in the history is recomputed."""
    stage, check = sound(None), LabelCheck(60)
    closed = [one for batch in history(600).batches() for one in stage.step([batch])]

    count, findings = check.take(closed, end=True)

    assert findings == [] and count > 600


def test_a_label_that_overlaps_the_features_is_found() -> None:
    """By one second is enough."""
    stage, check = sound(None), LabelCheck(60, late_label)
    closed = [one for batch in history(600).batches() for one in stage.step([batch])]

    _, findings = check.take(closed, end=True)

    assert {finding.column for finding in findings} == {"label", "realised"}


def test_features_of_another_second_are_found() -> None:
    """The features of a training row are those of the second in which its label begins."""
    stage, check = sound(None), LabelCheck(60, later_features)
    closed = [one for batch in history(600).batches() for one in stage.step([batch])]

    _, findings = check.take(closed, end=True)

    assert "features" in {finding.column for finding in findings}


def test_a_changed_future_is_another_one_at_the_same_times() -> None:
    """Prices, quantities and sides from the moment on; times and ids, and all that was before, stay."""
    batch = next(history(60).batches())
    before, at = batch.decoded.ticks, START + 30 * SECOND
    after = changed_from(batch, at, np.random.default_rng(1)).decoded.ticks

    later = before.ts >= at
    assert 0 < later.sum() < len(before)
    for name in ("record", "place", "symbol", "ts", "trade_id"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    for name in ("price", "qty"):
        assert np.array_equal(getattr(before, name)[~later], getattr(after, name)[~later])
        assert (getattr(before, name)[later] != getattr(after, name)[later]).all()


def test_a_history_without_its_beginning_keeps_its_clock() -> None:
    """The records before the moment are still there, without their ticks."""
    batch = next(history(60).batches())
    at = START + 30 * SECOND

    later = only_from(batch, at)

    assert np.array_equal(later.log_ts, batch.log_ts)
    assert (
        later.decoded.ticks.price.tolist() == batch.decoded.ticks.price[batch.decoded.ticks.ts >= at].tolist()
    )
