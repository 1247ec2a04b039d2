"""The drift reference: bins frozen from training, and how far windows stray without any drift."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_rows import HORIZON, drawn_rows, plain_rows

from models.market.schema import NAMES
from models.training.card.drift_reference import draw_windows, edges_of, ks, psi, reference, smoothed
from models.training.rows import Rows

FIRST = NAMES[0]
BINS = st.integers(2, 10)


def autocorrelated(seconds: int, memory: float, seed: int = 0) -> Rows:
    """Return one symbol whose first column is an AR(1) process."""
    rng = np.random.default_rng(seed)
    shocks, values = rng.standard_normal(seconds), np.zeros(seconds)
    for i in range(1, seconds):
        values[i] = memory * values[i - 1] + shocks[i]
    rows = plain_rows(list(range(seconds)), [0] * seconds, [0] * seconds, symbols=1)
    rows.x[:, 0] = values
    return rows


def test_bins_hold_equal_shares_of_training() -> None:
    """Ten of them where values do not repeat; the smoothed shares sum to one."""
    rows = drawn_rows(5_000)

    found = reference(rows, NAMES, horizon_s=HORIZON, seed=1, draws=50)

    assert found["features"].keys() == set(NAMES)
    for feature in found["features"].values():
        assert feature["counts"] == [1_000] * 10
        assert sum(feature["shares"]) == pytest.approx(1.0)
        assert feature["edges"] == sorted(feature["edges"]) and len(feature["edges"]) == 9


@given(arrays(np.float64, st.integers(1, 60), elements=st.sampled_from([-1.0, 0.0, 0.5, 1.0, 7.0])))
def test_repeated_values_make_fewer_bins_and_no_empty_one(values: np.ndarray) -> None:
    """A value lies in one bin only, its lower edge included."""
    edges = edges_of(values)
    places = np.searchsorted(edges, values, side="right")

    assert (np.diff(edges) > 0).all()
    assert (np.bincount(places, minlength=len(edges) + 1) > 0).all()


@given(BINS.flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 1_000), min_size=n, max_size=n)] * 2)))
def test_psi_and_ks_are_distances(counts: tuple[list[int], list[int]]) -> None:
    """Zero for equal shares, never negative, finite also for empty bins, PSI the same both ways."""
    one, other = (smoothed(np.array(c, dtype=float)) for c in counts)

    assert psi(one, one) == ks(one, one) == 0.0
    assert 0.0 <= psi(one, other) < np.inf and 0.0 <= ks(one, other) <= 1.0
    assert psi(one, other) == pytest.approx(float(psi(other, one)))


def test_psi_by_hand() -> None:
    """Two bins, half and half against one to three; smoothing adds half a row to each."""
    shares = smoothed(np.array([0.0, 2.0]))

    assert shares.tolist() == [0.5 / 3, 2.5 / 3]
    expected = (1 / 6 - 0.5) * np.log(1 / 3) + (5 / 6 - 0.5) * np.log(5 / 3)
    assert psi(shares, np.array([0.5, 0.5])) == pytest.approx(expected)
    assert ks(shares, np.array([0.5, 0.5])) == pytest.approx(1 / 3)


def test_independent_rows_stray_as_theory_says() -> None:
    """The mean PSI of n independent rows in B bins is about (B - 1) / n; the median a little less."""
    rows = autocorrelated(40_000, memory=0.0)

    null = reference(rows, [FIRST], horizon_s=HORIZON, seed=1)["features"][FIRST]["null"]["900"]

    assert (null["block_s"], null["rows"]) == (900, 900.0)
    assert null["psi"]["0.5"] == pytest.approx(9 / 900, rel=0.2)


def test_autocorrelated_rows_stray_much_farther() -> None:
    """Which is what the null distribution is for: the fixed limit 0.2 lies below its middle."""
    rows = autocorrelated(40_000, memory=0.99)

    null = reference(rows, [FIRST], horizon_s=HORIZON, seed=1)["features"][FIRST]["null"]

    assert null["900"]["psi"]["0.5"] > 0.2
    assert null["3600"]["psi"]["0.95"] < null["900"]["psi"]["0.95"]
    for window in null.values():
        assert list(window["psi"].values()) == sorted(window["psi"].values())
        assert list(window["ks"].values()) == sorted(window["ks"].values())


def test_a_window_without_drift_passes_its_own_null() -> None:
    """About one window in twenty of later, equally distributed time lies above the 95 % quantile."""
    rows = autocorrelated(400_000, memory=0.95, seed=8)
    known, later = rows.where(rows.second < rows.second[200_000]), rows.x[200_000:, 0]
    feature = reference(known, [FIRST], horizon_s=HORIZON, seed=1)["features"][FIRST]

    windows = later[: 222 * 900].reshape(222, 900)
    places = np.searchsorted(feature["edges"], windows, side="right")
    counts = np.stack([np.bincount(p, minlength=10) for p in places]).astype(float)
    above = psi(smoothed(counts), np.array(feature["shares"])) > feature["null"]["900"]["psi"]["0.95"]
    assert 0.01 <= above.mean() <= 0.10


def test_a_short_history_is_resampled_in_blocks_and_says_so() -> None:
    """A twentieth of the time, never below the horizon; windows without rows are not counted."""
    rng = np.random.default_rng(0)
    for seconds, block in ((20_000, 1_000), (6_000, 300), (400, 60)):
        found = draw_windows(autocorrelated(seconds, 0.0), 3_600, HORIZON, 20, rng)
        assert found.block_s == block
        assert ((found.stop - found.start).sum(axis=1) >= 1_800).all()


def test_windows_stay_inside_one_symbol() -> None:
    """Rows of a window belong to one code and to as many seconds as its blocks have."""
    rows = drawn_rows(3_000, symbols=3)
    ordered = rows.where(np.lexsort((rows.second, rows.code)))

    found = draw_windows(ordered, 900, HORIZON, 200, np.random.default_rng(3))

    assert len(found.start) == 200
    for start, stop in zip(found.start, found.stop, strict=True):
        codes = {c for a, b in zip(start, stop, strict=True) for c in ordered.code[a:b].tolist()}
        assert len(codes) == 1 and (stop - start == found.block_s).all()


def test_a_reference_is_plain_and_repeatable() -> None:
    """The same seed gives the same JSON; the order of the rows does not matter."""
    rows = drawn_rows(2_000)
    shuffled = rows.where(np.random.default_rng(0).permutation(len(rows)))

    texts = {json.dumps(reference(r, [FIRST], horizon_s=HORIZON, seed=4)) for r in (rows, rows, shuffled)}

    assert len(texts) == 1
    assert replace(rows).symbols == ("COIN0", "COIN1")
