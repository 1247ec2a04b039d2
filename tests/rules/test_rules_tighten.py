"""Tightening is absolute: from the bundle's own thresholds, bounded, never added up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.tighten import Policy, policy_to_set, tightened

ARGS = {"entry": 0.01, "exit": -0.01}
OWN = Policy(0.55, 0.45)


def test_the_owners_amounts_on_the_usual_thresholds() -> None:
    """0.55 and 0.45 become 0.56 and 0.44, as numbers and not nearly."""
    assert tightened(OWN, ARGS) == (0.56, 0.44)
    assert tightened(Policy(0.56, 0.44), ARGS) == (0.57, 0.43)  # 0.56 + 0.01 is 0.5700000000000001


def test_a_second_episode_sets_what_the_first_did() -> None:
    """Nothing is sent while it is in force; after an operator's return to the own, it is sent again."""
    first = policy_to_set(OWN, OWN, ARGS)
    assert first == (0.56, 0.44)
    assert policy_to_set(OWN, first, ARGS) is None
    assert policy_to_set(OWN, OWN, ARGS) == first


@pytest.mark.parametrize(
    ("in_force", "wanted"),
    [((0.6, 0.4), None), ((0.6, 0.45), (0.6, 0.44)), ((0.5, 0.5), (0.56, 0.44)), ((0.55, 0.3), (0.56, 0.3))],
)
def test_stricter_thresholds_of_an_operator_stay(
    in_force: tuple[float, float], wanted: tuple[float, float] | None
) -> None:
    """Looser ones do not."""
    assert policy_to_set(OWN, Policy(*in_force), ARGS) == wanted


PROBABILITY = st.floats(0, 1)


@given(a=PROBABILITY, b=PROBABILITY, up=st.floats(0, 0.99), down=st.floats(-0.99, 0))
def test_the_result_is_a_policy(a: float, b: float, up: float, down: float) -> None:
    """Within 0 and 1, exit not above entry, neither looser than the own by more than the rounding."""
    own = Policy(max(a, b), min(a, b))
    found = tightened(own, {"entry": up, "exit": down})
    assert 0 <= found.exit <= found.entry <= 1
    assert found.entry >= own.entry - 1e-9 and found.exit <= own.exit + 1e-9
