"""The reliability of days: exact sums, and intervals that hold for overlapping outcomes of many symbols."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.monitoring.reliability import Reliability, wilson
from models.training.judging.calibration_error import ece
from models.training.judging.intervals import wilson as scipys
from tests.monitoring.monitor_records import START_S, Plain, calibration


def told(records: list[Plain]) -> list[Plain]:
    found = Reliability()
    for record in records:
        found.put(record)
    return found.as_dicts()


def record(prob: np.ndarray, up: np.ndarray, place: int, symbol: str = "BTCUSDT") -> Plain:
    """Return the five minutes of these scores and labels."""
    tenth = np.minimum((prob * 10).astype(int), 9)
    counts = {
        b: (
            int((tenth == b).sum()),
            int((tenth == b).sum()),
            int(up[tenth == b].sum()),
            prob[tenth == b].sum(),
        )
        for b in set(tenth.tolist())
    }
    return calibration(symbol, START_S + 300 * (place + 1), bucket=counts)


@given(st.integers(0, 2**32 - 1), st.permutations(range(12)))
def test_sums_are_those_of_all_rows_in_any_order(seed: int, order: list[int]) -> None:
    """Error, counts, means and shares against plain numpy on the rows."""
    random = np.random.default_rng(seed)
    prob = random.random((12, 50))
    up = random.random((12, 50)) < prob
    records = [record(prob[i], up[i], i, f"{i % 3}USDT") for i in range(12)]

    [found] = told([records[i] for i in order])

    tenth = np.minimum((prob * 10).astype(int), 9)
    assert found["ece"] == pytest.approx(ece(up.ravel(), prob.ravel()), abs=1e-12)
    assert (found["n"], found["up"], found["symbols"]) == (600, up.sum(), 3)
    assert (found["from_s"], found["to_s"]) == (START_S, START_S + 3_600)
    for b, one in enumerate(found["buckets"]):
        assert one["n"] == (tenth == b).sum()
        if one["n"]:
            assert one["prob_mean"] == pytest.approx(prob[tenth == b].mean(), abs=1e-12)
            assert one["up_share"] == pytest.approx(up[tenth == b].mean(), abs=1e-12)


def test_a_bucket_without_outcomes_has_no_share() -> None:
    """Scores whose outcome is not known count as said alone; a model without outcomes is left out."""
    nothing = {**calibration("ETHUSDT", START_S), "bucket": None}
    [found] = told([calibration("BTCUSDT", START_S, bucket={2: (5, 0, 0, 0.0), 4: (9, 8, 2, 3.6)}), nothing])

    assert found["buckets"][2] == {
        "left": 0.2, "right": 0.3, "said": 5, "n": 0, "up": 0,
        "prob_mean": None, "up_share": None, "n_eff": None, "low": None, "high": None,
    }  # fmt: skip
    assert found["symbols"] == 1
    assert (found["buckets"][4]["low"], found["floor"]) == (None, None)  # one hour tells no scatter
    assert told([calibration("BTCUSDT", START_S, bucket={2: (5, 0, 0, 0.0)}), nothing]) == []


def test_models_are_told_apart_by_their_reference() -> None:
    """Two bundles of one name are two diagrams."""
    found = told(
        [calibration("BTCUSDT", START_S, sha=sha, bucket={4: (9, 8, 2, 3.6)}) for sha in ("b", "a", "b")]
    )
    assert [(one["reference"], one["n"]) for one in found] == [("lgbm@a", 8), ("lgbm@b", 16)]


def test_what_an_hour_is_worth_follows_from_the_scatter_of_the_hours() -> None:
    """Ten hours of 100 outcomes in one bucket with 40 or 60 ups: by hand."""
    ups = [40, 60] * 5
    records = [
        calibration("BTCUSDT", START_S + 3_600 * hour + 300, bucket={5: (100, 100, up, 55.0)})
        for hour, up in enumerate(ups)
    ]
    [found] = told(records)

    variance = 10 / 9 * 10 * 10.0**2 / 1_000**2
    assert found["buckets"][5]["n_eff"] == pytest.approx(0.25 / variance)
    assert (found["buckets"][5]["low"], found["buckets"][5]["high"]) == wilson(0.5, 0.25 / variance)
    assert found["floor"] == pytest.approx(sqrt(2 / pi * variance))
    assert found["ece"] == pytest.approx(0.05)


def test_hours_that_are_all_up_count_once() -> None:
    """No scatter does not mean certainty."""
    records = [
        calibration("BTCUSDT", START_S + 3_600 * hour + 300, bucket={9: (300, 300, 300, 285.0)})
        for hour in range(8)
    ]
    assert told(records)[0]["buckets"][9]["n_eff"] == 8.0


@pytest.mark.parametrize(("share", "n"), [(0.0, 5.0), (0.5, 12.5), (0.97, 1_000.0), (1.0, 8.0)])
def test_the_interval_is_wilsons(share: float, n: float) -> None:
    """As training's, which takes the quantile from scipy."""
    assert wilson(share, n) == pytest.approx(scipys(share, n), abs=1e-12)


@pytest.mark.slow
def test_intervals_hold_for_symbols_that_move_as_one_with_overlapping_outcomes() -> None:
    """Over 40 markets of two days, calibrated scores are inside 95 % of the time, and the floor is right."""
    inside, errors, floors = [], [], []
    for seed in range(40):
        [found] = told(_market(seed))
        inside += [
            one["low"] <= one["prob_mean"] <= one["high"]
            for one in found["buckets"]
            if one["low"] is not None
        ]
        errors.append(found["ece"])
        floors.append(found["floor"])

    assert 0.91 <= np.mean(inside) <= 0.985
    assert np.mean(floors) == pytest.approx(np.mean(errors), rel=0.1)


def _market(seed: int, hours: int = 48, horizon: int = 6) -> list[Plain]:
    """Return records of two symbols with the same outcomes, a row each ten seconds, a minute ahead.

    Scores are bold or shy for ten minutes at a time, of both sides, and calibrated: an outcome is the sign
    of a normal sum over the horizon, of which the score knows a common shift.
    """
    random = np.random.default_rng(seed)
    rows = hours * 360
    shift = np.repeat(random.choice([-0.25, -0.1, 0.1, 0.25], rows // 60), 60)
    path = np.concatenate([[0.0], np.cumsum(random.standard_normal(rows + horizon))])
    drift = (path[horizon:-1] - path[: -horizon - 1]) / sqrt(horizon)
    up = drift + shift > 0
    prob = np.array([{-0.25: 0.401294, -0.1: 0.460172, 0.1: 0.539828, 0.25: 0.598706}[s] for s in shift])
    cuts = list(pairwise(range(0, rows + 1, 30)))
    one = [record(prob[a:b], up[a:b], i) for i, (a, b) in enumerate(cuts)]
    return [*one, *({**each, "symbol": "ETHUSDT"} for each in one)]
