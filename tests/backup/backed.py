"""A small installation on disk, as flows leave it: states, a registry with a bundle, configuration."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bundles.made import bundle, made
from recovery.stores import Histories

from connectors.bundles.folder import publish
from connectors.bundles.registry import promote, register
from connectors.recovery.manifest import Manifest
from connectors.settings import Settings

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, 18, 20, tzinfo=UTC)
MANIFEST = Manifest(
    app="levibot 1", cluster="c", steps=["signals"], topics={"ticks": 1}, shards=["ticks/0000=0"],
    instance="0 of 1", spec="f" * 64,
)  # fmt: skip


@cache
def files() -> dict[str, bytes]:
    """Return a good bundle, made once."""
    return bundle(made())


class Installation:
    """Its settings, and the store of its one instance of the signals flow."""

    def __init__(self, root: Path, redis_url: str) -> None:
        self.root = root
        self.settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            redis_url=redis_url,
            recovery_dir=root / "recovery",
            models_dir=root / "models",
            registry_file=root / "registry" / "model_registry.json",
            canary_policy_file=root / "registry" / "canary_policy.json",
            flags_file=root / "configs" / "flags.yaml",
            rules_file=root / "configs" / "rules.yml",
        )
        self.state = self.settings.recovery_dir / "signals" / "0"
        self.state.mkdir(parents=True)
        self.store = Histories(self.state / "store")
        MANIFEST.write(self.state / "manifest.json")
        shutil.copytree(ROOT / "configs", root / "configs")
        publish(self.settings.models_dir, files())
        register(self.settings.registry_file, files(), NOW)
        [self.run_id] = [path.name for path in self.settings.models_dir.iterdir()]
        promote(self.settings.registry_file, self.run_id, note="the first", at=NOW)


def tree(root: Path) -> dict[str, bytes]:
    """Return every file below a folder but locks."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and "lock" not in path.name)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}
