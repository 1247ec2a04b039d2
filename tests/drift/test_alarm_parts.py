"""The parts of the check of alarms: intervals, factors, the batch test, what is left out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from drift_cases import BEGIN, HOUR, trained, wandering
from scipy.stats import poisson

from flows.alarms.batch import EVERY_S, batch_delay
from flows.alarms.check import checked
from flows.alarms.finding import Delays
from flows.alarms.history import AlarmsError, History, history_of, residue_of
from flows.alarms.inflating import delays
from flows.alarms.rate import rate_of
from flows.alarms.result import Checked, power_of
from flows.alarms.shifts import NEAR, SIZE, factor_of
from models.market.schema import TRAINED
from models.monitor.drift import look
from models.monitor.drift.declared import Declared
from models.monitor.drift.distance import ks, padded_shares, psi
from models.monitor.drift.limits import Limits


@pytest.mark.parametrize("alarms", [0, 1, 4, 30])
def test_the_interval_is_exact(alarms: int) -> None:
    """At its ends, as many or more, and as many or fewer, have a chance of 2.5 %."""
    rate = rate_of(alarms, 2.0, 1.0)

    assert rate.per_day == alarms / 2.0
    assert poisson.cdf(alarms, rate.high * 2.0) == pytest.approx(0.025)
    assert alarms == 0 == rate.low or poisson.sf(alarms - 1, rate.low * 2.0) == pytest.approx(0.025)


def test_when_a_rate_holds() -> None:
    """One alarm in a fifth of a day is no contradiction to one a day, two are; three in a day are none."""
    assert [rate_of(n, 0.2, 1.0).holds for n in (0, 1, 2)] == [True, True, False]
    assert [rate_of(n, 1.0, 1.0).holds for n in (3, 4)] == [True, False]


def test_a_history_is_cut_in_two() -> None:
    """Nothing of the first part reaches into the rest: neither a label nor a feature's past."""
    rows = wandering(10 * HOUR, 2)
    found = history_of(rows, 0.6, 60, 0)

    assert found.first == BEGIN + 6 * HOUR - 300
    assert found.train.second.max() < found.first - 60 - 720
    assert found.rest.second.min() == found.first
    assert found.counts.shape[:3] == (2, 49, len(TRAINED)) and found.seconds == 49 * 300
    assert found.counts.sum() == len(found.rest) * len(TRAINED)
    with pytest.raises(AlarmsError, match="too short"):
        history_of(rows, 0.9, 60, 0)


def test_a_factor_gives_the_size() -> None:
    """Feature values times the factor have a PSI of 0.25 against training; a constant has none."""
    history = history_of(wandering(10 * HOUR), 0.6, 60, 0)
    bins = history.reference
    factor = factor_of(history, 0)
    assert factor is not None

    values = history.train.x[:, bins.columns[0]] * factor
    counts = np.bincount(np.searchsorted(bins.edges[0], values, side="right"), minlength=10)
    assert psi(padded_shares(counts, bins.real[0]), bins.expected[0]) == pytest.approx(SIZE, abs=NEAR)
    assert factor_of(history, 10) is None


def test_the_batch_test_by_plain_counting() -> None:
    """The first of its looks at which the rows of a window have a PSI above limit and ladder."""
    reference = trained()
    limits = Limits.of(reference, Declared(1.0, 1))
    rows = wandering(5 * HOUR, seed=31)
    at, end = BEGIN + 2 * HOUR, BEGIN + 5 * HOUR
    values = rows.x[:, 0] + np.where(rows.second >= at, 0.6, 0.0)

    expected = None
    for moment in range(at + EVERY_S, end + 1, EVERY_S):
        for length in (900, 3_600):
            window = values[(rows.second >= moment - length) & (rows.second < moment)]
            counts = np.bincount(np.searchsorted(reference.edges[0], window, side="right"), minlength=10)
            a, e = (counts + 0.5) / (len(window) + 5.0), reference.expected[0]
            value = float(((a - e) * np.log(a / e)).sum())
            if expected is None and value >= max(limits.at[str(length)].psi[0], 0.15):
                expected = moment - at
    assert expected is not None
    assert batch_delay(reference, limits, 0, rows.second, values, at, end) == expected
    assert batch_delay(reference, limits, 0, rows.second, rows.x[:, 0], at, end) is None


def test_what_counts_as_found() -> None:
    """Within twice the delay of the batch test, where that finds it and no alarm was on before."""
    delays_ = [Delays(600, 300), Delays(601, 300), Delays(None, 900), Delays(300, None)]
    power = power_of("feature", [*delays_, Delays(None, 9, skipped=True)])

    assert (power.drawn, power.skipped, power.batch, power.found) == (5, 1, 3, 1)
    assert (power.monitor_s, power.batch_s) == (600.0, 300.0)


@lru_cache
def two_days() -> History:
    """Return 48 hours of features that remember little or much."""
    return history_of(wandering(48 * HOUR, seed=35), 0.6, 60, 0)


def watched_days(shifts: int) -> Checked:
    """Check them."""
    found, _ = checked(two_days(), Declared(1.0, 1), shifts, 3, lambda share, note: None)
    return found


def test_shifts_are_put_in_and_found() -> None:
    """Of single features and of all moves; what has no values to scale is told."""
    found = watched_days(28)

    by_kind = {power.kind: power for power in found.powers}
    assert by_kind.keys() == {"feature", "regime", "inflated"}
    assert found.rate.holds and found.exit_code == 0, found
    assert by_kind["feature"].batch + by_kind["regime"].batch >= 20
    assert found.share is not None and found.share >= 0.95
    assert set(found.unable) == set(TRAINED) - set(TRAINED[:4]) == set(found.unjudged) - set(TRAINED[:4])


@pytest.mark.slow
def test_a_monitor_that_sees_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shifts that a batch test finds and the monitor does not: exit code 1."""
    monkeypatch.setattr(look, "LEAST_SHARE", 1e9)

    found = watched_days(28)

    assert (found.rate.alarms, found.exit_code) == (0, 1)
    assert {power.found for power in found.powers if power.kind != "inflated"} == {0}


def test_inflated_probabilities_are_found_by_both() -> None:
    """ADWIN needs at most twice as long as its own bound would, had it known the moment."""
    residue = residue_of(history_of(wandering(40 * HOUR, 3, seed=33), 0.5, 60, 0))
    at = int(residue.second[600])

    found = delays(residue, at, 0.002)
    assert found.batch is not None and found.monitor is not None
    assert found.batch > 0 and found.monitor <= 2 * found.batch
    assert np.diff(residue.second).min() >= 60


def test_padded_bins_add_nothing() -> None:
    """PSI and KS of a feature with fewer bins are those of its own bins alone."""
    counts = np.array([[30, 50, 20, 0, 0]])
    real = np.array([[True, True, True, False, False]])
    expected = np.array([[20, 60, 20, 0, 0]])

    one, other = padded_shares(counts, real), padded_shares(expected, real)
    short = [padded_shares(c[:, :3], real[:, :3]) for c in (counts, expected)]
    assert psi(one, other) == pytest.approx(psi(*short)) and ks(one, other) == pytest.approx(ks(*short))
