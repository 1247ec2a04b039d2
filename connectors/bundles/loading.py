"""Loading a bundle safely: nothing is scored by bytes that nobody vouched for, nor by a model that crashes.

1. The digest of ``SHA256SUMS`` is the one of the reference and of the registry.
2. Every file has the digest that ``SHA256SUMS`` names.
3. A child process opens the model and finds its golden answers (``connectors.bundles.checking``).
4. This process opens it from the same bytes, which were read once.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import structlog

from connectors.bundles import registry_file
from connectors.bundles.checking import TIMEOUT_S, check
from connectors.bundles.errors import BundleRefused, RegistryError
from connectors.bundles.folder import read
from connectors.bundles.registry import Resolved, resolve
from connectors.bundles.registry_file import Registered
from connectors.bundles.verified import known, machine, remember
from models.bundle.errors import BundleError, Reason
from models.bundle.manifest import MANIFEST, parse_manifest
from models.bundle.opening import BundleModel, open_bundle
from models.bundle.sums import Files, check_sums, digest_of

_LOG = structlog.get_logger()


def load(
    models_dir: Path,
    reference: str,
    registry: Path,
    *,
    verified: Path | None = None,
    timeout_s: float = TIMEOUT_S,
) -> BundleModel:
    """Return the model of ``NAME@SHA256``; raise ``BundleRefused`` with its reason where it is not loaded.

    ``verified`` names a file that remembers what this machine has checked before, so that identical bytes
    need no child process again.
    """
    try:
        files = trusted_files(models_dir, reference, registry)
        opened_elsewhere(files, verified, timeout_s)
        model = open_bundle(files)
    except BundleError as error:
        raise BundleRefused(error.reason, error.detail, reference) from error
    except OSError as error:
        raise BundleRefused(Reason.MISSING, f"it cannot be read ({error})", reference) from error
    for note in model.notes:
        _LOG.warning("bundle", reference=reference, note=note)
    return model


def trusted_files(models_dir: Path, reference: str, registry: Path) -> dict[str, bytes]:
    """Return the files of a bundle, read once, after steps 1 and 2; raise ``BundleError``."""
    found, entry = _entry(reference, registry)
    files = read(models_dir / found.run_id)
    if digest_of(files) != entry.sha256:
        raise BundleError(
            Reason.HASH,
            f"{models_dir / found.run_id} is not the bundle that was registered: its SHA256SUMS has another "
            "digest; restore the published folder, or train again",
        )
    check_sums(files)
    manifest = parse_manifest(files[MANIFEST])
    if (manifest.name, manifest.run_id) != (entry.name, found.run_id):
        raise BundleError(
            Reason.REGISTRY, f"the registry has it as {entry.name}, run {found.run_id}: register it again"
        )
    return files


def opened_elsewhere(files: Files, verified: Path | None = None, timeout_s: float = TIMEOUT_S) -> None:
    """Let a child open the bundle, unless this machine has opened it before; raise ``BundleRefused``."""
    if verified is None:
        check(files, timeout_s)
        return
    digest, here = digest_of(files), machine()
    if known(verified, digest, here):
        return
    check(files, timeout_s)
    with suppress(OSError):  # it is checked again next time
        remember(verified, digest, here)


def _entry(reference: str, registry: Path) -> tuple[Resolved, Registered]:
    try:
        listed = registry_file.read(registry)
        found = resolve(listed, reference)
    except RegistryError as error:
        raise BundleError(Reason.REGISTRY, str(error)) from error
    if "@" not in reference or not found.run_id:
        raise BundleError(Reason.REGISTRY, "a bundle is loaded by its reference, NAME@SHA256")
    return found, listed.bundles[found.run_id]
