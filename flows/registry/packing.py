"""A model of your own as a bundle: calibrated and judged on ticks, with a card, as one trained here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.bundles.errors import PublishError
from connectors.settings import Settings
from connectors.start_values import gates, spec
from flows.registry.shuffling import permutation_importance
from flows.ticks import Ticks
from flows.training.finishing import Made, finished
from flows.training.gathering import wanted_rows
from flows.training.progress import stage
from flows.training.recalibration import SHARES
from flows.training.recipe import Recipe, Run
from flows.training.run import Published, published
from models.bundle.calibration import Identity
from models.bundle.manifest import MODEL_FILES, NAME, Manifest, Policy
from models.bundle.opening import BundleModel, library_versions, model_of
from models.market.schema import FEATURES, FEATURES_VERSION
from models.scoring.model import HORIZON_S
from models.training.rows import Rows
from models.training.snapshot import checksum, run_id
from models.training.split import split

KINDS = {".txt": "lightgbm", ".skops": "skops"}


@dataclass(frozen=True, slots=True)
class Own:
    """A model that was trained elsewhere."""

    content: bytes
    kind: str
    name: str
    features: tuple[str, ...]


def own(path: Path, name: str, features: str) -> Own:
    """Return the model in a file; raise ``PublishError`` where it cannot be one."""
    kind = KINDS.get(path.suffix)
    if kind is None:
        raise PublishError(f"{path}: a model is LightGBM's text (.txt) or a skops file (.skops)")
    if not NAME.fullmatch(name):
        raise PublishError(f"'{name}' is no model name: 1 to 40 of a-z, 0-9 and -, such as my-model")
    columns = tuple(part.strip() for part in features.split(","))
    unknown = sorted(set(columns) - {feature.name for feature in FEATURES})
    if unknown:
        raise PublishError(
            f"no features {', '.join(unknown)}; there are {', '.join(f.name for f in FEATURES)}"
        )
    try:
        return Own(path.read_bytes(), kind, name, columns)
    except OSError as error:
        raise PublishError(f"{path}: cannot be read ({error.strerror})") from error


def pack(model: Own, ticks: Ticks, config: Settings, *, seed: int, as_json: bool) -> Published:
    """Calibrate, judge and publish a model; the first 70 % of the rows calibrate, the last 30 % judge."""
    created = datetime.now(UTC)
    histories = ticks.histories(config)
    with stage("rows", visible=not as_json) as told:
        rows = wanted_rows(ticks, histories, spec(config), told)
    recipe = Recipe(name=model.name, kind=model.kind, trials=0, seed=seed)
    sources = [source for history in histories for source in history.sources()]
    run = Run(
        recipe=recipe, run_id=run_id(created, checksum(rows)), sources=sources,
        created=created.isoformat(timespec="seconds"),
    )  # fmt: skip
    parts = split(rows, recipe.horizon_s, SHARES)
    with stage("bundle", visible=not as_json) as told:
        made = _made(model, run, rows)
        done = finished(made, run, rows, parts, gates(config), told)
    return published(done, config.models_dir, config.registry_file)


def _made(model: Own, run: Run, rows: Rows) -> Made:
    opened = _opened(model, run)
    importance = permutation_importance(opened, model.features, rows, run.recipe.seed)
    return Made(
        content=model.content, features=model.features, importance=importance,
        importance_kind="permutation", training=None, train_window=None,
    )  # fmt: skip


def _opened(model: Own, run: Run) -> BundleModel:
    dtypes = {feature.name: feature.dtype for feature in FEATURES}
    manifest = Manifest(
        kind=model.kind, name=model.name, run_id=run.run_id, features=model.features,
        dtypes=tuple(dtypes[name] for name in model.features), features_version=FEATURES_VERSION,
        horizon_s=HORIZON_S, calibration=Identity(), policy=Policy(0.55, 0.45),
        row_by_row=True, libraries=library_versions(model.kind),
    )  # fmt: skip
    assert set(KINDS.values()) == set(MODEL_FILES)
    return model_of(manifest, model.content).together()
