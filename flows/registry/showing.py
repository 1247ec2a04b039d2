"""The card of a bundle with what the registry adds: is it current, and was a gate overridden?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from connectors.bundles.errors import RegistryError
from connectors.bundles.gates import CARD
from connectors.bundles.loading import trusted_files
from connectors.bundles.registry import resolve
from connectors.bundles.registry_file import log, read
from flows.registry.place import Place

PAGE = "model_card.md"


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as JSON and as a page, and the promotions of its bundle, oldest first."""

    reference: str
    run_id: str
    note: str
    current: bool
    card: dict[str, Any]
    page: str
    promotions: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return what a script reads."""
        return {
            "reference": self.reference, "run_id": self.run_id, "current": self.current,
            "promotions": self.promotions, "card": self.card,
        }  # fmt: skip

    def head(self) -> str:
        """Return the lines above the page."""
        told = [self.note] if self.note else []
        told.append(f"{self.reference}{'  (current)' if self.current else ''}")
        for line in self.promotions:
            why = f", past a failed gate: {line['override']}" if line["override"] else ""
            told.append(f"{line['at']}  {line['what']}  {line['note'] or '(no note)'}{why}")
        return "\n".join(told)


def shown(place: Place, wanted: str) -> Shown:
    """Return the card of a bundle; raise ``BundleError`` unless its files are as they were published."""
    registry = read(place.registry)
    if wanted == "current" and registry.current is None:
        raise RegistryError("no bundle was promoted yet; see levibot models list")
    found = resolve(registry, wanted)
    if not found.run_id:
        raise RegistryError(f"{wanted} is built in: it has no card")
    files = trusted_files(place.models_dir, found.reference, place.registry)
    page = files.get(PAGE, b"(the bundle has no model card)").decode(errors="replace")
    promotions = [line for line in log(place.registry) if line["run_id"] == found.run_id]
    current = registry.current is not None and registry.current.run_id == found.run_id
    card = orjson.loads(files.get(CARD, b"{}"))
    return Shown(found.reference, found.run_id, found.note, current, card, page, promotions)
