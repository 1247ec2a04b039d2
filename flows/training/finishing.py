"""From a trained model to the files of its bundle: calibrated, judged on rows it did not see, described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from flows.training.describing import Made, card_of, snapshot_of
from flows.training.judging import Judged
from flows.training.latency import HEIGHTS, measure_latency
from flows.training.pictures import importance_png, reliability_png
from flows.training.progress import Told
from flows.training.recipe import Run
from flows.training.scoring import asked, tuned
from models.bundle.calibration import Identity
from models.bundle.making import make_bundle
from models.bundle.manifest import Manifest
from models.bundle.opening import REFERENCE, library_versions
from models.market.schema import FEATURES, FEATURES_VERSION
from models.training.card.drift_reference import reference
from models.training.card.page import card_text
from models.training.judging.limits import Gates
from models.training.judging.policy import DEFAULT
from models.training.rows import Rows, RowsError
from models.training.split import Split

__all__ = ["Finished", "Made", "finished"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A bundle ready to be published, and its card."""

    files: Mapping[str, bytes]
    card: Mapping[str, Any]


def finished(made: Made, run: Run, rows: Rows, parts: Split, gates: Gates, told: Told) -> Finished:
    """Calibrate and sweep on the validation part, judge on the test part, and put the bundle together."""
    validation, test = rows.where(parts.validation), rows.where(parts.test)
    if len(test) < max(HEIGHTS):
        raise RowsError(
            f"the test part has {len(test)} rows, less than {max(HEIGHTS)}: take a longer history"
        )
    told(0.0, "calibration and thresholds")
    recipe = run.recipe
    ready = tuned(_manifest(made, run), made.content, validation, recipe.costs, recipe.least_trades)
    told(0.2, "figures and their intervals")
    judged = Judged(run, ready, validation, test)
    told(0.6, "time to answer")
    latency = measure_latency(ready.model, asked(test))
    told(0.7, "drift reference")
    card = card_of(made, run, rows, parts, judged, latency, gates)
    extra = {
        "model_card.json": _json(card),
        "model_card.md": card_text(card).encode(),
        "reliability.png": reliability_png(card),
        "importance.png": importance_png(card),
        REFERENCE: _json(_reference(made, run, rows, parts)),
        "data_snapshot.json": _json(snapshot_of(run, rows)),
    }
    files = make_bundle(ready.model.manifest, made.content, test.x, extra)
    told(1.0, "done")
    return Finished(files, card)


def _manifest(made: Made, run: Run) -> Manifest:
    dtypes = {feature.name: feature.dtype for feature in FEATURES}
    return Manifest(
        kind=run.recipe.kind,
        name=run.recipe.name,
        run_id=run.run_id,
        features=made.features,
        dtypes=tuple(dtypes[name] for name in made.features),
        features_version=FEATURES_VERSION,
        horizon_s=run.recipe.horizon_s,
        calibration=Identity(),
        policy=DEFAULT,
        libraries=library_versions(run.recipe.kind),
    )


def _reference(made: Made, run: Run, rows: Rows, parts: Split) -> dict[str, Any]:
    known = rows.where(parts.train if parts.train.any() else parts.validation)
    return reference(known, made.features, horizon_s=run.recipe.horizon_s, seed=run.recipe.seed)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
