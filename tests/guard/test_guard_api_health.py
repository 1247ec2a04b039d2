"""Whether the API is well: its last answer stands by the clock, however fast the log is caught up with."""

from __future__ import annotations

import pytest

from connectors.recovery.state import pack, unpack
from models.guard.inputs import UNASKED, Answered
from models.guard.measured.run import ANSWER_STANDS_NS, RunFigures
from models.spec import SECOND

AT = 1_800_000_000 * SECOND


def health(figures: RunFigures, after_s: float) -> list[float | None]:
    """Return what is known so long after ``AT`` on the clock."""
    return [sample.value for sample in figures.health(AT + int(after_s * SECOND))]


@pytest.mark.parametrize("well", [True, False])
def test_an_answer_stands_for_a_minute_of_the_clock(well: bool) -> None:
    """Looks in which nobody asked leave it as it is; after that nothing is known."""
    figures = RunFigures()
    assert health(figures, 0) == []
    figures.looked(Answered(well, None), AT)
    figures.looked(UNASKED, AT + SECOND)
    assert [health(figures, s) for s in (1, 60, 60.1)] == [[float(well)], [float(well)], []]
    assert ANSWER_STANDS_NS == 60 * SECOND


def test_an_answer_outlives_a_restart() -> None:
    """The state goes through its bytes."""
    figures = RunFigures()
    figures.looked(Answered(True, None), AT)
    assert health(RunFigures(unpack(pack(figures.snapshot()))), 5) == [1.0]
