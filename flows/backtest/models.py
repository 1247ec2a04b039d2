"""The models that a backtest scores with, loaded as live: a built-in by name, a bundle checked like any."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from connectors.bundles import registry_file
from connectors.bundles.loading import load
from connectors.bundles.registry import resolve
from connectors.settings import Settings
from models.desk.desk import Desk
from models.desk.references import is_bundle
from models.scoring.model import Model
from models.scoring.registry import WALKED, load_all
from models.spec import Spec

VERIFIED = "verified-models.json"


def with_model(desk: Desk, spec: Spec, config: Settings, name: str | None) -> tuple[Desk, Spec]:
    """Return desk and spec with the model of that name; None leaves the one that live begins with.

    A bundle brings its own thresholds. Raises ``RegistryError`` or ``UnknownModelError`` naming what there
    is.
    """
    if name is None:
        return desk, spec
    registry = registry_file.read(config.registry_file)
    found = resolve(registry, name)
    if not is_bundle(found.reference):
        known = spec.models if found.reference in WALKED else (*spec.models, found.reference)
        load_all([model for model in known if model not in WALKED])
        entry, exit_ = desk.usual
        plain = replace(desk, model=found.reference, bundles=(), entry=entry, exit=exit_)
        return plain, replace(spec, models=tuple(dict.fromkeys(known)))
    policy = registry.bundles[found.run_id].policy
    chosen = replace(desk, model=found.reference, bundles=(found.reference,))
    return replace(chosen, entry=policy["entry"], exit=policy["exit"]), spec


def loaded(desk: Desk, spec: Spec, config: Settings, folder: Path) -> dict[str, Model]:
    """Return every model that the desk calls for; raise ``BundleRefused`` for one that is not as it must be.

    ``folder`` remembers which bundles were opened before.
    """
    models: dict[str, Model] = load_all(spec.models)
    for reference in desk.bundles:
        models[reference] = load(
            config.models_dir, reference, config.registry_file, verified=folder / VERIFIED
        )
    return models
