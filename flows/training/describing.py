"""The card of a finished model, from its run, its data and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.training.judging import Judged
from flows.training.latency import Latency
from flows.training.recipe import Run
from models.bundle.manifest import Manifest
from models.training.card import contents as cards
from models.training.card.caveats import limits_in_words
from models.training.card.windows import Window
from models.training.judging.gates import judge
from models.training.judging.leakage_checks import checks
from models.training.judging.limits import Gates
from models.training.rows import Rows
from models.training.snapshot import snapshot
from models.training.split import STRATEGY, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A trained model, wherever it comes from."""

    content: bytes
    features: tuple[str, ...]
    importance: Mapping[str, float]
    importance_kind: str
    training: cards.Training | None
    train_window: Window | None
    calibrated_from: str | None = None


def card_of(
    made: Made, run: Run, rows: Rows, parts: Split, judged: Judged, latency: Latency, gates: Gates
) -> dict[str, Any]:
    """Return ``model_card.json`` as plain values."""
    manifest = judged.ready.model.manifest
    return cards.card(
        cards.Parts(
            identity=_identity(made, run, manifest),
            data=_data(made, run, rows, parts),
            training=made.training,
            validation=judged.validation,
            test=judged.test,
            by_symbol=judged.by_symbol(),
            verdict=judge(gates, judged.test, latency.p95_ms),
            calibration=judged.ready.calibration.as_dict(),
            policy=judged.policy(run),
            importance=made.importance,
            importance_kind=made.importance_kind,
            leakage_checks=checks(rows, parts, made.features, run.recipe.horizon_s),
            latency=latency.as_dict(),
            libraries=manifest.libraries,
            limits=limits_in_words(
                judged.test,
                horizon_s=run.recipe.horizon_s,
                symbols=rows.symbols,
                simulated=run.simulated,
                recalibrated=made.calibrated_from is not None,
            ),
        )
    )


def _identity(made: Made, run: Run, manifest: Manifest) -> cards.Identity:
    return cards.Identity(
        name=manifest.name,
        run_id=manifest.run_id,
        version=manifest.version,
        kind=manifest.kind,
        created=run.created,
        horizon_s=manifest.horizon_s,
        features_version=manifest.features_version,
        features=manifest.features,
        calibrated_from=made.calibrated_from,
    )


def _data(made: Made, run: Run, rows: Rows, parts: Split) -> cards.Data:
    frozen = snapshot_of(run, rows)
    return cards.Data(
        snapshot_id=frozen["id"],
        checksum=frozen["checksum"],
        sources=run.sources,
        symbols=rows.symbols,
        train=made.train_window,
        validation=window(rows, parts.validation),
        test=window(rows, parts.test),
        split_strategy=STRATEGY,
        purged=parts.purged,
    )


def window(rows: Rows, part: Any) -> Window:
    """Return the stretch of time of a part."""
    kept = rows.where(part)
    return Window.of(kept.second, kept.label)


def snapshot_of(run: Run, rows: Rows) -> dict[str, Any]:
    """Return ``data_snapshot.json`` as plain values."""
    return snapshot(
        rows,
        identity=run.run_id,
        created=run.created,
        sources=run.sources,
        horizon_s=run.recipe.horizon_s,
        seed=run.recipe.seed,
    )
