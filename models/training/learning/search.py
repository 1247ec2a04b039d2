"""The search for hyper-parameters: Optuna's TPE, pruned by the median, the same whether or not interrupted.

A trial is told by its number, the seed and the trials before it, nothing else: the sampler is seeded anew
for each trial, and trials that were recorded earlier are put back before the search goes on. An interrupted
trial left no record, so it is simply run again.

    score = validation log-loss - weight * cost-aware profit        (both on raw scores; less is better)

See ``profit.cost_aware_profit``. Returns over a minute are small beside a round trip, so the profit is
mostly a fine for boldness without an edge. At the default weight of 0.01 it decides between models whose
log-loss differs by about a thousandth, and leaves larger differences alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from models.ticks import Floats
from models.training.examples import Examples
from models.training.judging.profit import Costs, cost_aware_profit
from models.training.learning.learner import Learner, Params, Range

REPORT_EVERY = 10
"""Boosting rounds between two looks of the pruner."""
_STATES = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED}


class SearchError(ValueError):
    """A search without a result; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What fixes the trials, together with the examples."""

    trials: int
    seed: int
    weight: float = 0.01
    """Of the profit in the score."""
    costs: Costs = field(default_factory=Costs)


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one trial; plain data that can be written down and read back."""

    number: int
    state: str  # complete or pruned
    params: Params
    value: float | None  # the score; None where pruned
    steps: Mapping[int, float] = field(default_factory=dict)  # validation log-loss by round
    attributes: Mapping[str, float] = field(default_factory=dict)  # log_loss, profit, rounds

    def as_dict(self) -> dict[str, Any]:
        """Return plain data with string keys."""
        return asdict(self) | {"steps": {str(step): loss for step, loss in self.steps.items()}}

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Trial:
        """Return the trial that ``as_dict`` told."""
        return Trial(**{**raw, "steps": {int(step): loss for step, loss in raw["steps"].items()}})


def log_loss(label: Any, prob: Floats) -> float:
    """Return the mean negative log-likelihood in nats; probabilities are kept 1e-12 off 0 and 1."""
    p = np.clip(prob, 1e-12, 1.0 - 1e-12)
    return float(-np.mean(np.where(np.asarray(label) == 1, np.log(p), np.log1p(-p))))


def search(learner: Learner, validation: Examples, plan: Plan, past: Sequence[Trial] = ()) -> Iterator[Trial]:
    """Yield the trials that are still to be done after ``past``, each when it is finished."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {name: _distribution(one) for name, one in learner.space.items()}
    pruner = optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=30, interval_steps=REPORT_EVERY)
    study = optuna.create_study(direction="minimize", pruner=pruner)
    for trial in past:
        study.add_trial(_put_back(trial, space))
    for number in range(len(past), plan.trials):
        study.sampler = optuna.samplers.TPESampler(seed=trial_seed(plan.seed, number))
        yield _tried(study, space, learner, validation, plan)


def best(trials: Sequence[Trial]) -> Trial:
    """Return the completed trial of the least score, the first among equals."""
    done = [(trial.value, trial.number) for trial in trials if trial.value is not None]
    if not done:
        raise SearchError("no trial was completed: begin again with more trials")
    return trials[min(done)[1]]


def trial_seed(seed: int, number: int) -> int:
    """Return the sampler's seed for a trial."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _tried(
    study: optuna.Study,
    space: dict[str, BaseDistribution],
    learner: Learner,
    validation: Examples,
    plan: Plan,
) -> Trial:
    trial = study.ask(space)
    steps: dict[int, float] = {}

    def watch(step: int, loss: float) -> bool:
        if step % REPORT_EVERY:
            return False
        steps[step] = loss
        trial.report(loss, step)
        return trial.should_prune()

    fitted = learner.fit(trial.params, watch)
    if fitted is None:
        study.tell(trial, state=TrialState.PRUNED)
        return Trial(trial.number, "pruned", trial.params, None, steps)
    prob = fitted.raw(validation.x)
    parts = {
        "log_loss": log_loss(validation.label, prob),
        "profit": cost_aware_profit(prob, validation.realised, plan.costs),
    }
    value = parts["log_loss"] - plan.weight * parts["profit"]
    for name, part in parts.items():
        trial.set_user_attr(name, part)
    study.tell(trial, value)
    return Trial(trial.number, "complete", trial.params, value, steps, {**parts, "rounds": fitted.rounds})


def _distribution(one: Range) -> BaseDistribution:
    if isinstance(one.low, int) and isinstance(one.high, int):
        return IntDistribution(one.low, one.high, log=one.log)
    return FloatDistribution(one.low, one.high, log=one.log)


def _put_back(trial: Trial, space: dict[str, BaseDistribution]) -> optuna.trial.FrozenTrial:
    return optuna.trial.create_trial(
        state=_STATES[trial.state],
        value=trial.value,
        params=dict(trial.params),
        distributions=space,
        intermediate_values=dict(trial.steps),
        user_attrs={
            name: trial.attributes[name] for name in ("log_loss", "profit") if name in trial.attributes
        },
    )
