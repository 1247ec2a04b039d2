"""The parts of a backup, each copied into a folder of its name at one moment of its own.

``recovery`` is a cache and may be of any moment; the registry is read under its lock, and a bundle is
published before it is registered and never changed, so that every one the copied registry names is there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from connectors.bundles import folder as bundle_folder
from connectors.bundles.errors import BundleRefused
from connectors.bundles.registry_file import LOG, locked, read
from connectors.profile_file import FOLDER
from connectors.recovery.copying import copy, folders
from connectors.recovery.errors import RecoveryError
from connectors.redis.dump import dump
from connectors.redis.reader import RedisDownError
from connectors.settings import Settings
from flows.backup.errors import BackupError
from flows.daily.account import DailyError
from flows.exporting.errors import ExportError
from flows.exporting.flags import keep_flags
from models.bundle.errors import BundleError
from models.bundle.sums import check_sums

RECOVERY, MODELS, REGISTRY, CONFIGS, DESK, VIEW = "recovery", "models", "registry", "configs", "desk", "view"
VIEW_FILE = "view.jsonl"


def gather(settings: Settings, into: Path, told: Callable[[str], None]) -> dict[str, str]:
    """Copy every part into ``into`` and return of each that is left out, why."""
    left_out: dict[str, str] = {}
    for part, step in PARTS.items():
        told(part)
        folder = into / part
        folder.mkdir(mode=0o700)
        left_out |= dict(step(settings, folder))
        if not any(folder.iterdir()) and part not in left_out:
            left_out[part] = "there is none"
    return left_out


def _recovery(settings: Settings, into: Path) -> Iterator[tuple[str, str]]:
    for folder in folders(settings.recovery_dir):
        try:
            copy(settings.recovery_dir / folder, into / folder)
        except RecoveryError as error:
            shutil.rmtree(into / folder, ignore_errors=True)
            yield f"{RECOVERY}/{folder}", str(error)


def _registry(settings: Settings, into: Path) -> Iterator[tuple[str, str]]:
    path = settings.registry_file
    if path.exists():
        with locked(path):
            read(path)
            shutil.copyfile(path, into / path.name)
            if (log := path.with_name(LOG)).exists():
                shutil.copyfile(log, into / LOG)
    if settings.canary_policy_file.exists():
        shutil.copyfile(settings.canary_policy_file, into / settings.canary_policy_file.name)
    yield from ()


def _models(settings: Settings, into: Path) -> Iterator[tuple[str, str]]:
    for run_id in sorted(read(settings.registry_file).bundles):
        try:
            files = bundle_folder.read(settings.models_dir / run_id)
            check_sums(files)
        except (BundleRefused, BundleError) as error:
            yield f"{MODELS}/{run_id}", str(error)
            continue
        (into / run_id).mkdir()
        for name, content in files.items():
            (into / run_id / name).write_bytes(content)


def _configs(settings: Settings, into: Path) -> Iterator[tuple[str, str]]:
    for path in (settings.flags_file, settings.rules_file):
        if path.exists():
            shutil.copyfile(path, into / path.name)
    profiles = settings.rules_file.parent / FOLDER
    for path in sorted(profiles.glob("*.yml")):
        (into / FOLDER).mkdir(exist_ok=True)
        shutil.copyfile(path, into / FOLDER / path.name)
    yield from ()


def _desk(settings: Settings, into: Path) -> Iterator[tuple[str, str]]:
    try:
        keep_flags(settings, into)
    except (ExportError, DailyError) as error:
        yield DESK, str(error)


def _view(settings: Settings, into: Path) -> Iterator[tuple[str, str]]:
    try:
        with (into / VIEW_FILE).open("wb") as file:
            file.writelines(dump(settings.redis_url))
    except (RedisDownError, ValueError) as error:
        (into / VIEW_FILE).unlink()
        yield VIEW, f"it cannot be read from Redis: {error}"
    else:
        if not (into / VIEW_FILE).stat().st_size:
            (into / VIEW_FILE).unlink()


PARTS: dict[str, Callable[[Settings, Path], Iterator[tuple[str, str]]]] = {
    RECOVERY: _recovery,
    REGISTRY: _registry,
    MODELS: _models,
    CONFIGS: _configs,
    DESK: _desk,
    VIEW: _view,
}
"""The registry comes before the bundles: each that it names was published before."""


def check_worth(found: dict[str, int], settings: Settings) -> None:
    """Raise ``BackupError`` where there is nothing of the product to keep."""
    if not set(found) - {CONFIGS}:
        raise BackupError(
            f"there is nothing to back up: no state in {settings.recovery_dir}, no registry "
            f"{settings.registry_file}, no view in Redis: start where the flows run, or set their paths"
        )
