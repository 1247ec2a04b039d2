"""A whole training run: search, final model, bundle on disk and in the registry."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.bundles.folder import publish
from connectors.bundles.registry import register
from flows.training.describing import Made, window
from flows.training.finishing import Finished, finished
from flows.training.fitting import searched
from flows.training.progress import Told
from flows.training.study import Study
from models.market.schema import TRAINED
from models.training.card import contents as cards
from models.training.examples import examples
from models.training.judging.limits import Gates
from models.training.learning.imbalance import up_weight
from models.training.learning.learner import Fitted
from models.training.learning.search import best
from models.training.rows import Rows
from models.training.split import Split, split

Stage = Callable[[str], AbstractContextManager[Told]]
"""Opens a stage of the progress display by its label."""


@dataclass(frozen=True, slots=True)
class Published:
    """A bundle that is there to be loaded."""

    folder: Path
    reference: str  # NAME@SHA256
    finished: Finished


def train(study: Study, models_dir: Path, registry: Path, gates: Gates, stage: Stage) -> Published:
    """Do what is left of a study and publish its bundle; the study is gone then.

    Raises ``RowsError`` where the history is too short, ``PublishError`` where it cannot be written.
    """
    run, rows = study.run, study.rows
    parts = split(rows, run.recipe.horizon_s)
    with stage("trials") as told:
        fitted = searched(study, parts, told)
    made = Made(
        content=fitted.content,
        features=TRAINED,
        importance=fitted.importance(),
        importance_kind=fitted.importance_kind,
        training=_training(study, rows, parts, fitted),
        train_window=window(rows, parts.train),
    )
    with stage("bundle") as told:
        done = finished(made, run, rows, parts, gates, told)
    result = published(done, models_dir, registry)
    study.remove()
    return result


def published(done: Finished, models_dir: Path, registry: Path) -> Published:
    """Write a bundle and enter it in the registry."""
    folder = publish(models_dir, done.files)
    return Published(folder, register(registry, done.files, datetime.now(UTC)), done)


def _training(study: Study, rows: Rows, parts: Split, fitted: Fitted) -> cards.Training:
    recipe, lead = study.run.recipe, best(study.trials)
    up_share = examples(rows.where(parts.train), TRAINED).up_share
    return cards.Training(
        trials=len(study.trials),
        pruned=sum(trial.state == "pruned" for trial in study.trials),
        best_parameters=lead.params,
        fixed_parameters={**fitted.fixed},
        seed=recipe.seed,
        objective=(
            f"validation log-loss - {recipe.profit_weight:g} x profit, the mean of w (r - c) over the mean "
            f"|r|: w = max(2p - 1, 0), r the log return over {recipe.horizon_s} s, c = "
            f"{recipe.costs.round_trip:.4f} for a round trip"
        ),
        imbalance={"up_share": up_share, "up_weight": up_weight(up_share)},
        more={
            "rounds": fitted.rounds,
            "best_trial": {"number": lead.number, "score": lead.value, **lead.attributes},
            "search": [
                {"number": trial.number, "state": trial.state, "score": trial.value, **trial.attributes}
                for trial in study.trials
            ],
        },
    )
