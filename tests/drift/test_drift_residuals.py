"""Calibration residuals, and ADWIN that watches them."""

from __future__ import annotations

import numpy as np
import pytest
from river.drift import ADWIN

from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.monitor.bucket import Answered
from models.monitor.drift.residuals import CLOCK, KEPT, QUIET, Residuals, Shift, residuals

START = 1_700_000_100


def answered(horizon: int, seed: int = 0, symbols: int = 3) -> Answered:
    """Return answers of which some are missing, and outcomes of all kinds."""
    rng = np.random.default_rng(seed)
    prob = rng.random((symbols, horizon + 300))
    prob[rng.random(prob.shape) < 0.2] = np.nan
    outcome = rng.choice([UP, DOWN, TIE, STALE, UNKNOWN], prob.shape).astype(np.int8)
    return Answered("v", prob, outcome)


@pytest.mark.parametrize("horizon", [60, 45, 300, 7])
def test_one_residual_a_horizon(horizon: int) -> None:
    """The mean of p - y over symbols that have both, at seconds that the horizon divides."""
    one = answered(horizon)
    expected = []
    for second in range(START, START + 300):
        if second % horizon:
            continue
        column = horizon + second - START
        pairs = zip(one.prob[:, column], one.outcome[:, column], strict=True)
        values = [p - (y == UP) for p, y in pairs if y in (UP, DOWN) and np.isfinite(p)]
        expected.append(np.mean(values) if values else np.nan)

    found = residuals(one, START, horizon)
    np.testing.assert_allclose(found, expected, atol=1e-11)


def test_the_order_of_symbols_changes_no_bit() -> None:
    """Sums are of whole numbers."""
    one = answered(60, symbols=40)
    order = np.random.default_rng(1).permutation(40)
    other = Answered("v", one.prob[order], one.outcome[order])

    assert residuals(one, START, 60).tobytes() == residuals(other, START, 60).tobytes()


def test_it_is_adwin() -> None:
    """The first change comes where river's own detector sees it in the same values, moved to [0, 1]."""
    rng = np.random.default_rng(2)
    values = np.concatenate([rng.choice([-0.5, 0.5], 700), rng.choice([-0.2, 0.8], 500)])
    own, other = Residuals(0.01), ADWIN(delta=0.01, clock=CLOCK)

    found = next(i for i, value in enumerate(values) if (s := own.update(value)) and not s.over)
    seen = []
    for i, value in enumerate(values):
        other.update((value + 1.0) / 2.0)
        if other.drift_detected:
            seen.append(i)
    assert found == seen[0] >= 700


def test_an_episode_ends_when_nothing_changes_any_more() -> None:
    """Six hours of a minute each; the value is the mean since the change."""
    rng = np.random.default_rng(3)
    watch = Residuals(0.01)
    told: list[tuple[int, Shift]] = []
    for i in range(1_600):
        shift = watch.update(float(rng.choice([-0.5, 0.5])) + (0.4 if i >= 600 else 0.0))
        told += [(i, shift)] if shift else []

    (first, begun), (last, over) = told[0], told[-1]
    assert (begun.over, over.over) == (False, True) and last - first >= QUIET
    assert begun.before == pytest.approx(0.0, abs=0.15) and over.value == pytest.approx(0.4, abs=0.1)
    assert len(told) == 2


def test_a_restart_at_any_residual_gives_the_same_future() -> None:
    """Also across the point where the detector is built anew of its last values, and after a change."""
    rng = np.random.default_rng(4)
    values = rng.choice([-0.5, 0.5], 3 * KEPT + 300) + np.where(np.arange(3 * KEPT + 300) > 2_700, 0.4, 0.0)
    whole = Residuals(0.01)
    told = [whole.update(value) for value in values]
    assert sum(one is not None for one in told) >= 1

    for cut in (1, 31, 32, 1_999, 2_000, 2_001, 2_500, 2_750, 3_100):
        before = Residuals(0.01)
        for value in values[:cut]:
            before.update(value)
        after = Residuals(0.01, before.snapshot())
        assert [after.update(value) for value in values[cut:]] == told[cut:]
        assert after.snapshot()["given"].tobytes() == whole.snapshot()["given"].tobytes()


def test_the_state_is_bounded() -> None:
    """Never more than two thousand numbers."""
    watch = Residuals(1e-9)
    sizes = []
    for i in range(5 * KEPT):
        watch.update(0.5 if i % 2 else -0.5)
        sizes.append(len(watch.snapshot()["given"]) if i % 100 == 0 else 0)

    assert max(sizes) < 2 * KEPT


def test_a_calibrated_model_is_left_alone() -> None:
    """Forty days of residuals of independent outcomes at a delta for one alarm in four days: far fewer."""
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(4):
        watch = Residuals(0.25 / 45)
        prob = rng.uniform(0.3, 0.7, 14_400)
        for value in (prob - (rng.random(14_400) < prob)).tolist():
            shift = watch.update(value)
            alarms += shift is not None and not shift.over
    assert alarms <= 4
