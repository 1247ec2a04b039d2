"""Entering a bundle whose folder was copied here."""

from __future__ import annotations

from datetime import datetime

from connectors.bundles.errors import RegistryError
from connectors.bundles.folder import read
from connectors.bundles.loading import opened_elsewhere
from connectors.bundles.registry import register
from flows.registry.place import Place
from models.bundle.manifest import MANIFEST, RUN_ID, parse_manifest
from models.bundle.sums import check_sums


def entered(place: Place, run_id: str, at: datetime) -> str:
    """Register the bundle in a folder and return its reference; raise ``BundleError`` where it is refused."""
    if not RUN_ID.fullmatch(run_id):
        raise RegistryError(f"'{run_id}' is no run id: name a folder of {place.models_dir}")
    files = read(place.models_dir / run_id)
    check_sums(files)
    found = parse_manifest(files[MANIFEST]).run_id
    if found != run_id:
        raise RegistryError(f"the bundle in {run_id} is run {found}: give the folder that name")
    opened_elsewhere(files)
    return register(place.registry, files, at)
