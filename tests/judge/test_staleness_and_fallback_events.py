"""Staleness and fallback: each episode begins once, changes once, recovers once; expiry is the last word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from judge.published import COIN, MODELS, OTHER, START, Story, after, trade
from oracle.stages import Line

from models.desk.desk import Desk
from models.scoring.model import ModelRows
from models.scoring.registry import load_all
from models.spec import Spec, Staleness
from models.ticks import Floats


def staleness(line: Line) -> list[tuple[float, str, str, str]]:
    """Return window end, event, level before and level after, of each staleness record."""
    return [(after(b["ts"]), b["event"], b.get("before", ""), b["level"]) for b in line.on("staleness")]


def fallbacks(line: Line) -> list[tuple[float, str, str]]:
    """Return window end, event and reason of each fallback record."""
    return [(after(b["ts"]), b["event"], b["reason"]) for b in line.on("fallback")]


def test_a_silence_is_told_at_each_limit_once_and_its_end_once() -> None:
    """Warn beyond 30 s, crit and fallback beyond 60 s, recovered with the next trade's second."""
    line = Story().trades([0.5]).beat(80).trades([80.5]).beat(120).told()

    assert staleness(line) == [
        (31.0, "crossed", "ok", "warn"),
        (61.0, "crossed", "warn", "crit"),
        (81.0, "recovered", "crit", "ok"),
        (111.0, "crossed", "ok", "warn"),
    ]
    assert fallbacks(line) == [(61.0, "enter", "stale"), (81.0, "exit", "stale")]


def test_a_limit_is_crossed_only_beyond_it() -> None:
    """Exactly 30.0 and 60.0 seconds are still within."""
    assert [event[0] for event in staleness(Story().trades([0.0]).beat(70).told())] == [31.0, 61.0]
    assert [event[0] for event in staleness(Story().trades([0.001]).beat(70).told())] == [31.0, 61.0]
    assert staleness(Story().trades([0.0]).beat(31).told()) == []


def test_an_event_tells_age_and_limit() -> None:
    """The age at the window end, and the limit that was crossed."""
    line = Story().trades([0.5]).beat(80).trades([80.25]).beat(90).told()

    assert [(body["age_s"], body["limit_s"]) for body in line.on("staleness")] == [
        (30.5, 30.0),
        (60.5, 60.0),
        (0.75, 60.0),
    ]
    assert {body["metric"] for body in line.on("staleness")} == {"staleness.tick"}


def test_the_ladder_is_the_specs() -> None:
    """Other limits, other seconds."""
    spec = Spec(models=MODELS, staleness=Staleness(warn_s=2.0, fallback_s=5.0))

    assert [event[0] for event in staleness(Story().trades([0.5]).beat(9).told(spec))] == [3.0, 6.0]


@pytest.mark.parametrize("cuts", [(), range(40)])
def test_expiry_is_told_once_and_ends_every_episode(cuts: range) -> None:
    """A symbol that comes back begins without one, and can cross its limits anew."""
    spec = Spec(models=MODELS, symbol_ttl_s=70)
    story = Story().trades([0.5]).beat(200).trades([200.5]).beat(235)

    line = story.told(spec, cuts=cuts)

    assert staleness(line) == [
        (31.0, "crossed", "ok", "warn"),
        (61.0, "crossed", "warn", "crit"),
        (71.0, "expired", "", "expired"),
        (231.0, "crossed", "ok", "warn"),
    ]
    assert fallbacks(line) == [(61.0, "enter", "stale")]
    [expired] = [body for body in line.on("staleness") if body["event"] == "expired"]
    assert (expired["limit_s"], expired["symbol"], expired["venue"]) == (70, "COIN", "here")


def test_symbols_are_told_apart_by_venue() -> None:
    """Two of one name, one of them silent."""
    story = Story().record(0.5, trade(0.5), trade(0.5, symbol=OTHER))
    for second in range(1, 40):
        story.record(second, trade(second, symbol=OTHER))

    [body] = story.beat(41).told().on("staleness")

    assert (body["symbol"], body["venue"]) == (COIN.name, COIN.venue)


class Moody:
    """A model that is no number from the 10th to the 12th second, and from the 20th on."""

    name, version = "moody", "moody-1"

    def predict(self, rows: ModelRows) -> Floats:
        """Return 0.9 or NaN."""
        second = rows.second - START
        return np.where(((second >= 10) & (second < 13)) | (second >= 20), np.nan, 0.9)


def test_a_guard_is_an_episode_too() -> None:
    """It begins with the first bad answer and ends with the first good one."""
    line = Line(Spec(), Desk(model="moody"), {**load_all(MODELS), "moody": Moody()})
    line.run(Story().trades([k + 0.5 for k in range(25)]).log)

    assert fallbacks(line) == [(11.0, "enter", "guard"), (14.0, "exit", "guard"), (21.0, "enter", "guard")]
    assert [(b["model"], b["instead_of"]) for b in line.on("fallback")] == [
        ("stub-sine", "moody"),
        ("moody", "stub-sine"),
        ("stub-sine", "moody"),
    ]


def test_a_missing_and_a_chosen_fallback_have_reasons_of_their_own() -> None:
    """Selecting another model ends both."""
    story = Story().trades([0.5]).beat(3).order("model.select", name="constant-0.9").beat(6)
    story.order("model.select", name="stub-sine").beat(9)

    line = story.told(desk=Desk(model="lost"))

    assert fallbacks(line) == [
        (1.0, "enter", "model_missing"),
        (3.0, "exit", "model_missing"),
        (6.0, "enter", "selected"),
    ]


def test_a_reason_that_changes_within_an_episode_is_told() -> None:
    """Stale on top of missing: the first cause in the order guard, stale, missing counts."""
    line = Story().trades([0.5]).beat(64).told(desk=Desk(model="lost"))

    assert fallbacks(line) == [(1.0, "enter", "model_missing"), (61.0, "enter", "stale")]


def test_every_event_names_what_released_it() -> None:
    """The offset and journal position behind its record or beat."""
    line = Story().trades([0.5]).beat(40).beat(70).record(90.0).told()

    def cause(body: dict[str, Any]) -> tuple[int, int]:
        return body["caused_by"]["offset"], body["caused_by"]["seq"]

    assert [cause(body) for body in line.on("staleness")] == [(1, 1), (1, 2)]
