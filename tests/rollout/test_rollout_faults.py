"""The walk over every state notices each of the mistakes that are planted into the machine."""

from __future__ import annotations

import pytest

from models.rollout.machine import Machine
from tests.rollout.explorer import explore
from tests.rollout.faults import FAULTS, machine_with


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str) -> None:
    """By the promise that it breaks, with the shortest way there."""
    fault = FAULTS[name]
    with machine_with(fault) as make:
        found = explore(fault.plan, fault.checks, people=fault.people, make=make)
    assert make is not Machine
    assert fault.says in found.wrong
