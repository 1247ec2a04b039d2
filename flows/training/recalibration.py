"""A bundle's model with a new calibration and new thresholds, judged on newer rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from connectors.bundles import registry_file
from connectors.bundles.errors import RegistryError
from connectors.bundles.loading import opened_elsewhere, trusted_files
from connectors.bundles.registry import resolve
from flows.training.finishing import Finished, Made, finished
from flows.training.progress import Told
from flows.training.recipe import Run
from models.bundle.manifest import MANIFEST, Manifest, parse_manifest
from models.bundle.sums import Files
from models.training.card import contents as cards
from models.training.card.windows import Window
from models.training.judging.limits import Gates
from models.training.rows import Rows
from models.training.split import Shares, split

SHARES = Shares(train=0.0, validation=0.7, test=0.3)


@dataclass(frozen=True, slots=True)
class Before:
    """The bundle whose model is calibrated anew."""

    manifest: Manifest
    files: Files

    @property
    def card(self) -> dict[str, Any]:
        """Return its card, empty where it has none."""
        found: dict[str, Any] = orjson.loads(self.files.get("model_card.json", b"{}"))
        return found


def trusted(models_dir: Path, wanted: str, registry: Path) -> Before:
    """Return a registered bundle whose bytes were verified and opened in a process of its own.

    Raises ``RegistryError`` for a name that is no bundle, ``BundleError`` where it is not as published.
    """
    found = resolve(registry_file.read(registry), wanted)
    if not found.run_id:
        raise RegistryError(f"{wanted} is built in and has nothing to calibrate; see levibot models list")
    files = trusted_files(models_dir, found.reference, registry)
    opened_elsewhere(files)
    return Before(parse_manifest(files[MANIFEST]), files)


def calibrated(before: Before, run: Run, rows: Rows, gates: Gates, told: Told) -> Finished:
    """Return the files of the new bundle."""
    parts = split(rows, run.recipe.horizon_s, SHARES)
    return finished(_made(before), run, rows, parts, gates, told)


def _made(before: Before) -> Made:
    manifest, card = before.manifest, before.card
    importance = card.get("feature_importance") or {"kind": "unknown", "top": []}
    window = ((card.get("data") or {}).get("windows") or {}).get("train")
    return Made(
        content=before.files[manifest.model_file],
        features=manifest.features,
        importance={line["feature"]: line["value"] for line in importance["top"]},
        importance_kind=importance["kind"],
        training=_training(card.get("training")),
        train_window=Window(**window) if window else None,
        calibrated_from=manifest.run_id,
    )


def _training(told: dict[str, Any] | None) -> cards.Training | None:
    if not told:
        return None
    own = {field.name for field in fields(cards.Training)} - {"more"}
    more = {name: value for name, value in told.items() if name not in own}
    return cards.Training(**{name: told[name] for name in own}, more=more)
