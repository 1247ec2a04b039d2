"""Putting a backup back: in place, or whole into a folder of its own.

Everything is read and its checksums compared before anything is written, and every recovery folder is locked
before the first is replaced, so that a flow that runs is never overwritten.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from connectors.bundles import atomic
from connectors.bundles import folder as bundle_folder
from connectors.bundles.registry_file import LOG
from connectors.bundles.registry_file import locked as registry_locked
from connectors.recovery.copying import folders, put
from connectors.recovery.folder import MANIFEST, locked
from connectors.redis.dump import load
from connectors.settings import Settings
from flows.backup import archive
from flows.backup import gathering as g
from flows.backup.errors import BackupError
from flows.backup.manifest import Manifest

Told = Callable[[float, str], None]


class Restored(NamedTuple):
    """What was put where: recovery folders, run ids of bundles, and the settings that name these places."""

    manifest: Manifest
    recovery: list[Path]
    models: list[str]
    environment: dict[str, str]
    view_keys: int | None = None


def places(settings: Settings, into: Path | None) -> Settings:
    """Return the settings under which the flows would find what is restored."""
    if into is None:
        return settings
    root = into.absolute()
    return settings.model_copy(
        update={
            "recovery_dir": root / g.RECOVERY,
            "models_dir": root / g.MODELS,
            "registry_file": root / g.REGISTRY / settings.registry_file.name,
            "canary_policy_file": root / g.REGISTRY / settings.canary_policy_file.name,
            "flags_file": root / g.CONFIGS / settings.flags_file.name,
            "rules_file": root / g.CONFIGS / settings.rules_file.name,
        }
    )


def restore(
    path: Path, settings: Settings, told: Told, *, into: Path | None = None, replace: bool = False,
    view: bool = False,
) -> Restored:  # fmt: skip
    """Put an archive's state, registry and bundles where the settings say, or all of it into a new folder.

    With ``view`` its view goes into a Redis that has none. Raises ``BackupError`` where something is there
    already and ``replace`` is not asked for, ``RecoveryError`` where a flow is running.
    """
    if into is not None and into.exists() and any(into.iterdir()):
        raise BackupError(f"{into} is not empty: name a new folder")
    to = places(settings, into)
    root = into or settings.recovery_dir
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=".new-") as scratch:
        found = archive.unpack(path, Path(scratch), told)
        made = _restored(Path(scratch), found, to, into, replace=replace)
        if view:
            made = made._replace(view_keys=_view(Path(scratch), settings))
    return made


def _restored(scratch: Path, found: Manifest, to: Settings, into: Path | None, *, replace: bool) -> Restored:
    states = list(folders(scratch / g.RECOVERY))
    with ExitStack() as held:
        for state in states:
            held.enter_context(locked(to.recovery_dir / state))
        _check_free(scratch, to, states, replace=replace)
        models = _models(scratch / g.MODELS, to)
        _registry(scratch / g.REGISTRY, to)
        for state in states:
            put(scratch / g.RECOVERY / state, to.recovery_dir / state)
    if into is not None:
        for part in (g.CONFIGS, g.DESK, g.VIEW):
            if (scratch / part).is_dir():
                shutil.copytree(scratch / part, into / part)
    return Restored(found, [to.recovery_dir / state for state in states], models, _environment(to))


def _check_free(scratch: Path, to: Settings, states: list[Path], *, replace: bool) -> None:
    taken = [to.recovery_dir / state for state in states if (to.recovery_dir / state / MANIFEST).exists()]
    for name in (to.registry_file.name, LOG):
        kept, there = scratch / g.REGISTRY / name, to.registry_file.with_name(name)
        if kept.exists() and there.exists() and kept.read_bytes() != there.read_bytes():
            taken.append(there)
    if taken and not replace:
        raise BackupError(
            f"{', '.join(map(str, taken))} would be replaced: --replace does so, --into DIR leaves it alone"
        )


def _models(kept: Path, to: Settings) -> list[str]:
    """Publish the bundles that are not there, and return them; one that is there is never changed."""
    runs = sorted(path for path in kept.iterdir() if path.is_dir()) if kept.is_dir() else []
    new = [run for run in runs if not (to.models_dir / run.name).exists()]
    for run in new:
        bundle_folder.publish(to.models_dir, bundle_folder.read(run))
    return [run.name for run in new]


def _registry(kept: Path, to: Settings) -> None:
    file = to.registry_file
    if (kept / file.name).exists():
        with registry_locked(file):
            for name in (LOG, file.name):
                if (kept / name).exists():
                    atomic.write(file.with_name(name), (kept / name).read_bytes())
    policy = kept / to.canary_policy_file.name
    if policy.exists() and not to.canary_policy_file.exists():
        atomic.write(to.canary_policy_file, policy.read_bytes())


def _view(scratch: Path, settings: Settings) -> int:
    lines = scratch / g.VIEW / g.VIEW_FILE
    if not lines.exists():
        raise BackupError("the backup has no view of Redis: the flows write it again when they run")
    try:
        return load(settings.redis_url, lines.read_bytes().splitlines())
    except ValueError as error:
        raise BackupError(str(error)) from error


def _environment(to: Settings) -> dict[str, str]:
    names = ("recovery_dir", "models_dir", "registry_file", "canary_policy_file", "flags_file", "rules_file")
    return {name.upper(): str(getattr(to, name)) for name in names}
