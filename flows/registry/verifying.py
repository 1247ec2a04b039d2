"""Verifying bundles: each is loaded as the flow would load it."""

from __future__ import annotations

from typing import NamedTuple

from connectors.bundles.errors import BundleRefused, RegistryError
from connectors.bundles.loading import load
from connectors.bundles.registry import resolve
from connectors.bundles.registry_file import Registry, read
from flows.registry.place import Place
from flows.replay.bar import bar


class Verified(NamedTuple):
    """One bundle, and why it is refused where it is."""

    run_id: str
    name: str
    reference: str
    holds: bool
    reason: str = ""
    detail: str = ""


def verified(place: Place, wanted: list[str], every: bool, *, visible: bool) -> list[Verified]:
    """Return what became of each bundle; raise ``RegistryError`` where there is nothing to verify."""
    registry = read(place.registry)
    runs = _runs(registry, wanted, every)
    with bar("verify models", visible=visible) as told:
        count = told(len(runs))
        found = []
        for run in runs:
            found.append(_verified(place, registry, run))
            count(1)
    return found


def _runs(registry: Registry, wanted: list[str], every: bool) -> list[str]:
    if every:
        if not registry.bundles:
            raise RegistryError("no bundle is registered: nothing to verify")
        return sorted(registry.bundles, reverse=True)
    if not wanted and registry.current is None:
        raise RegistryError("no bundle was promoted yet: name one, or say --all")
    found = [resolve(registry, name).run_id for name in wanted or ["current"]]
    if "" in found:
        raise RegistryError(f"{wanted[found.index('')]} is built in: there are no files to verify")
    return found


def _verified(place: Place, registry: Registry, run: str) -> Verified:
    one = registry.bundles[run]
    try:
        load(place.models_dir, one.reference, place.registry)
    except BundleRefused as error:
        return Verified(run, one.name, one.reference, False, str(error.reason), error.detail)
    return Verified(run, one.name, one.reference, True)
