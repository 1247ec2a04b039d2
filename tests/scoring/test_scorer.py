"""The stage without state: one call a model, and an honest answer for every row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from oracle.log import Event, Message, Pulse, Trade
from oracle.stages import inputs

from models.desk.desk import Desk
from models.judge.panel import Panel, Scores
from models.market.block import Block, Closed
from models.market.market import Market
from models.market.schema import NAMES
from models.scoring.constant import Constant
from models.scoring.ml_fusion import signal_parts
from models.scoring.model import Model, ModelRows
from models.scoring.registry import load
from models.scoring.scorer import ScoredBlock, Scorer
from models.spec import SECOND, Spec
from models.ticks import Floats, Symbol

START = 1_700_000_000
SPEC = Spec()


class Echo:
    """A model that answers with a feature and remembers how it was called."""

    name, version = "echo", "echo-1"

    def __init__(self) -> None:
        self.heights: list[int] = []

    def predict(self, rows: ModelRows) -> Floats:
        """Return the RSI over 100."""
        self.heights.append(len(rows))
        return rows.x[:, NAMES.index("rsi_14")] / 100.0


def closed(n: int = 4, *, names: tuple[str, ...] = ("COIN",), desk: Desk | None = None) -> Closed:
    """Return an input that closed ``n`` seconds of each symbol."""
    ts = START * SECOND
    trades = tuple(Trade(Symbol("", name), ts, 100.0, 1.0) for name in names)
    log: list[Event] = [Message(0, ts, trades, b""), Pulse(ts + (n + 1) * SECOND)]
    market = Market(SPEC, desk or Desk(model="echo"))
    found = [one for activation in inputs(log) for one in market.step(activation)]
    return next(one for one in found if one.block is not None)


def changed(one: Closed, **columns: Any) -> Closed:
    """Return an input whose block has other columns."""
    assert one.block is not None
    return replace(one, block=replace(one.block, **columns))


def block_of(one: Closed) -> Block:
    """Return the rows of an input that has some."""
    assert one.block is not None
    return one.block


def scored(one: Closed, *models: Model) -> Scores:
    """Return the scores of one input."""
    loaded = {model.name: model for model in (load("stub-sine"), *models)}
    [answer] = Scorer(SPEC, loaded).step([one])
    assert answer.answers is not None and answer.closed is one
    return Panel(SPEC.horizon_s, SPEC.breaker).scores(block_of(one), answer.answers, one.desk)


def fallback_of(one: Closed) -> list[float]:
    """Return what the fallback says of the rows."""
    return scored(replace(one, desk=Desk(model="stub-sine"))).prob.tolist()  # type: ignore[no-any-return]


def test_a_good_row_gets_the_active_models_answer_and_its_parts() -> None:
    """No flag is set."""
    one = closed()

    scores = scored(one, Echo())

    assert scores.prob.tolist() == [0.5] * 4
    assert scores.parts.tolist() == signal_parts(block_of(one).x).tolist()
    assert not (scores.fallback | scores.stale | scores.guarded).any()
    assert scores.challenger is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_feature_that_is_no_number_is_guarded(bad: float) -> None:
    """That row alone gets the fallback's answer and neutral parts."""
    one = closed()
    x = block_of(one).x.copy()
    x[1, NAMES.index("macd_hist")] = bad
    one = changed(one, x=x)

    scores = scored(one, Echo())

    assert scores.guarded.tolist() == scores.fallback.tolist() == [False, True, False, False]
    assert scores.prob.tolist() == [0.5, fallback_of(one)[1], 0.5, 0.5]
    assert np.isfinite(scores.parts).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_price_that_is_no_number_is_guarded(bad: float) -> None:
    """There is nothing to trade at."""
    one = closed()

    scores = scored(changed(one, price=np.array([100.0, 100.0, bad, 100.0])), Echo())

    assert scores.guarded.tolist() == scores.fallback.tolist() == [False, False, True, False]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_answer_that_is_no_number_is_guarded(bad: float) -> None:
    """Whatever a model says, a number is published."""

    class Broken(Echo):
        def predict(self, rows: ModelRows) -> Floats:
            return np.where(rows.second % 2 == 0, bad, 0.9)

    one = closed()

    scores = scored(one, Broken())

    assert scores.guarded.tolist() == [True, False, True, False]
    assert scores.prob.tolist() == [fallback_of(one)[0], 0.9, fallback_of(one)[2], 0.9]


