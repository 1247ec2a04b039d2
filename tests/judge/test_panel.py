"""The panel: who answers for a row, what its members say of it, and what happens where one has no answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from judge.published import START
from online.blocks import PLACES, Row, block, features, market_block, part

from models.desk.desk import LEARNER, Desk
from models.desk.gate import confidence
from models.judge.panel import Panel, Scores
from models.market.block import DOWN, UP, Block
from models.online import stream_learner
from models.online.river_logistic import RiverLogistic
from models.online.stream_learner import StreamLearner
from models.scoring.ensemble import ENSEMBLE
from models.scoring.scorer import FALLBACK, Answers
from models.spec import BreakerLimits
from models.ticks import Floats

NAN = math.nan
HORIZON = 60
WAVE = [0.51, 0.52, 0.53, 0.54]
"""What the fallback says."""
MIXED = Desk(model=ENSEMBLE, members={"a": 3.0, "b": 1.0})


def answers(said: Mapping[str, list[float]], **more: Any) -> Answers:
    """Return answers for four rows with which nothing is wrong, unless it is given."""
    no = np.zeros(4, dtype=bool)
    given = {"parts": np.full((4, 3), 0.5), "unusable": no, "stale": no} | more
    return Answers({name: np.array(p) for name, p in ({FALLBACK: WAVE} | dict(said)).items()}, **given)


def four() -> Block:
    """Return four seconds of one symbol."""
    return block([Row(0, START + i, tuple(x)) for i, x in enumerate(features(4).tolist())])


def scores(said: Mapping[str, list[float]], desk: Desk, **more: Any) -> Scores:
    """Return what a new panel makes of the answers."""
    return Panel(HORIZON, BreakerLimits()).scores(four(), answers(said, **more), desk)


def test_the_ensemble_is_the_weighted_mean_and_its_uncertainty_the_spread() -> None:
    """Three parts 0.75 and one part 0.25: 0.625, with the standard deviation over the members."""
    found = scores({"a": [0.75] * 4, "b": [0.25] * 4}, MIXED)

    assert found.prob.tolist() == [0.625] * 4
    assert found.uncertainty.tolist() == [math.sqrt(0.046875)] * 4
    assert not found.fallback.any() and not found.guarded.any()
    assert {name: p.tolist() for name, p in found.members.items()} == {"a": [0.75] * 4, "b": [0.25] * 4}


def test_a_member_without_an_answer_has_no_say() -> None:
    """Row by row; the others are heard as if it were not there."""
    found = scores({"a": [NAN, 0.75, math.inf, 0.75], "b": [0.25] * 4}, MIXED)

    assert found.prob.tolist() == [0.25, 0.625, 0.25, 0.625]
    assert found.uncertainty.tolist() == [0.0, math.sqrt(0.046875), 0.0, math.sqrt(0.046875)]
    assert not found.guarded.any()


def test_a_row_for_which_no_member_has_an_answer_is_guarded() -> None:
    """The fallback answers, flagged; its doubt is 1 - confidence, and never NaN."""
    found = scores({"a": [NAN, 0.75, NAN, 0.75], "b": [NAN, 0.25, NAN, 0.25]}, MIXED)

    assert found.guarded.tolist() == found.fallback.tolist() == [True, False, True, False]
    assert found.prob.tolist() == [0.51, 0.625, 0.53, 0.625]
    assert found.uncertainty.tolist() == [0.49, math.sqrt(0.046875), 0.47, math.sqrt(0.046875)]


def test_members_that_are_not_loaded_are_left_out() -> None:
    """The rest is the ensemble."""
    found = scores({"b": [0.25] * 4}, MIXED)

    assert found.prob.tolist() == [0.25] * 4 and list(found.members) == ["b"]
    assert not found.fallback.any()


def test_without_any_loaded_member_the_fallback_answers_flagged() -> None:
    """Missing, not broken: nothing is guarded."""
    found = scores({}, MIXED)

    assert found.fallback.all() and not found.guarded.any()
    assert found.prob.tolist() == WAVE and found.members == {}
    assert found.uncertainty.tolist() == (1 - confidence(np.array(WAVE))).tolist()


def test_a_member_that_is_lost_without_news_yet_makes_the_fallback_answer() -> None:
    """It is named, so that no episode opens, and there are as many answers as before it was lost."""
    found = scores({"a": [0.75] * 4, "b": [NAN] * 4}, MIXED, absent=frozenset({"b"}))

    assert found.fallback.all() and not found.guarded.any()
    assert found.prob.tolist() == WAVE
    assert found.absent == {"b", ENSEMBLE}
    assert {name: p.tolist() for name, p in found.members.items()} == {"a": [0.75] * 4, "b": WAVE}


def test_a_stale_row_is_the_fallbacks_and_its_doubt_too() -> None:
    """Whatever the members say of it."""
    stale = np.array([False, True, False, False])
    found = scores({"a": [0.75] * 4, "b": [0.25] * 4}, MIXED, stale=stale)

    assert found.fallback.tolist() == found.stale.tolist() == stale.tolist()
    assert (found.prob[1], found.uncertainty[1]) == (0.52, 1 - 0.52)


def test_the_doubt_of_any_other_model_is_one_minus_its_confidence() -> None:
    """Also where the ensemble is only the challenger."""
    desk = Desk(model="a", challenger=ENSEMBLE, members={"a": 3.0, "b": 1.0})
    found = scores({"a": [0.75, 0.25, 0.5, 1.0], "b": [0.25] * 4}, desk)

    assert found.uncertainty.tolist() == [0.25, 0.25, 0.5, 0.0]
    assert found.challenger is not None and found.challenger.tolist() == [0.625, 0.25, 0.4375, 0.8125]
    assert list(found.members) == ["a", "b"]


def test_the_challenger_is_heard_in_shadow() -> None:
    """It changes no answer; where it has none, or is not loaded, it says nothing."""
    desk = Desk(model="a", challenger="b")
    found = scores({"a": [0.75] * 4, "b": [0.1, NAN, 0.3, 0.4]}, desk)

    assert found.prob.tolist() == [0.75] * 4 and found.members == {}
    assert found.challenger is not None and np.isnan(found.challenger).tolist() == [False, True, False, False]
    assert scores({"a": [0.75] * 4}, desk).challenger is None
    assert scores({"a": [0.75] * 4}, Desk(model="a")).challenger is None


def test_the_learner_is_asked_only_where_it_has_a_say() -> None:
    """As the model, the challenger, or a member of an ensemble in use: each row costs its time."""
    member = {LEARNER: 1.0, "a": 1.0}
    asked = (
        Desk(model=LEARNER), Desk(model="a", challenger=LEARNER), Desk(model=ENSEMBLE, members=member),
        Desk(model="a", challenger=ENSEMBLE, members=member),
    )  # fmt: skip
    for desk in (*asked, Desk(model="a", members=member), Desk(model=ENSEMBLE, members={"a": 1.0})):
        panel = Panel(HORIZON, BreakerLimits())
        panel.scores(four(), answers({"a": [0.75] * 4}), desk)
        assert (panel.snapshot()["learner"] is not None) == (desk in asked)


def test_the_learner_goes_on_from_a_snapshot() -> None:
    """As the model it says what a learner alone says, to the bit, across a restart of the panel."""
    whole = market_block(200)
    usable = np.isfinite(whole.x).all(axis=1)
    first, rest = part(whole, slice(0, 250)), part(whole, slice(250, None))
    desk, panel = Desk(model=LEARNER), Panel(HORIZON, BreakerLimits())

    def asked(panel: Panel, of: Block) -> Floats:
        no, n = np.zeros(len(of), dtype=bool), len(of)
        return panel.scores(of, Answers({FALLBACK: np.full(n, 0.5)}, np.full((n, 3), 0.5), no, no), desk).prob

    before = asked(panel, first)
    after = asked(Panel(HORIZON, BreakerLimits(), panel.snapshot()), rest)

    assert usable.all()
    assert np.concatenate([before, after]).tobytes() == StreamLearner(HORIZON).step(whole).tobytes()


@pytest.fixture
def lessons(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, ...]]:
    """All that learners are taught from now on: features of a row, and 1 where the price rose after it."""
    found: list[tuple[float, ...]] = []

    class Watched(RiverLogistic):
        def learn_one(self, x: dict[str, float], up: bool) -> None:
            found.append((*x.values(), float(up)))

    monkeypatch.setattr(stream_learner, "RiverLogistic", Watched)
    return found


def foreign(lessons: list[tuple[float, ...]], whole: Block) -> int:
    """Return how many lessons are no row of one symbol with the outcome of that very row."""
    x, outcome = whole.x[:, PLACES].tolist(), whole.outcome.tolist()
    pairs = zip(x, outcome[HORIZON:], strict=False)
    right = {(*row, float(up == UP)) for row, up in pairs if up in (UP, DOWN)}
    return sum(lesson not in right for lesson in lessons)


def walk_with_a_break(whole: Block, away: int) -> None:
    """Ask the learner for two minutes, another model for some seconds, the learner again."""
    panel, age = Panel(HORIZON, BreakerLimits()), whole.second - START
    for places, model in (
        (age < 120, LEARNER),
        ((age >= 120) & (age < 120 + away), "a"),
        (age >= 120 + away, LEARNER),
    ):
        of = part(whole, places)
        no, half = np.zeros(len(of), dtype=bool), np.full(len(of), 0.5)
        panel.scores(
            of, Answers({FALLBACK: half, "a": half}, np.full((len(of), 3), 0.5), no, no), Desk(model=model)
        )


def test_a_learner_is_taught_rows_with_their_own_outcomes(lessons: list[tuple[float, ...]]) -> None:
    """While it is asked all the time."""
    whole = market_block(300, symbols=1)
    walk_with_a_break(whole, away=0)

    assert len(lessons) > 150 and foreign(lessons, whole) == 0


@pytest.mark.parametrize("away", [1, 30, 59, 61, 90])
def test_a_learner_that_was_put_aside_is_taught_no_foreign_outcomes(
    away: int, lessons: list[tuple[float, ...]]
) -> None:
    """A desk turned to another model and back."""
    whole = market_block(300, symbols=1)
    walk_with_a_break(whole, away)

    assert foreign(lessons, whole) == 0
