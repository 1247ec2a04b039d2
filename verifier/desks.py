"""Who is killed, and which model is active, at each place of a shard's journal.

Read from the genesis, the commands and the news of models that count. A command whose number is not above
the last one of its sender (an actor in a role) is a repeat and changes nothing. A model from a bundle,
``NAME@SHA256``, is not active from the command on that asks for it, but from the news that it is ready.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from verifier.desk import Desk
from verifier.journal import COMMAND, GENESIS, LOST, READY, REFUSED, Entry


class DeskHistory:
    """The desk behind every entry of a folded journal; ``models`` are those that can be selected."""

    def __init__(self, entries: Iterable[Entry], models: tuple[str, ...]) -> None:
        self._models = models
        self._numbers: dict[str, int] = {}
        self._from: list[int] = []  # the first sequence number at which each desk is in force
        self._desks: list[Desk] = []
        self._asked: list[frozenset[str]] = []
        for entry in entries:
            desk = self._behind(entry)
            if desk is not None:
                self._from.append(entry.seq + 1)
                self._desks.append(desk)
                self._asked.append(desk.asked(models))

    def at(self, seq: int) -> Desk | None:
        """Return the desk in force for a record caused at journal number ``seq``, None before the first."""
        place = bisect_right(self._from, seq)
        return self._desks[place - 1] if place else None

    def asked(self, seq: int) -> frozenset[str]:
        """Return the models of which there is something to tell at that place."""
        place = bisect_right(self._from, seq)
        return self._asked[place - 1] if place else frozenset()

    def could_fail(self, seq: int) -> bool:
        """Return whether a model that is not built in was active, or a part of it, up to that place."""
        return any(desk.lost or desk.may_be_lost for desk in self._desks[: bisect_right(self._from, seq)])

    def _behind(self, entry: Entry) -> Desk | None:
        """Return the desk after an entry, None where it stays as it was."""
        if entry.kind == GENESIS:
            told = entry.payload["desk"]
            self._numbers = dict(told["numbers"])
            symbols, models = frozenset(told["killed_symbols"]), frozenset(told["killed_models"])
            lost = "@" in told["model"] and told["model"] not in told["bundles"]
            return Desk(
                told["killed"], symbols, models, told["model"], entry.place, told["wanted"], lost,
                told["challenger"], tuple(told["members"]), frozenset(told["bundles"]),
                frozenset(name for name, value in told["flags"].items() if value),
                told.get("wanted_challenger", ""), told.get("share", 0.0),
                frozenset(told.get("share_symbols", ())),
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
        cmd, args = command["cmd"], command["args"]
        if "challenger" in (args.get("as"), args.get("of")):
            return self._challenged(desk, args["name"]) if "name" in args else _shared(desk, args)
        if cmd in ("model.select", "model.promote", "model.rollback"):
            return self._selected(desk, args["name"], place)
        if cmd == "rollback":
            return replace(desk, share=0.0)
        if cmd in ("kill", "unkill"):
            return _killed(desk, command["scope"], cmd == "kill", place)
        if cmd == "flag.set":
            return replace(desk, flags=_with(desk.flags, args["key"], bool(args["value"])))
        return self._weighed(desk, args) if cmd == "weights.set" else None

    def _selected(self, desk: Desk, name: str, place: str) -> Desk | None:
        """Return the desk with another model, or waiting for its bundle; None where it is not known."""
        if "@" in name:
            rival = "" if desk.wanted_challenger == name else desk.wanted_challenger
            return replace(desk, wanted=name, wanted_challenger=rival)
        if name not in self._models:
            return None
        left = _alone(desk) if name == desk.challenger else desk
        return replace(left, reference=name, since=place, wanted="", lost=False)

    def _challenged(self, desk: Desk, name: str) -> Desk | None:
        """Return the desk with another challenger, or none, or waiting for its bundle; None: as it was."""
        there = name == desk.challenger and ("@" not in name or name in desk.bundles)
        known = name == "none" or "@" in name or name in self._models
        if there or not known or name in (desk.wanted_challenger, desk.reference, desk.wanted):
            return None
        left = replace(_alone(desk), wanted_challenger="")
        if desk.challenger not in (desk.reference, *desk.members):
            left = replace(left, bundles=desk.bundles - {desk.challenger})
        if name == "none":
            return left
        return replace(left, wanted_challenger=name) if "@" in name else replace(left, challenger=name)

    def _weighed(self, desk: Desk, args: dict[str, Any]) -> Desk | None:
        """Return the desk with the ensemble's new members, None where there are none or one is not there."""
        members = tuple(args.get("members", ()))
        there = all(name in (desk.bundles if "@" in name else self._models) for name in members)
        return replace(desk, members=members) if members and there else None


def _alone(desk: Desk) -> Desk:
    """Return the desk without a challenger."""
    return replace(desk, challenger="", share=0.0, share_symbols=frozenset())


def _shared(desk: Desk, args: dict[str, Any]) -> Desk | None:
    """Return the desk with another share of the challenger's, None where there is no challenger for it."""
    share = 0.0 if args["phase"] == "preview" else float(args["phase"])
    if share and not desk.challenger and not desk.wanted_challenger:
        return None
    symbols = frozenset(args["symbols"] or ()) if "symbols" in args else desk.share_symbols
    return replace(desk, share=share, share_symbols=symbols)


def _killed(desk: Desk, scope: str, kill: bool, place: str) -> Desk:
    kind, _, name = scope.partition(":")
    if kind == "all":
        return replace(desk, killed=kill, since=place)
    if kind == "symbol":
        return replace(desk, symbols=_with(desk.symbols, name, kill), since=place)
    return replace(desk, models=_with(desk.models, name, kill), since=place)


def _told(desk: Desk, entry: Entry) -> Desk | None:
    """Return the desk after news of a bundle, None where they change nothing."""
    reference = entry.payload["reference"]
    if entry.kind == LOST:
        left = replace(desk, bundles=desk.bundles - {reference})
        return replace(left, lost=True, since=entry.place) if reference == desk.reference else left
    if reference == desk.wanted_challenger and reference != desk.wanted:
        if entry.kind == REFUSED:
            return replace(_alone(desk), wanted_challenger="")
        return replace(desk, challenger=reference, wanted_challenger="", bundles=desk.bundles | {reference})
    if reference != desk.wanted:
        return None
    if entry.kind == REFUSED:
        return replace(desk, wanted="")
    if reference == desk.challenger:
        desk = _alone(desk)
    kept = {desk.challenger, desk.reference, reference, *desk.members} & {*desk.bundles, reference}
    return replace(
        desk, reference=reference, since=entry.place, wanted="", lost=False, bundles=frozenset(kept)
    )


def _with(names: frozenset[str], name: str, held: bool) -> frozenset[str]:
    return names | {name} if held else names - {name}
