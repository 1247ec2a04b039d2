"""The registry of models: what is promoted, what there is to go back to, and whether the files are intact."""

from __future__ import annotations

from connectors.bundles.registry_file import Registry, read
from flows.checks.ground import Ground
from flows.checks.seen import Seen, failed, passed
from flows.registry.place import Place
from flows.registry.verifying import verified

PAGE = "docs/operations.md"
TRAIN = "levibot train, then levibot models promote"


def registry_complete(ground: Ground) -> Seen:
    """The current model has a calibration and both thresholds of its policy."""
    current = _registry(ground).current
    if current is None:
        return failed(f"no model was promoted in {ground.settings.registry_file}", TRAIN)
    method = current.calibration.get("method")
    entry, leave = current.policy.get("entry"), current.policy.get("exit")
    if method is None or entry is None or leave is None:
        return failed(
            f"{current.run_id} has no calibration or policy", "levibot calibrate, or train it again"
        )
    return passed(f"{current.name}: calibration {method}, entry {entry:g}, exit {leave:g}")


def models_trained(ground: Ground) -> Seen:
    """There is a trained model, and each that is kept loads as the flow would load it, golden answers too."""
    registry = _registry(ground)
    if not registry.bundles:
        return failed("no model was trained", TRAIN)
    place = Place(ground.settings.models_dir, ground.settings.registry_file)
    found = verified(place, [], every=True, visible=False)
    bad = [f"{one.run_id}: {one.reason} {one.detail}".strip() for one in found if not one.holds]
    if bad:
        return failed("; ".join(bad), "levibot models verify --all; train it again")
    return passed(f"{len(found)} models load, the newest is {found[0].name}")


def rollback_plan(ground: Ground) -> Seen:
    """There is a model to go back to, and the page that says how is in the checkout."""
    page = ground.root / PAGE
    if not page.is_file():
        return failed(f"{page} is missing", "start in the checkout of the product")
    before = _registry(ground).previous
    back = f"{before[0].name} of {before[0].run_id}" if before else "stub-sine, which is always there"
    return passed(f"back to {back}; {PAGE} says how")


def _registry(ground: Ground) -> Registry:
    return read(ground.settings.registry_file)
