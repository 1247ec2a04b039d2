"""Law 3, a crash changes nothing: killed at any point, any number of times, the published log is the same.

Crashes are simulated (``tests/simulation``): at every call of a client, at every record on its way, around
snapshots and during starts. A run ends when everything was taken in; then its logs are compared, byte for
byte, with one replay without a crash, and every command must have been taken in once and in order.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from laws.how_many import examples

from tests.simulation.plan import HALTING_FEED, JOURNAL, SNAPSHOT, START, Plan
from tests.simulation.run import run
from tests.simulation.strategies import plans

pytestmark = pytest.mark.slow


@examples(2)
@given(plan=plans(crashes=6, whole=True))
def test_no_record_is_missing_doubled_or_different(plan: Plan) -> None:
    """The product's own stages, killed up to six times."""
    run(plan)


@examples(20)
@given(plan=plans(crashes=8, whole=False))
def test_no_history_changes(plan: Plan) -> None:
    """The same with a stage whose every record tells all that was taken in before it."""
    run(plan)


@examples(15)
@given(plan=plans(crashes=8, whole=False, aim=JOURNAL, slow=JOURNAL))
def test_a_crash_while_an_entry_is_in_flight(plan: Plan) -> None:
    """Written or not, acknowledged or not, before the next process opens the journal or after."""
    run(plan)


@examples(6)
@given(plan=plans(crashes=8, whole=False, aim=SNAPSHOT, epoch=1))
def test_a_crash_while_a_snapshot_is_taken(plan: Plan) -> None:
    """Written but not durable, or durable for some steps alone."""
    run(plan)


@examples(6)
@given(plan=plans(crashes=8, whole=False, aim=START))
def test_a_crash_while_a_process_starts(plan: Plan) -> None:
    """Crash loops included: several starts that come no further than reading."""
    run(plan)


@examples(6)
@given(plan=plans(crashes=3, whole=False, transactions=True, freezes=3))
def test_a_process_that_is_suspended_and_replaced(plan: Plan) -> None:
    """Woken beside its replacement it publishes nothing, and does not come back: transactions shut it out."""
    run(plan)


@examples(10)
@given(plan=plans(**HALTING_FEED))
def test_a_crash_in_a_silence(plan: Plan) -> None:
    """Beats in flight, of processes that find more ticks when they are started again."""
    run(plan)
