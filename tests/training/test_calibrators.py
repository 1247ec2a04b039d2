"""Calibrations: fitted on known distortions, chosen where nothing was fitted, the same bits in any batch."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from models.bundle.calibration import (
    Calibration,
    CalibrationError,
    Identity,
    Isotonic,
    Platt,
    calibration_from,
)
from models.training.learning.calibrators import choose, fit_isotonic, fit_platt

SOME: tuple[Calibration, ...] = (
    Identity(),
    Platt(0.37, -0.21),
    Platt(0.0, 0.1),
    Isotonic((0.1, 0.35, 0.8), (0.02, 0.4, 0.97)),
    Isotonic((0.5,), (0.51,)),
)


def scored(rows: int, slope: float, shift: float, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and labels whose true log odds are a line through those of the scores."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0.0, 1.5, rows)
    return expit(odds), (rng.random(rows) < expit(slope * odds + shift)).astype(np.int8)


@pytest.mark.parametrize("one", SOME, ids=str)
def test_a_calibration_gives_the_same_bits_for_any_batch_height(one: Calibration) -> None:
    """One by one, in sevens and all together; every result is a probability."""
    raw = np.concatenate([[0.0, 1.0, 1e-300, 0.5], np.random.default_rng(0).random(1_000)])
    whole = one.apply(raw)

    assert ((whole >= 0) & (whole <= 1)).all()
    for height in (1, 2, 7, 64):
        pieces = [one.apply(raw[i : i + height]) for i in range(0, len(raw), height)]
        assert np.concatenate(pieces).tobytes() == whole.tobytes()


@pytest.mark.parametrize("one", SOME, ids=str)
def test_a_calibration_survives_json(one: Calibration) -> None:
    """The plain form gives back an equal value."""
    assert calibration_from(json.loads(json.dumps(one.as_dict()))) == one


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ({}, "unknown calibration method None"),
        ({"method": "beta"}, "unknown calibration method 'beta'"),
        ({"method": "platt", "a": 1.0}, "missing"),
        ({"method": "platt", "a": -1.0, "b": 0.0}, "a not below 0"),
        ({"method": "platt", "a": float("nan"), "b": 0.0}, "finite"),
        ({"method": "identity", "a": 1.0}, "unexpected"),
        ({"method": "isotonic", "x": [0.1, 0.1], "y": [0.2, 0.3]}, "rise strictly"),
        ({"method": "isotonic", "x": [0.1, 0.2], "y": [0.3, 0.2]}, "never fall"),
        ({"method": "isotonic", "x": [0.1, 0.2], "y": [0.3]}, "same length"),
        ({"method": "isotonic", "x": [], "y": []}, "at least one"),
        ({"method": "isotonic", "x": [0.1], "y": [1.5]}, "within 0 and 1"),
        ({"method": "isotonic", "x": ["a"], "y": [0.5]}, "could not convert"),
    ],
)
def test_a_bad_calibration_is_refused_with_its_reason(raw: dict[str, object], word: str) -> None:
    """Wherever it comes from, it never scores."""
    with pytest.raises(CalibrationError, match=word):
        calibration_from(raw)


def test_platt_finds_the_line_that_distorted_the_scores() -> None:
    """With many rows it is the line itself, and as good as scikit-learn's logistic regression."""
    raw, label = scored(50_000, slope=0.5, shift=0.3)

    found = fit_platt(raw, label)

    other = LogisticRegression(C=np.inf).fit(logit(raw)[:, None], label)
    assert (found.a, found.b) == pytest.approx((0.5, 0.3), abs=0.02)
    assert (found.a, found.b) == pytest.approx((other.coef_[0, 0], other.intercept_[0]), abs=1e-3)


def test_platt_never_turns_an_opinion_round() -> None:
    """Scores that are wrong more often than right all become the share of ups."""
    raw, label = scored(5_000, slope=-0.8, shift=0.0)

    found = fit_platt(raw, label)

    assert found.a == 0.0
    assert found.apply(np.array([0.1, 0.9])) == pytest.approx([label.mean()] * 2, abs=1e-3)


@given(st.lists(st.sampled_from([0, 1]), min_size=1, max_size=30), st.integers(0, 1_000))
def test_isotonic_is_scikit_learns_kept_off_certainty(ups: list[int], seed: int) -> None:
    """At every score it was fitted on it says what the library says, but never 0 nor 1."""
    raw, label = np.random.default_rng(seed).random(len(ups)).round(1), np.array(ups, dtype=np.int8)

    found = fit_isotonic(raw, label)

    edge = 1 / (len(ups) + 2)
    expected = IsotonicRegression(out_of_bounds="clip").fit(raw, label.astype(float)).predict(raw)
    asked = np.linspace(0, 1, 11)
    assert found.apply(raw) == pytest.approx(np.clip(expected, edge, 1 - edge), abs=1e-6)
    assert 0 < found.apply(asked).min() <= found.apply(asked).max() < 1


def test_a_calibration_is_kept_where_later_rows_confirm_it() -> None:
    """Overconfident scores are pulled in; what was gained is told with the number of rows."""
    raw, label = scored(20_000, slope=0.3, shift=0.0)

    found = choose(raw[:10_000], label[:10_000], raw[10_000:], label[10_000:])

    told = found.as_dict()
    assert told["method"] in ("platt", "isotonic")
    assert told["ece_before"] > 0.1 > 0.02 > told["ece_after"]
    assert told["held_out"].keys() == {"identity", "platt", "isotonic"}
    assert (told["fitted_rows"], told["judged_rows"]) == (10_000, 10_000)


def test_what_does_not_hold_on_later_rows_is_not_kept() -> None:
    """The distortion of the first rows is gone on the later ones: the raw score stays."""
    early, later = scored(10_000, slope=0.3, shift=0.5), scored(10_000, slope=1.0, shift=0.0, seed=4)

    found = choose(*early, *later)

    assert found.calibration == Identity()
    assert found.as_dict()["ece_before"] == found.as_dict()["ece_after"]


@pytest.mark.parametrize(("fitted", "judged"), [(100, 10_000), (10_000, 100), (0, 0)])
def test_few_rows_fit_nothing(fitted: int, judged: int) -> None:
    """Below 200 rows on either side the raw score stays, without an error."""
    raw, label = scored(20_000, slope=0.3, shift=0.0)

    found = choose(raw[:fitted], label[:fitted], raw[-judged:] if judged else raw[:0], label[:judged])

    assert found.calibration == Identity()