def test_a_row_is_stale_only_beyond_sixty_seconds() -> None:
    """Sixty exactly are still fresh."""
    one = changed(closed(), age=np.array([0.5, 60.0, 60.001, 3_600.0]))

    scores = scored(one, Echo())

    assert scores.stale.tolist() == scores.fallback.tolist() == [False, False, True, True]
    assert not scores.guarded.any()
    assert scores.prob.tolist() == [0.5, 0.5, *fallback_of(one)[2:]]


def test_a_model_that_is_not_loaded_is_answered_for_without_a_guard() -> None:
    """It is missing, not broken."""
    one = closed(desk=Desk(model="lost"))

    scores = scored(one, Echo())

    assert scores.fallback.all() and not scores.guarded.any()
    assert scores.prob.tolist() == fallback_of(one)


def test_the_fallback_as_the_chosen_model_is_flagged_too() -> None:
    """Its answers never become orders."""
    assert scored(closed(desk=Desk(model="stub-sine"))).fallback.all()


def test_the_challenger_scores_the_same_rows_in_shadow() -> None:
    """It changes nothing of the active answer; one that is not loaded says nothing."""
    shadow = closed(desk=Desk(model="echo", challenger="constant-0.9"))

    scores = scored(shadow, Echo(), Constant(0.9))

    assert scores.challenger is not None and scores.challenger.tolist() == [0.9] * 4
    assert scores.prob.tolist() == scored(closed(), Echo()).prob.tolist()
    assert scored(shadow, Echo()).challenger is None


def test_each_model_is_called_once_an_activation_over_the_rows_of_all_shards() -> None:
    """Inputs without rows pass through in their place."""
    echo = Echo()
    scorer = Scorer(SPEC, {"stub-sine": load("stub-sine"), "echo": echo})
    one, other = closed(3, names=("A", "B")), closed(5, names=("C",))
    command = replace(one, block=None)

    found = scorer.step([one, command, other])

    assert echo.heights == [11]
    assert [answer.closed for answer in found] == [one, command, other]
    assert [_height(answer) for answer in found] == [6, None, 5]
    assert scorer.step([]) == [] and echo.heights == [11]


def _height(answer: ScoredBlock) -> int | None:
    return None if answer.answers is None else len(answer.answers.stale)


def test_company_changes_no_answer() -> None:
    """A shard's scores are the same alone and beside others, under other desks."""
    models = {name: load(name) for name in ("stub-sine", "ml-fusion")}
    inputs_ = [
        closed(7, names=("A", "B"), desk=Desk()),
        closed(3, names=("B",), desk=Desk(model="stub-sine")),
        closed(4, names=("C",), desk=Desk(weights=(0.0, 2.0, 1.0))),
    ]

    together = Scorer(SPEC, models).step(inputs_)
    alone = [Scorer(SPEC, models).step([one])[0] for one in inputs_]

    for a, b in zip(together, alone, strict=True):
        assert a.answers is not None and b.answers is not None
        assert {k: v.tobytes() for k, v in a.answers.by_model.items()} == {
            k: v.tobytes() for k, v in b.answers.by_model.items()
        }
        assert a.answers.parts.tobytes() == b.answers.parts.tobytes()


def test_weights_of_any_size_are_shares() -> None:
    """(2, 0, 0) is RSI alone, as (1, 0, 0) is."""
    one = closed(desk=Desk(weights=(2.0, 0.0, 0.0)))
    x = block_of(one).x.copy()
    x[:, NAMES.index("rsi_14")] = [10.0, 20.0, 80.0, 100.0]

    assert scored(changed(one, x=x), load("ml-fusion")).prob.tolist() == [0.1, 0.2, 0.8, 1.0]
