"""Promotion and rollback: verified first, then entered, linked, and told to the shards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.bundles import link, registry
from connectors.bundles.errors import RegistryError
from connectors.bundles.loading import load
from connectors.bundles.registry_file import Promoted, read
from connectors.kafka.errors import BrokerError, TopicsError
from flows.registry.announcing import Announce
from flows.registry.place import Place


@dataclass(frozen=True, slots=True)
class Done:
    """What was made current, and what became of the command that says so."""

    promoted: Promoted
    command: dict[str, Any]
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what a script reads."""
        one = self.promoted
        return {
            "run_id": one.run_id, "reference": one.reference, "version": one.version, "policy": one.policy,
            "override": one.override, "command": self.command,
        }  # fmt: skip


def promote(
    place: Place, wanted: str, announce: Announce, *, note: str, override: str | None, at: datetime
) -> Done:
    """Make a bundle current. Raises ``BundleRefused``, ``GateError``, ``RegistryError`` or ``BrokerError``.

    After a ``BrokerError`` it is current in the registry, but the shards do not know.
    """
    found = registry.resolve(read(place.registry), wanted)
    if not found.run_id:
        raise RegistryError(f"{wanted} is built in, so it is selected: levibot control model.select {wanted}")
    load(place.models_dir, found.reference, place.registry)
    promoted = registry.promote(place.registry, found.run_id, note=note, at=at, override=override)
    return _told(place, "model.promote", promoted, note, announce, found.note)


def rollback(place: Place, to: str | None, announce: Announce, *, note: str, at: datetime) -> Done:
    """Go back to the model before, or to run ``to``; raises as ``promote`` does."""
    known = read(place.registry)
    target = to or (known.previous[0].run_id if known.previous else None)
    for one in known.previous:
        if one.run_id == target:
            load(place.models_dir, one.reference, place.registry)
            break
    back = registry.rollback(place.registry, at=at, to=target, note=note)
    return _told(place, "model.rollback", back, note, announce)


def _told(
    place: Place, cmd: str, promoted: Promoted, note: str, announce: Announce, remark: str = ""
) -> Done:
    link.move(place.models_dir, promoted.kind, promoted.run_id)
    args = {"name": promoted.reference} | ({"note": note} if note else {})
    try:
        return Done(promoted, announce(cmd, args), remark)
    except (BrokerError, TopicsError) as error:
        raise BrokerError(
            f"{promoted.version} is current in the registry, but the shards do not know it yet ({error}); "
            f"tell them: levibot control model.select {promoted.reference}"
        ) from error
