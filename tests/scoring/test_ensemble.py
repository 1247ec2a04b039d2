"""The ensemble's mean and spread: exact on small examples, and everywhere what fractions give."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.scoring.ensemble import mix
from models.ticks import Floats

NAN, INF = math.nan, math.inf
PROBS = st.one_of(st.floats(0, 1), st.sampled_from((0.0, 0.5, 1.0, NAN, INF, -INF)))


def mixed(*members: tuple[float, list[float]]) -> tuple[list[float], list[float]]:
    """Return means and spreads of members, each a weight with its answers."""
    found = mix([np.array(said, dtype=float) for _, said in members], [weight for weight, _ in members])
    return found.prob.tolist(), found.spread.tolist()


def test_the_mean_and_the_standard_deviation_are_weighted() -> None:
    """Three parts 0.75 and one part 0.25: mean 0.625, squared distances 3 of 1/64 and one of 9/64."""
    prob, spread = mixed((3.0, [0.75]), (1.0, [0.25]))

    assert prob == [0.625]
    assert spread == [math.sqrt((3 / 64 + 9 / 64) / 4)] == [math.sqrt(0.046875)]


def test_equal_weights_give_the_plain_mean_and_half_the_distance() -> None:
    """Of two members; where they agree there is no spread."""
    assert mixed((1.0, [1.0, 0.5, 0.25]), (1.0, [0.0, 0.5, 0.75])) == ([0.5] * 3, [0.5, 0.0, 0.25])


def test_one_member_alone_is_the_ensemble() -> None:
    """Within the last bit, without a spread, whatever its weight."""
    prob, spread = mixed((0.3, [0.1, 0.9]))

    assert prob == pytest.approx([0.1, 0.9], rel=1e-15) and spread == pytest.approx([0, 0], abs=1e-15)


@pytest.mark.parametrize("nothing", [NAN, INF, -INF])
def test_a_member_without_an_answer_has_no_say_in_that_row(nothing: float) -> None:
    """Its weight goes to the others: there alone, and for the spread too."""
    prob, spread = mixed((2.0, [0.75, nothing, 0.75]), (1.0, [0.0, 0.25, nothing]), (1.0, [0.5, 0.75, 0.25]))

    assert prob == [0.5, 0.5, (2 * 0.75 + 0.25) / 3]
    assert spread == [math.sqrt((2 / 16 + 1 / 4) / 4), 0.25, pytest.approx(math.sqrt(1 / 18))]


@pytest.mark.parametrize("nothing", [NAN, INF])
def test_where_no_member_has_an_answer_there_is_none(nothing: float) -> None:
    """NaN for both, without a warning; other rows are untouched."""
    prob, spread = mixed((2.0, [nothing, 0.5]), (1.0, [nothing, 0.5]))

    assert math.isnan(prob[0]) and math.isnan(spread[0])
    assert (prob[1], spread[1]) == (0.5, 0.0)


def test_a_member_of_weight_zero_is_heard_by_nobody() -> None:
    """Not even where it is the only one with an answer."""
    prob, spread = mixed((1.0, [0.25, NAN]), (0.0, [1.0, 1.0]))

    assert (prob[0], spread[0]) == (0.25, 0.0)
    assert math.isnan(prob[1]) and math.isnan(spread[1])


@given(
    st.lists(
        st.tuples(st.sampled_from((0.0, 0.1, 0.5, 1.0, 3.0, 999_999.0)), st.tuples(PROBS, PROBS, PROBS)),
        min_size=1,
        max_size=5,
    )
)
def test_it_is_what_exact_fractions_give(members: list[tuple[float, tuple[float, ...]]]) -> None:
    """Within rounding; never outside of [0, 1]; and each row as if it were alone."""
    prob, spread = mixed(*((weight, list(said)) for weight, said in members))

    for row in range(3):
        known = [(Fraction(w), Fraction(said[row])) for w, said in members if math.isfinite(said[row])]
        total = sum(w for w, _ in known)
        alone = mixed(*((weight, [said[row]]) for weight, said in members))
        assert np.array([prob[row], spread[row]]).tobytes() == np.array(alone).tobytes()
        if not total:
            assert math.isnan(prob[row]) and math.isnan(spread[row])
            continue
        mean = sum(w * p for w, p in known) / total
        variance = sum(w * (p - mean) ** 2 for w, p in known) / total
        assert 0 <= prob[row] <= 1 and prob[row] == pytest.approx(float(mean), abs=1e-15)
        assert spread[row] == pytest.approx(math.sqrt(variance), abs=1e-8)


def test_what_the_members_said_is_not_changed() -> None:
    """Their answers are published as well."""
    said: list[Floats] = [np.array([0.25, NAN, 1.0]), np.array([0.5, 0.5, INF])]
    before = [answer.tobytes() for answer in said]
    for answer in said:
        answer.flags.writeable = False
    mix(said, [1.0, 2.0])

    assert [answer.tobytes() for answer in said] == before
