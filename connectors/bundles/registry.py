"""What may be done with the registry of models: register, resolve, promote, roll back.

Times are arguments; nothing here loads a model (``connectors.bundles.loading`` does).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from connectors.bundles.errors import GateError, RegistryError
from connectors.bundles.gates import failed_gates, gates_of
from connectors.bundles.registry_file import Failed, Promoted, Registered, Registry, change
from models.bundle.sums import Files, check_sums, digest_of
from models.scoring.registry import BUILT_IN, WALKED

PREVIOUS = 20
_BUILT_IN = (*BUILT_IN, *WALKED)
LATEST = {"best_lgbm": "lightgbm", "best_skops": "skops"}
"""Aliases of the bundle of a kind that was promoted last."""
LOCAL = {"skops-local": "skops"}
"""Aliases of the newest bundle of a kind."""


class Resolved(NamedTuple):
    """What a name stands for: ``run_id`` is empty for a built-in, ``note`` says if others fitted too."""

    reference: str
    run_id: str = ""
    note: str = ""


def register(path: Path, files: Files, at: datetime) -> str:
    """Enter a published bundle and return its reference ``NAME@SHA256``; the same bundle again is no harm.

    Raises ``RegistryError`` where its run id stands for another bundle.
    """
    from models.bundle.manifest import MANIFEST, parse_manifest  # noqa: PLC0415  scipy; the rest is quick

    check_sums(files)
    manifest = parse_manifest(files[MANIFEST])
    entry = Registered(
        name=manifest.name, sha256=digest_of(files), kind=manifest.kind, version=manifest.version,
        registered_at=_text(at), calibration=manifest.calibration.as_dict(), policy=manifest.policy._asdict(),
        gates=gates_of(files),
    )  # fmt: skip

    def step(registry: Registry) -> tuple[Registry, None, str]:
        known = registry.bundles.get(manifest.run_id)
        if known and known.sha256 != entry.sha256:
            raise RegistryError(f"run {manifest.run_id} is registered with other files: train again")
        bundles = registry.bundles | {manifest.run_id: known or entry}
        return replace(registry, bundles=bundles), None, entry.reference

    return change(path, step)


def resolve(registry: Registry, wanted: str) -> Resolved:
    """Return what a built-in's name, reference, run id, bundle name or alias stands for.

    Of several bundles of a name it is the newest, and the note says so. Raises ``RegistryError`` naming
    what there is.
    """
    if wanted in _BUILT_IN or wanted.startswith("constant-"):
        return Resolved(wanted)
    if wanted == "current" and registry.current:
        return Resolved(registry.current.reference, registry.current.run_id)
    if wanted in LATEST:
        return _latest(registry, wanted)
    fits = [r for r, b in registry.bundles.items() if wanted in (r, b.reference, b.name)]
    fits = fits or [r for r, b in registry.bundles.items() if b.kind == LOCAL.get(wanted)]
    if not fits:
        names = sorted({bundle.name for bundle in registry.bundles.values()})
        raise RegistryError(
            f"no model '{wanted}'; bundles: {', '.join(names) or 'none'}; built in: {', '.join(_BUILT_IN)}; "
            "see levibot models list"
        )
    newest = max(fits)  # run ids begin with their time
    note = f"{len(fits)} bundles answer to {wanted}; {newest} is the newest" if len(fits) > 1 else ""
    return Resolved(registry.bundles[newest].reference, newest, note)


def promote(path: Path, run_id: str, *, note: str, at: datetime, override: str | None = None) -> Promoted:
    """Make a registered bundle the current one.

    Raises ``GateError`` where a gate of its card failed, or it was taken back before, and no ``override``
    says why it is promoted all the same; the override is kept in the registry and its log.
    """

    def step(registry: Registry) -> tuple[Registry, dict[str, Any], Promoted]:
        entry = _registered(registry, run_id)
        if registry.current and registry.current.run_id == run_id:
            raise RegistryError(f"{run_id} is the current model already")
        why = _blocked(registry, entry)
        if why and not (override or "").strip():
            raise GateError(f'{run_id} is not promoted: {why}; to do it all the same: --override "why"')
        promoted = _promoted(entry, run_id, note, at, override if why else None)
        before = (registry.current,) if registry.current else ()
        previous = (*before, *registry.previous)[:PREVIOUS]
        failed = {sha: one for sha, one in registry.failed.items() if sha != entry.sha256}
        changed = replace(registry, current=promoted, previous=previous, failed=failed)
        return changed, _line("promote", promoted, at), promoted

    return change(path, step)


def rollback(
    path: Path, *, at: datetime, to: str | None = None, note: str = "", failed: bool = False
) -> Promoted:
    """Go back to the model before the current one, or to run ``to``, and return it.

    What is left is not gone back to by the next rollback. With ``failed`` it also needs an override to be
    promoted again. Raises ``RegistryError`` where there is nothing to go back to.
    """

    def step(registry: Registry) -> tuple[Registry, dict[str, Any], Promoted]:
        if not registry.previous:
            raise RegistryError(
                "no model was promoted before the current one; a built-in one can be selected: "
                "levibot control model.select ml-fusion"
            )
        runs = [one.run_id for one in registry.previous]
        if to is not None and to not in runs:
            raise RegistryError(f"{to} was not promoted before; these were, latest first: {', '.join(runs)}")
        place = 0 if to is None else runs.index(to)
        back = registry.previous[place]
        taken = (
            {registry.current.sha256: Failed(why=note, at=_text(at))} if failed and registry.current else {}
        )
        changed = replace(
            registry, current=back, previous=registry.previous[place + 1 :], failed=registry.failed | taken
        )
        return changed, _line("rollback", back, at, note), back

    return change(path, step)


def _latest(registry: Registry, alias: str) -> Resolved:
    ever = ([registry.current] if registry.current else []) + list(registry.previous)
    for one in ever:
        if one.kind == LATEST[alias]:
            return Resolved(one.reference, one.run_id)
    raise RegistryError(f"no {LATEST[alias]} model was promoted yet: levibot models promote RUN_ID")


def _registered(registry: Registry, run_id: str) -> Registered:
    if run_id not in registry.bundles:
        raise RegistryError(f"no bundle {run_id} is registered; see levibot models list")
    return registry.bundles[run_id]


def _blocked(registry: Registry, entry: Registered) -> str:
    if entry.sha256 in registry.failed:
        return f"it was taken back before ({registry.failed[entry.sha256].why or 'no reason given'})"
    return "" if entry.passed else "; ".join(failed_gates(entry.gates))


def _promoted(entry: Registered, run_id: str, note: str, at: datetime, override: str | None) -> Promoted:
    return Promoted(
        name=entry.name, run_id=run_id, sha256=entry.sha256, reference=entry.reference,
        version=entry.version, kind=entry.kind, promoted_at=_text(at), note=note,
        calibration=entry.calibration, policy=entry.policy, gates=entry.gates, override=override,
    )  # fmt: skip


def _line(what: str, one: Promoted, at: datetime, note: str | None = None) -> dict[str, Any]:
    overrides = failed_gates(one.gates) if one.override else []
    return {
        "at": _text(at), "what": what, "run_id": one.run_id, "reference": one.reference,
        "note": one.note if note is None else note, "override": one.override, "overrides": overrides,
    }  # fmt: skip


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
