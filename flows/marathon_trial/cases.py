"""What is tried: a challenger that is good, one that is too bold, and one with too little data."""

from __future__ import annotations

from dataclasses import dataclass

from models.simulator import MarketSpec
from models.simulator.marathon import BUSY, THIN

START_S = 1_700_006_400
"""Second at which the markets of the runs begin: a full hour in November 2023."""
WARM_UP_S = 6 * 3_600
"""Both models score, and the monitors gather outcomes, for so long before a run is started."""
SEED = 11
HOLDER = "constant-0.55"
"""Says 0.55 of every second: it buys and holds, and is nearly calibrated."""
FOLLOWER = "ml-fusion"
"""Follows the trend, which pays in these markets."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run, and what is to come of it."""

    name: str
    market: MarketSpec
    incumbent: str
    learns_h: float = 24.0  # hours of the market that the challenger is trained on
    sharper: float = 1.0  # by which the log odds of the challenger's calibrated probabilities are multiplied
    decision: str = "PROMOTE"
    ends: str = "promoted"  # the event of the rollout that goes with the decision, "" for none
    kill_guard: bool = False  # in the middle of the run, as by a crash


GOOD = Case("good", BUSY, HOLDER, kill_guard=True)
FAULTY = Case("faulty", BUSY, HOLDER, sharper=3.0, decision="ROLLBACK", ends="rolled_back")
SPARSE = Case("sparse", THIN, FOLLOWER, learns_h=72.0, decision="EXTEND", ends="")
CASES = {case.name: case for case in (GOOD, FAULTY, SPARSE)}
