"""Who is killed, which models are asked and which flags are set, at one place of a shard's journal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from verifier.rules import ENSEMBLE, FALLBACK, LEARNER


@dataclass(frozen=True, slots=True)
class Desk:
    """What is killed: all, some symbols (``NAME`` on every venue or ``venue:NAME``), some models."""

    killed: bool
    symbols: frozenset[str]
    models: frozenset[str]
    reference: str
    """The active model."""
    since: str
    """The entry that made it so, for people."""
    wanted: str = ""
    """A bundle that was asked for, and of which there is no news yet."""
    lost: bool = False
    """The active model is not loaded: the fallback answers for it."""
    challenger: str = ""
    """A model that is asked too; its answers count where it decides."""
    members: tuple[str, ...] = ()
    """Of the ensemble."""
    bundles: frozenset[str] = frozenset()
    """Those that are loaded."""
    flags: frozenset[str] = frozenset()
    """Those that are set to something other than false or zero."""
    wanted_challenger: str = ""
    """A bundle that was asked for as the challenger, and of which there is no news yet."""
    share: float = 0.0
    """Of the symbols, for which the challenger decides where it has an answer."""
    share_symbols: frozenset[str] = frozenset()
    """It decides for no others, where there are any."""

    @property
    def model(self) -> str:
        """Return the active model's name."""
        return self.reference.partition("@")[0]

    def in_share(self, name: str) -> bool:
        """Return whether the challenger decides for a symbol (as published) where it has an answer.

        A symbol has its place from 0 to 1, and is in every share above it; the fallback never decides.
        """
        if not self.challenger or self.challenger == FALLBACK:
            return False
        digest = hashlib.blake2b(name.encode(), digest_size=8, person=b"levi-rollout").digest()
        chosen = not self.share_symbols or name in self.share_symbols
        return chosen and int.from_bytes(digest, "big") < self.share * 2**64

    def asked(self, models: tuple[str, ...]) -> frozenset[str]:
        """Return the models of which there is something to tell; ``models`` can be selected."""
        known = {*models, LEARNER, *self.bundles} - {ENSEMBLE}
        members = known.intersection(self.members)
        in_use = {self.reference, self.challenger}
        if ENSEMBLE in in_use and members:
            known |= {ENSEMBLE, *members}
            in_use |= members
        return frozenset({FALLBACK, self.reference, *(in_use & known)})

    @property
    def may_be_lost(self) -> bool:
        """Return whether the active model may be gone at a restart, or a part of it."""
        of = self.members if self.reference == ENSEMBLE else (self.reference,)
        return not self.bundles.isdisjoint(of)

    def kills(self, name: str, venue: str, fallback: bool) -> bool:
        """Return whether a signal must be HOLD; ``fallback``: the fallback model answered it.

        ``name`` is the symbol as published, with its venue in front or without.
        """
        plain = name.rpartition(":")[2]
        if self.killed or plain in self.symbols or f"{venue}:{plain}" in self.symbols:
            return True
        if self._killed(self.reference) or (fallback and FALLBACK in self.models):
            return True
        return self._killed(self.challenger) and self.in_share(name)

    def _killed(self, reference: str) -> bool:
        return not self.models.isdisjoint((reference, reference.partition("@")[0]))
