"""The tail of hourly maxima, and the limits at a declared rate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from drift_cases import trained
from hypothesis import given
from hypothesis import strategies as st

from models.monitor.drift.declared import DAY_S, SHARES, Declared
from models.monitor.drift.limits import Limits
from models.monitor.drift.looks import LOOKED, PSI
from models.monitor.drift.tail import Tail, independent, tail_of

TAILS = st.builds(Tail, st.floats(0, 5), st.floats(0.25, 2), st.floats(1, 1e4))


@given(TAILS, st.floats(1e-6, 0.49))
def test_a_limit_is_passed_as_often_as_it_says(tail: Tail, chance: float) -> None:
    """The chance beyond a limit is the one it was made for."""
    assert float(tail.beyond(np.array([tail.limit(chance)]))[0]) == pytest.approx(chance, rel=1e-6)


def test_the_tail_by_hand() -> None:
    """Three excesses with a mean of one: half the hours, then (1 + x / 3) ** -3 of these."""
    tail = Tail(threshold=2.0, excess=1.0, weight=3.0)

    assert tail.beyond(np.array([1.9, 2.0, 5.0])).tolist() == pytest.approx(
        [math.nan, 0.5, 0.0625], nan_ok=True
    )
    assert tail.limit(0.0625) == pytest.approx(5.0)
    assert tail.limit(0.7) == 2.0
    assert Tail(2.0, 1.0, 0.001).limit(1e-9) == math.inf


def test_few_hours_give_the_rate_as_well_as_many() -> None:
    """Over many references of 8, 16 and 200 hours the next hour passes the limit as declared."""
    rng = np.random.default_rng(0)
    for hours in (8, 16, 200):
        passed = []
        for _ in range(4_000):
            seen = rng.exponential(1.0, (1, hours))
            tail = tail_of(seen)
            assert tail is not None
            tail = tail._replace(weight=hours / 2 - 1)  # independent indeed
            passed.append(math.exp(-tail.limit(0.02)))
        assert np.mean(passed) == pytest.approx(0.02, rel=0.2)


def test_fewer_hours_give_a_farther_limit() -> None:
    """With the same threshold and excess."""
    limits = [Tail(2.0, 0.3, weight).limit(0.001) for weight in (1.0, 3.0, 10.0, 100.0, 1e6)]

    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == pytest.approx(2.0 + 0.3 * math.log(500), rel=1e-3)


def test_symbols_that_move_together_are_one() -> None:
    """Ten equal symbols are worth the hours of one, ten independent ones those of ten."""
    rng = np.random.default_rng(1)
    alone = rng.standard_normal((1, 300))

    assert independent(np.repeat(alone, 10, axis=0)) == pytest.approx(independent(alone), rel=0.01)
    assert independent(rng.standard_normal((10, 300))) == pytest.approx(3_000, rel=0.2)


def test_hours_like_the_ones_before_count_less() -> None:
    """An AR(1) process of 0.8 is worth a ninth of its hours; hours without looks are none."""
    rng = np.random.default_rng(2)
    hours = np.zeros(4_000)
    for i in range(1, len(hours)):
        hours[i] = 0.8 * hours[i - 1] + rng.standard_normal()

    assert independent(hours[None]) == pytest.approx(4_000 / 9, rel=0.2)
    assert independent(np.array([[1.0, np.nan]])) == 1.0
    assert tail_of(np.full((2, 3), np.nan)) is None


@given(st.floats(0.01, 100), st.integers(1, 500))
def test_a_declared_rate_is_shared_out(per_day: float, pairs: int) -> None:
    """Over hours, pairs and detectors it adds up to what was declared, ADWIN's checks included."""
    declared = Declared(per_day, pairs)
    rates = [declared.hourly(detector) * 24 * pairs for detector in LOOKED]
    adwin = declared.delta(60, 32) * DAY_S / (60 * 32) * pairs

    assert sum(SHARES.values()) == 1.0
    assert sum(rates) == pytest.approx(0.75 * per_day)
    assert adwin <= 0.25 * per_day * (1 + 1e-9)


@pytest.mark.parametrize(("per_day", "pairs"), [(0.0, 1), (-1.0, 1), (math.nan, 1), (1.0, 0)])
def test_nothing_can_be_declared_of_nothing(per_day: float, pairs: int) -> None:
    """A rate above 0, for one pair at least."""
    with pytest.raises(ValueError, match="more than 0 false alarms"):
        Declared(per_day, pairs)


def test_limits_follow_what_is_declared() -> None:
    """A rarer alarm has a farther limit; a value at it has the rarity that was declared, in days."""
    strict, loose = (Limits.of(trained(), Declared(rate, 1)) for rate in (0.1, 10.0))

    for key in ("900", "3600", "sustained"):
        assert (strict.at[key].psi >= loose.at[key].psi).all()
        known = np.isfinite(strict.at[key].psi)
        days = np.array(strict.days(key, strict.at[key].psi), dtype=float)
        assert known.any()
        assert days[known] == pytest.approx(1.0 / (0.1 * SHARES[PSI]))
    assert np.isinf(strict.at["previous"].ks).all()
    assert strict.days("previous", np.ones(4), 1) == [None] * 4


def test_what_no_window_can_reach_is_no_limit() -> None:
    """A reference of three hours cannot judge what remembers for minutes, and says so."""
    few, many = (Limits.of(trained(hours), Declared(1.0, 1)) for hours in (3, 40))

    assert np.isinf(few.at["900"].psi).sum() > np.isinf(many.at["900"].psi).sum()
    assert (few.at["3600"].psi >= many.at["3600"].psi).all()
