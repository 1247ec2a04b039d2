"""The trained models of a recorded run: copied into the recording, so that a replay needs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from connectors.bundles import folder as bundle_folder
from connectors.bundles.errors import PublishError, RegistryError
from connectors.bundles.loading import load, trusted_files
from connectors.bundles.registry import register
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import Recording
from connectors.recording.parts import read_parts
from connectors.recording.rows import JOURNAL, entries
from connectors.settings import Settings
from models.bundle.errors import BundleError
from models.journal.bundles import bundles_named
from models.scoring.model import Model

MODELS, REGISTRY = "models", "model_registry.json"


def keep(folder: Path, recording: Recording, settings: Settings) -> None:
    """Copy the bundles that a recorded run scored with; raise ``RecordingError`` where one is not there."""
    for reference in sorted(_named(folder, recording)):
        try:
            files = trusted_files(settings.models_dir, reference, settings.registry_file)
            bundle_folder.publish(folder / MODELS, files)
            register(folder / REGISTRY, files, datetime.now(UTC))
        except (BundleError, PublishError, RegistryError) as error:
            raise RecordingError(
                f"the run scored with {reference}, which cannot be kept ({error}): record where models are"
            ) from error


def kept(folder: Path, recording: Recording) -> dict[str, Model]:
    """Return the bundles of a recording by reference; raise ``RecordingError`` for one that is not whole."""
    try:
        return {
            reference: load(folder / MODELS, reference, folder / REGISTRY)
            for reference in _named(folder, recording)
        }
    except BundleError as error:
        raise RecordingError(f"a model of the recorded run is not there: {error}") from error


def _named(folder: Path, recording: Recording) -> set[str]:
    found: set[str] = set()
    for shard in recording.shards:
        if shard.begins:
            rows = read_parts(folder, shard.stem("journal"), JOURNAL, shard.journal)
            found |= bundles_named(entries(rows))
    return found
