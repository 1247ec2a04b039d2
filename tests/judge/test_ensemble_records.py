"""What is published while the ensemble is in use: its members' word, its doubt, and what it loses."""

from __future__ import annotations

import pytest
from judge.published import Story
from oracle.log import Told
from oracle.stages import BUNDLES, Line

from models.desk.desk import LEARNER, Desk
from models.desk.news import LOST, READY, News
from models.scoring.ensemble import ENSEMBLE
from models.scoring.registry import BUILT_IN, WALKED
from models.scoring.scorer import FALLBACK
from models.spec import Spec

ONE, OTHER = BUNDLES


def ensemble_of(*members: str) -> Story:
    """Return a story in which an ensemble of these is selected before the first trade."""
    return (
        Story().order("weights.set", members=dict.fromkeys(members, 1.0)).order("model.select", name=ENSEMBLE)
    )


SPEC = Spec(models=(*BUILT_IN, *WALKED, "constant-0.9", "constant-0.2"))


def said_by(line: Line, role: str) -> list[tuple[str, float]]:
    """Return model and probability of each prediction of a role, in order."""
    return [(body["model"], body["prob"]) for body in line.on("predictions") if body["role"] == role]


def test_what_the_members_say_is_published_beside_the_ensemble() -> None:
    """A prediction a row and member, in a role of its own, under the member's version."""
    line = ensemble_of("constant-0.9", "constant-0.2", LEARNER).trades([0.5, 1.5, 2.5]).told(SPEC)

    members = said_by(line, "member")
    assert members == [("constant-0.9", 0.9), ("constant-0.2", 0.2), (LEARNER, 0.5)] * 2
    assert [name for name, _ in said_by(line, "active")] == [ENSEMBLE] * 2
    assert [p for _, p in said_by(line, "active")] == pytest.approx([1.6 / 3] * 2)
    versions = {body["model"]: body["model_version"] for body in line.on("predictions")}
    assert versions == {
        ENSEMBLE: "ensemble-1.0", LEARNER: f"{LEARNER}-1.0", "constant-0.9": "constant-0.9-1.0",
        "constant-0.2": "constant-0.2-1.0",
    }  # fmt: skip
    ids = [body["id"] for body in line.on("predictions")]
    assert len(set(ids)) == len(ids) == 8


def test_the_signal_of_an_ensemble_tells_how_far_its_members_are_apart() -> None:
    """The standard deviation: half of the distance of two equal members."""
    line = ensemble_of("constant-0.9", "constant-0.2").trades([0.5, 1.5]).told(SPEC)

    [signal] = line.on("signals")
    assert (signal["model"], signal["fallback"]) == (ENSEMBLE, False)
    assert signal["prob"] == pytest.approx(0.55) and signal["uncertainty"] == pytest.approx(0.35)


def test_members_are_published_only_while_the_ensemble_is_in_use() -> None:
    """As the model or as the challenger."""
    trades = [0.5, 1.5, 2.5]
    idle = Story().trades(trades).told(SPEC, Desk(model="constant-0.9", members={"constant-0.2": 1.0}))
    shadow = Desk(model="constant-0.9", challenger=ENSEMBLE, members={"constant-0.2": 1.0})

    assert said_by(idle, "member") == []
    found = Story().trades(trades).told(SPEC, shadow)
    assert said_by(found, "challenger") == [(ENSEMBLE, 0.2)] * 2
    assert said_by(found, "member") == [("constant-0.2", 0.2)] * 2


def news(story: Story, kind: str, reference: str) -> Story:
    """Tell news of a bundle."""
    story.log.append(
        Told(News(kind, reference, {"version": "1", "entry": 0.6, "exit": 0.3, "reason": "hash"}))
    )
    return story


def test_an_ensemble_that_loses_its_members_one_by_one_falls_back_flagged() -> None:
    """With two it is their mean, with one that one, with none the fallback, as an episode."""
    story = Story()
    for reference in BUNDLES:
        story = news(story.order("model.select", name=reference), READY, reference)
    story.order("weights.set", members={ONE: 1, OTHER: 1}).order("model.select", name=ENSEMBLE)
    news(story.trades([0.5, 1.5]), LOST, ONE)
    news(story.trades([2.5]), LOST, OTHER).trades([3.5])
    line = story.told(SPEC)

    signals = line.on("signals")
    assert [(body["model"], body["fallback"]) for body in signals] == [
        (ENSEMBLE, False), (ENSEMBLE, False), (FALLBACK, True)
    ]  # fmt: skip
    assert [body["prob"] for body in signals][:2] == pytest.approx([0.45, 0.2])
    assert signals[2]["advisory"] is True
    assert [name for name, _ in said_by(line, "member")] == ["trained"] * 3
    assert [(body["event"], body["reason"]) for body in line.on("fallback")] == [("enter", "model_missing")]
