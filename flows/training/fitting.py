"""The search of a run and the final fit, trial by trial into the study."""

from __future__ import annotations

from collections.abc import Sequence

from flows.training.progress import Told
from flows.training.study import Study
from models.market.schema import TRAINED
from models.training.examples import Examples, examples
from models.training.learning.learner import Fitted, Learner
from models.training.learning.search import Trial, best, search
from models.training.split import Split

SEARCH_ROWS = 200_000
"""With more examples the trials learn from every k-th one; the final model learns from all."""


def searched(study: Study, parts: Split, told: Told) -> Fitted:
    """Do the trials that are left, then train with the best parameters."""
    train, validation = (examples(study.rows.where(m), TRAINED) for m in (parts.train, parts.validation))
    recipe = study.run.recipe
    few = train.thinned(SEARCH_ROWS)
    learner = learner_of(recipe.kind, few, validation, recipe.seed)
    told(len(study.trials) / recipe.trials, said(study.trials))
    for trial in search(learner, validation, recipe.plan, past=tuple(study.trials)):
        study.add(trial)
        told(len(study.trials) / recipe.trials, said(study.trials))
    if len(few) < len(train):
        learner = learner_of(recipe.kind, train, validation, recipe.seed)
    fitted = learner.fit(best(study.trials).params)
    assert fitted is not None, "a fit that nobody watches is not given up"
    return fitted


def learner_of(kind: str, train: Examples, validation: Examples, seed: int) -> Learner:
    """Return the learner that makes bundles of a kind."""
    if kind == "skops":
        from models.training.learning.histogram_trees import HistogramTrees  # noqa: PLC0415

        return HistogramTrees(train, validation, seed)
    from models.training.learning.boosting import Boosting  # noqa: PLC0415

    return Boosting(train, validation, seed)


def said(trials: Sequence[Trial]) -> str:
    """Return how far a search is, in words."""
    if not any(trial.value is not None for trial in trials):
        return f"{len(trials)} trials"
    lead = best(trials)
    pruned = sum(trial.state == "pruned" for trial in trials)
    return (
        f"{len(trials)} trials, {pruned} given up early; best {lead.value:.5f} "
        f"(log-loss {lead.attributes['log_loss']:.5f}) in trial {lead.number}"
    )
