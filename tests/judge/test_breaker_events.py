"""A model that fails on its rows is not asked for a while: what is published of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from judge.published import START, Story, after, rising_and_falling
from oracle.stages import Line, inputs

from models.desk.desk import Desk
from models.scoring.constant import Constant
from models.scoring.model import ModelRows
from models.scoring.registry import load_all
from models.spec import BreakerLimits, Spec
from models.ticks import Floats

SPEC = Spec(models=("stub-sine",), breaker=BreakerLimits(share=0.1, rows=20, half_open_after_s=30))


class Failing(Constant):
    """Has no answer between two seconds after the story's start."""

    name = "failing"
    version = "1"

    def __init__(self, begin: int, end: int) -> None:
        super().__init__(0.9)
        self._begin, self._end = START + begin, START + end

    def predict(self, rows: ModelRows) -> Floats:
        """Return 0.9, NaN while it fails."""
        failing = (rows.second >= self._begin) & (rows.second < self._end)
        return np.where(failing, np.nan, super().predict(rows))


def told(begin: int, end: int, story: Story | None = None) -> Line:
    """Return what is published while the model fails from ``begin`` to ``end``."""
    models = load_all(SPEC.models) | {"failing": Failing(begin, end)}
    line = Line(SPEC, Desk(model="failing"), models)
    return line.run((story or rising_and_falling(120)).log)


def transitions(line: Line) -> list[tuple[float, str, str]]:
    """Return when the breaker went from what to what."""
    found = [body for body in line.on("fallback") if body["event"] == "breaker"]
    return [(after(body["ts"]), body["before"], body["state"]) for body in found]


def test_it_opens_tries_and_closes() -> None:
    """The third failure of twenty rows opens it; half a minute later one second is tried, then all."""
    line = told(10, 35)

    assert transitions(line) == [
        (13.0, "closed", "open"), (43.0, "open", "half_open"), (44.0, "half_open", "closed"),
    ]  # fmt: skip
    by = {after(signal["ts"]): signal["model"] for signal in line.on("signals")}
    assert {second for second, model in by.items() if model == "stub-sine"} == set(range(11, 43))


def test_what_it_holds_back_is_flagged_advisory_and_has_its_episode() -> None:
    """First the guard speaks, for rows without an answer, then the breaker, for rows that are not asked."""
    line = told(10, 35)
    episodes = [body for body in line.on("fallback") if body["event"] != "breaker"]

    assert [(after(b["ts"]), b["event"], b["reason"]) for b in episodes] == [
        (11.0, "enter", "guard"), (14.0, "enter", "breaker"), (43.0, "exit", "breaker"),
    ]  # fmt: skip
    held = [signal for signal in line.on("signals") if signal["fallback"]]
    assert all(signal["advisory"] for signal in held)


def test_a_failing_trial_opens_it_again() -> None:
    """For another half minute."""
    assert transitions(told(10, 60))[:4] == [
        (13.0, "closed", "open"), (43.0, "open", "half_open"), (43.0, "half_open", "open"),
        (73.0, "open", "half_open"),
    ]  # fmt: skip


def test_another_model_begins_with_a_closed_one() -> None:
    """Whatever was wrong with the one before."""
    story = rising_and_falling(20)
    story.order("model.select", name="stub-sine").trades([k + 0.5 for k in range(20, 30)])

    assert [state for _, _, state in transitions(told(10, 60, story))] == ["open", "closed"]


@pytest.mark.parametrize("cuts", [range(120), range(0, 120, 7), (12, 13, 42, 43, 44)])
def test_cuts_and_restarts_change_nothing(cuts: Sequence[int]) -> None:
    """Not a byte, while the model fails, is held back, fails its trial and is back."""
    models = load_all(SPEC.models) | {"failing": Failing(10, 60)}
    log, line = rising_and_falling(120).log, Line(SPEC, Desk(model="failing"), models)
    for activation in inputs(log, cuts):
        line.step(activation)
        line.restart()

    assert line.published() == told(10, 60).published()


def test_a_kill_holds_whatever_the_breaker_does() -> None:
    """Behind it there is nothing but HOLD, advisory, also where the model comes back."""
    story = rising_and_falling(20)
    story.order("kill", reason="drill").trades([k + 0.5 for k in range(20, 120)])

    behind = [s for s in told(10, 35, story).on("signals") if after(s["ts"]) > 21]
    assert {(signal["signal"], signal["advisory"]) for signal in behind} == {("HOLD", True)}
    assert {signal["model"] for signal in behind} == {"stub-sine", "failing"}
