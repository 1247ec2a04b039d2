"""Who is killed, and which model is active, at each place of a shard's journal.

Read from the genesis, the commands and the news of models that count. A command whose number is not above
the last one of its sender (an actor in a role) is a repeat and changes nothing. A model from a bundle,
``NAME@SHA256``, is not active from the command on that asks for it, but from the news that it is ready.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from verifier.journal import COMMAND, GENESIS, LOST, READY, REFUSED, Entry
from verifier.rules import FALLBACK


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

    @property
    def model(self) -> str:
        """Return the active model's name."""
        return self.reference.partition("@")[0]

    def kills(self, name: str, venue: str, fallback: bool) -> bool:
        """Return whether a signal must be HOLD; ``fallback``: the fallback model answered it.

        ``name`` is the symbol as published, with its venue in front or without.
        """
        plain = name.rpartition(":")[2]
        if self.killed or plain in self.symbols or f"{venue}:{plain}" in self.symbols:
            return True
        active = not self.models.isdisjoint((self.model, self.reference))
        return active or (fallback and FALLBACK in self.models)


class DeskHistory:
    """The desk behind every entry of a folded journal; ``models`` are those that can be selected."""

    def __init__(self, entries: Iterable[Entry], models: tuple[str, ...]) -> None:
        self._models = models
        self._numbers: dict[str, int] = {}
        self._from: list[int] = []  # the first sequence number at which each desk is in force
        self._desks: list[Desk] = []
        for entry in entries:
            desk = self._behind(entry)
            if desk is not None:
                self._from.append(entry.seq + 1)
                self._desks.append(desk)

    def at(self, seq: int) -> Desk | None:
        """Return the desk in force for a record caused at journal number ``seq``, None before the first."""
        place = bisect_right(self._from, seq)
        return self._desks[place - 1] if place else None

    def _behind(self, entry: Entry) -> Desk | None:
        """Return the desk after an entry, None where it stays as it was."""
        if entry.kind == GENESIS:
            told = entry.payload["desk"]
            self._numbers = dict(told["numbers"])
            symbols, models = frozenset(told["killed_symbols"]), frozenset(told["killed_models"])
            lost = "@" in told["model"] and told["model"] not in told["bundles"]
            return Desk(
                told["killed"], symbols, models, told["model"], entry.place, told["wanted"], lost
            )  # fmt: skip
        if not self._desks:
            return None
        if entry.kind in (READY, REFUSED, LOST):
            return _told(self._desks[-1], entry)
        if entry.kind != COMMAND:
            return None
        command = entry.payload["command"]
        sender = f"{command['role']}:{command['actor']}"
        if command["n"] <= self._numbers.get(sender, -1):
            return None
        self._numbers[sender] = command["n"]
        return self._changed(self._desks[-1], command, entry.place)

    def _changed(self, desk: Desk, command: dict[str, Any], place: str) -> Desk | None:
        kind, _, name = command["scope"].partition(":")
        if command["cmd"] in ("model.select", "model.promote", "model.rollback"):
            name = command["args"]["name"]
            if "@" in name:
                return replace(desk, wanted=name)
            known = name in self._models
            return replace(desk, reference=name, since=place, wanted="", lost=False) if known else None
        if command["cmd"] not in ("kill", "unkill"):
            return None
        kill = command["cmd"] == "kill"
        if kind == "all":
            return replace(desk, killed=kill, since=place)
        if kind == "symbol":
            return replace(desk, symbols=_with(desk.symbols, name, kill), since=place)
        return replace(desk, models=_with(desk.models, name, kill), since=place)


def _told(desk: Desk, entry: Entry) -> Desk | None:
    """Return the desk after news of a bundle, None where they change nothing."""
    reference = entry.payload["reference"]
    if entry.kind == LOST:
        return replace(desk, lost=True, since=entry.place) if reference == desk.reference else None
    if reference != desk.wanted:
        return None
    if entry.kind == REFUSED:
        return replace(desk, wanted="")
    return replace(desk, reference=reference, since=entry.place, wanted="", lost=False)


def _with(names: frozenset[str], name: str, held: bool) -> frozenset[str]:
    return names | {name} if held else names - {name}
