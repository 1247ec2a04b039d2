"""The bundles of the registry as a table, with what each card and each folder says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Column, Table
from rich.text import Text

from connectors.bundles.loading import trusted_files
from connectors.bundles.registry_file import Registered, Registry
from models.bundle.errors import BundleError


class Line(NamedTuple):
    """One bundle; ``files`` is ``ok`` or why its bytes are not those that were registered."""

    run_id: str
    bundle: Registered
    current: bool
    files: str

    def as_dict(self) -> dict[str, Any]:
        """Return what a script reads."""
        one = self.bundle
        return {
            "run_id": self.run_id, "name": one.name, "kind": one.kind, "reference": one.reference,
            "version": one.version, "current": self.current, "gates": one.gates, "files": self.files,
            "policy": one.policy, "registered_at": one.registered_at,
        }  # fmt: skip


def lines(registry: Registry, models_dir: Path, path: Path) -> list[Line]:
    """Return the bundles of a registry, newest first; every file is read and compared with its digest."""
    current = registry.current.run_id if registry.current else None
    return [
        Line(run, registry.bundles[run], run == current, _files(models_dir, registry.bundles[run], path))
        for run in sorted(registry.bundles, reverse=True)
    ]


def unregistered(registry: Registry, models_dir: Path) -> list[str]:
    """Return the folders of bundles that the registry does not know."""
    if not models_dir.is_dir():
        return []
    folders = (one for one in models_dir.iterdir() if one.is_dir() and not one.is_symlink())
    return sorted(
        one.name
        for one in folders
        if one.name not in registry.bundles and (one / "SHA256SUMS").is_file() and one.name[0] != "."
    )


def table(found: list[Line]) -> Table:
    """Return the bundles for people."""
    run = Column("run", no_wrap=True, min_width=25)
    shown = Table("", "model", run, "kind", "gates", "files", box=None)
    for line in found:
        one = line.bundle
        failed = [
            name for name, gate in one.gates.items() if isinstance(gate, dict) and not gate.get("passed")
        ]
        gates = Text("passed", "green") if one.passed else Text(f"FAILED {' '.join(failed)}", "red")
        files = Text("ok", "green") if line.files == "ok" else Text(line.files, "red")
        mark = Text("current", "bold") if line.current else Text("")
        shown.add_row(mark, one.name, line.run_id, one.kind, gates, files)
    return shown


def _files(models_dir: Path, bundle: Registered, path: Path) -> str:
    try:
        trusted_files(models_dir, bundle.reference, path)
    except BundleError as error:
        return str(error.reason)
    except OSError as error:
        return str(error.strerror)
    return "ok"
