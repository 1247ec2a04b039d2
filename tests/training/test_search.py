"""The search: repeatable, the same when interrupted, pruned, scored as documented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

import numpy as np
import pytest
from made_rows import HORIZON, TOLD, drawn_rows
from sklearn.metrics import log_loss as sklearn_log_loss

from models.training.examples import Examples, examples
from models.training.judging.profit import Costs, cost_aware_profit
from models.training.learning.boosting import Boosting
from models.training.learning.histogram_trees import HistogramTrees
from models.training.learning.imbalance import up_weight
from models.training.learning.learner import Fitted, Params, Range, Watch
from models.training.learning.search import Plan, Trial, best, log_loss, search
from models.training.split import split

NAMES = (TOLD, "ret_5s", "vol_60s", "imbalance_10s")
PLAN = Plan(trials=14, seed=11)


def parts(seconds: int = 3_000, strength: float = 2.0) -> tuple[Examples, Examples]:
    """Return train and validation examples of drawn rows."""
    rows = drawn_rows(seconds, strength=strength)
    found = split(rows, HORIZON)
    return examples(rows.where(found.train), NAMES), examples(rows.where(found.validation), NAMES)


TRAIN, VALIDATION = parts()


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    """The trials of an undisturbed search."""
    return list(search(Boosting(TRAIN, VALIDATION, seed=11), VALIDATION, PLAN))


def written(trials: list[Trial]) -> list[Trial]:
    """Return trials as they come back from a file."""
    return [Trial.from_dict(json.loads(json.dumps(trial.as_dict()))) for trial in trials]


@pytest.mark.parametrize("stopped_after", [0, 1, 9, 13, 14])
def test_an_interrupted_search_goes_on_to_the_same_trials(trials: list[Trial], stopped_after: int) -> None:
    """Another process, a fresh data set, what was written down: every later trial is equal."""
    learner = Boosting(TRAIN, VALIDATION, seed=11)

    rest = list(search(learner, VALIDATION, PLAN, past=written(trials[:stopped_after])))

    assert trials[:stopped_after] + rest == trials
    assert [trial.number for trial in trials] == list(range(14))


def test_more_trials_can_be_added_later(trials: list[Trial]) -> None:
    """The first ones of a longer search are those of a shorter one."""
    learner = Boosting(TRAIN, VALIDATION, seed=11)
    longer = islice(search(learner, VALIDATION, Plan(trials=200, seed=11)), 3)

    assert list(longer) == trials[:3]


def test_another_seed_is_another_search(trials: list[Trial]) -> None:
    """From the first trial on."""
    (first,) = search(Boosting(TRAIN, VALIDATION, seed=12), VALIDATION, Plan(trials=1, seed=12))

    assert first.params != trials[0].params


def test_the_score_is_log_loss_less_the_weighted_profit(trials: list[Trial]) -> None:
    """Both parts are kept with each trial, and can be computed again from its model."""
    done = best(trials)
    fitted = Boosting(TRAIN, VALIDATION, seed=11).fit(done.params)
    assert fitted is not None
    prob = fitted.raw(VALIDATION.x)

    assert done.attributes["log_loss"] == pytest.approx(sklearn_log_loss(VALIDATION.label, prob))
    assert done.attributes["profit"] == cost_aware_profit(prob, VALIDATION.realised, Costs())
    assert done.value == done.attributes["log_loss"] - 0.01 * done.attributes["profit"]
    assert done.attributes["rounds"] == fitted.rounds
    assert done.value == min(trial.value for trial in trials if trial.value is not None)


def test_what_was_learned_is_what_was_planted(trials: list[Trial]) -> None:
    """The one column that tells the label has nearly all the gain, and the loss is far below a coin's."""
    fitted = Boosting(TRAIN, VALIDATION, seed=11).fit(best(trials).params)
    assert fitted is not None

    gains = fitted.importance()
    assert gains[TOLD] > 0.8 * sum(gains.values())
    assert tuple(gains) == NAMES
    assert log_loss(VALIDATION.label, fitted.raw(VALIDATION.x)) < 0.55


def test_training_again_gives_the_same_text(trials: list[Trial]) -> None:
    """Byte for byte, also from a freshly binned data set, and it stops at the best round."""
    params = best(trials).params
    texts = {fitted.content for _ in range(2) if (fitted := Boosting(TRAIN, VALIDATION, 11).fit(params))}

    (text,) = texts
    assert text.decode().count("\nTree=") == best(trials).attributes["rounds"]


class Scripted:
    """A learner whose loss is the parameter itself, told to the watch at every step."""

    kind = "scripted"
    space: Mapping[str, Range] = MappingProxyType({"loss": Range(0.1, 0.9)})

    def __init__(self) -> None:
        self.given_up: list[float] = []

    def fit(self, params: Params, watch: Watch | None = None) -> Fitted | None:
        """Take 100 steps at the same loss."""
        for step in range(1, 101):
            if watch and watch(step, params["loss"]):
                self.given_up.append(params["loss"])
                return None
        return Fitted(b"", 100, lambda x: np.full(len(x), params["loss"]), dict, "none", {})


def test_trials_worse_than_the_median_are_given_up() -> None:
    """After five finished ones and thirty rounds; the best is never among them."""
    learner = Scripted()
    ups = Examples(("a",), np.zeros((50, 1)), np.ones(50, np.int8), np.zeros(50))

    done = list(search(learner, ups, Plan(trials=40, seed=0)))

    pruned = [trial for trial in done if trial.state == "pruned"]
    assert len(pruned) == len(learner.given_up) > 3
    assert all(trial.number >= 5 and max(trial.steps) >= 30 and trial.value is None for trial in pruned)
    assert best(done).state == "complete"


def test_scikit_learns_trees_are_searched_in_the_same_way() -> None:
    """They come as a skops file, their importance by shuffling columns."""
    learner = HistogramTrees(TRAIN, VALIDATION, seed=3)
    done = list(search(learner, VALIDATION, Plan(trials=2, seed=3)))
    fitted = learner.fit(best(done).params)
    assert fitted is not None

    assert fitted.content[:2] == b"PK"
    assert fitted.importance_kind == "permutation"
    assert max(fitted.importance(), key=fitted.importance().__getitem__) == TOLD
    assert log_loss(VALIDATION.label, fitted.raw(VALIDATION.x)) < 0.6


@pytest.mark.parametrize(
    ("share", "weight"),
    [(0.5, 1.0), (0.45, 1.0), (0.55, 1.0), (0.25, 3.0), (0.8, 0.25), (0.0, 1.0), (1.0, 1.0)],
)
def test_ups_are_weighted_only_where_they_are_far_from_half(share: float, weight: float) -> None:
    """Downs over ups outside of 0.45 to 0.55; one side alone cannot be weighted."""
    assert up_weight(share) == pytest.approx(weight)


def test_thinning_keeps_every_kth_example() -> None:
    """As many as asked for at most."""
    assert len(TRAIN.thinned(10_000)) == len(TRAIN) == 3_482
    assert TRAIN.thinned(1_000).label.tolist() == TRAIN.label[::4].tolist()
