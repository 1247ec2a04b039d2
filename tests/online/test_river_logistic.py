"""The River learner against a plain one, row by row, and on a market where there is something to learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from online.oracle_learner import PlainLogistic

from connectors.recovery.state import pack, unpack
from models.online.river_logistic import CLIP, RiverLogistic

NAMES = ("a", "b", "c")


def lessons(n: int = 400, seed: int = 3) -> list[tuple[dict[str, float], bool]]:
    """Return rows of three features of very unlike size, one constant, and outcomes that the first tells."""
    chance = np.random.default_rng(seed)
    x = chance.standard_normal((n, 3)) * (1e-4, 50.0, 0.0) + (0.0, 1e3, 7.0)
    up = chance.random(n) < 1 / (1 + np.exp(-2e4 * x[:, 0]))
    rows = [dict(zip(NAMES, values, strict=True)) for values in x.tolist()]
    return list(zip(rows, up.tolist(), strict=True))


def test_it_is_a_logistic_regression_at_every_prefix() -> None:
    """Asked before each lesson: within a few last bits of the same steps in plain Python."""
    river, plain = RiverLogistic(), PlainLogistic()
    worst = 0.0
    for x, up in lessons():
        worst = max(worst, abs(river.predict_one(x) - plain.predict(x)))
        river.learn_one(x, up)
        plain.learn(x, up)

    assert worst < 1e-13
    found = river.snapshot()
    assert found["weights"] == pytest.approx(plain.weights, abs=1e-13)
    assert found["intercept"] == pytest.approx(plain.intercept, abs=1e-13)
    assert found["means"] == pytest.approx(plain.mean, rel=1e-12)
    assert found["counts"] == dict.fromkeys(NAMES, 400) and found["iterations"] == 400


def test_before_the_first_lesson_it_says_one_half() -> None:
    """Of every row, however wild."""
    assert RiverLogistic().predict_one({"a": 1e9, "b": -3.0}) == 0.5


def test_the_first_lesson_moves_the_intercept_alone() -> None:
    """One row has no spread, so nothing but 0.01 times the error, one half, is learnt from it."""
    learner = RiverLogistic()
    learner.learn_one({"a": 5.0}, True)

    assert learner.snapshot()["intercept"] == 0.005
    assert learner.snapshot()["weights"] == {"a": 0.0}
    assert learner.predict_one({"a": 5.0}) == 1 / (1 + math.exp(-0.005))


def test_a_feature_that_tells_gets_its_weight_and_a_constant_one_gets_none() -> None:
    """Whatever its unit is."""
    learner = RiverLogistic()
    for x, up in lessons(2_000):
        learner.learn_one(x, up)

    weights = learner.snapshot()["weights"]
    assert weights["a"] > 0.5 > 5 * abs(weights["b"]) and weights["c"] == 0.0


def test_a_row_counts_up_to_four_standard_deviations() -> None:
    """Beyond them every answer is that of the edge."""
    learner = RiverLogistic()
    for x, up in lessons():
        learner.learn_one(x, up)
    seen = learner.snapshot()
    spread = {name: math.sqrt(value) for name, value in seen["vars"].items()}
    edge, far = (
        learner.predict_one(seen["means"] | {"a": seen["means"]["a"] + many * spread["a"]})
        for many in (CLIP, 1e6)
    )

    assert edge == pytest.approx(far, abs=1e-12) and 0.5 < far < 1


@pytest.mark.parametrize("wild", [1e9, -1e12, 1e150, 1e300])
def test_a_wild_row_leaves_what_was_learnt_of_other_features(wild: float) -> None:
    """It blunts its own feature for long, and moves no weight by more than one clipped step."""
    learner = RiverLogistic()
    for x, up in lessons():
        learner.learn_one(x, up)
    before = learner.snapshot()["weights"]
    learner.learn_one({"a": 0.0, "b": wild, "c": 7.0}, True)

    after = learner.snapshot()["weights"]
    assert all(abs(after[name] - before[name]) <= 0.01 * (CLIP + 1e-4) for name in NAMES)
    assert 0 <= learner.predict_one({"a": 0.0, "b": 1e3, "c": 7.0}) <= 1


def test_no_finite_row_ends_the_learner() -> None:
    """After the wildest lesson, too, it goes on to answer with probabilities."""
    learner = RiverLogistic()
    for x, up in [*lessons(20), ({"a": 1e200, "b": 0.0, "c": 7.0}, True), *lessons(20)]:
        learner.learn_one(x, up)

    assert 0 <= learner.predict_one(lessons(1)[0][0]) <= 1


def test_a_snapshot_goes_on_where_it_was_taken() -> None:
    """Through the bytes of the recovery store, at any lesson, to the bit; going on does not change it."""
    whole, cut = RiverLogistic(), RiverLogistic()
    for place, (x, up) in enumerate(lessons(120)):
        if place % 7 == 0:
            saved = cut.snapshot()
            kept = pack(saved)
            cut = RiverLogistic(unpack(kept))
        assert cut.predict_one(x) == whole.predict_one(x)
        cut.learn_one(x, up)
        whole.learn_one(x, up)
        assert pack(saved) == kept

    assert pack(cut.snapshot()) == pack(whole.snapshot())
