"""What models are on record as having said: the published predictions, as far as they are sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from verifier.desk import Desk
from verifier.rules import FALLBACK

CHALLENGER = "challenger"
UNSURE = -1.0
"""Instead of a probability: it cannot be told what a model said."""


class Said(NamedTuple):
    """One prediction; ``model`` is a name without the digest of a bundle."""

    role: str
    model: str
    prob: float


@dataclass(slots=True)
class Evidence:
    """Predictions of a shard by symbol and window end (ns), and whose answers its signals have."""

    whole: bool = False
    """No number is missing or doubled: where a challenger or a member is not there, it said nothing."""
    _active: dict[tuple[str, str], Said] = field(default_factory=dict)
    _others: dict[tuple[str, str], list[Said]] = field(default_factory=dict)
    _arms: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, fields: dict[str, Any], *, sound: bool) -> None:
        """Take a prediction; that of the active model counts where it is as it must be."""
        prob: Any = fields.get("prob")
        if type(prob) not in (int, float) or not 0.0 <= prob <= 1.0:
            return
        said = Said(str(fields.get("role")), str(fields.get("model")), float(prob))
        where = repr(fields.get("symbol")), repr(fields.get("ts"))
        if said.role != "active":
            self._others.setdefault(where, []).append(said)
        elif sound:
            self._active.setdefault(where, said)

    def take_signal(self, fields: dict[str, Any]) -> None:
        """Take a signal that is as it must be."""
        self._arms[repr(fields.get("symbol")), repr(fields.get("ts"))] = str(fields.get("arm"))

    def arm(self, name: object, end: object) -> str:
        """Return whose answer the signal of a row has, empty where there is no sound one."""
        return self._arms.get((repr(name), repr(end)), "")

    def rival(self, desk: Desk, name: object, end: object) -> Said | float | None:
        """Return the challenger's prediction of a row, None for nothing, or ``UNSURE``.

        It is the fallback's where a bundle was gone at a restart, of which only the product knows.
        """
        for one in self._others.get((repr(name), repr(end)), ()):
            if one.role == CHALLENGER and one.model in (_name(desk.challenger), FALLBACK):
                return one
        return None if self.whole and self.active(name, end) else UNSURE

    def active(self, name: object, end: object) -> Said | None:
        """Return the answer that counted, None where it is not known."""
        return self._active.get((repr(name), repr(end)))

    def said(self, reference: str, desk: Desk, name: str, end: int) -> float | None:
        """Return what a model itself said of a row, None for nothing, or ``UNSURE``.

        The fallback has said something only where it stood in for the active model; not where that model was
        lost without news yet, and nobody but the product can tell this from other reasons.
        """
        active = self.active(name, end)
        if active is None:
            return UNSURE
        stood_in = active.model == FALLBACK
        if reference == FALLBACK:
            hidden = UNSURE if desk.may_be_lost else active.prob
            return hidden if stood_in else None
        if reference == desk.reference:
            return None if stood_in else active.prob
        return self._other(reference, desk, (repr(name), repr(end))) if self.whole else UNSURE

    def _other(self, reference: str, desk: Desk, where: tuple[str, str]) -> float | None:
        role = CHALLENGER if reference == desk.challenger else "member"
        alike = [one for one in desk.members if _name(one) == _name(reference)]
        if role == "member" and len(alike) > 1:
            return UNSURE
        for one in self._others.get(where, ()):
            if (one.role, one.model) == (role, _name(reference)):
                return one.prob
        return None


def _name(reference: str) -> str:
    return reference.partition("@")[0]
