"""Who may trade what, shard by shard, as the shards' journals tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.control.commands import parse
from models.desk.desk import Desk, take_in
from models.desk.news import KINDS, READY, news_of, take_news
from models.desk.references import is_bundle
from models.guard.inputs import Told
from models.journal.entry import COMMAND, GENESIS, Entry
from models.journal.fold import Fold
from models.rules.tighten import Policy


class TakenIn(NamedTuple):
    """A shard took a command in before tick ``after``; ``refusal``: what its desk had against it, or ""."""

    command: str  # id
    partition: int
    after: int
    refusal: str
    ts: int  # when the broker had the entry, ns


class Desks:
    """A replica of each shard's desk; ``models`` are those that can be named without a bundle."""

    def __init__(self, begin: Desk, models: tuple[str, ...], saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._begin = begin
        self._models = models
        self._desks = {n: Desk.from_dict(plain) for n, plain in saved.get("desks", {}).items()}
        self._folds = {n: Fold(*plain) for n, plain in saved.get("folds", {}).items()}
        self._own = {name: Policy(*plain) for name, plain in saved.get("own", {}).items()}

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "desks": {n: desk.as_dict() for n, desk in self._desks.items()},
            "folds": {n: [fold.gen, fold.seq] for n, fold in self._folds.items()},
            "own": {name: list(policy) for name, policy in self._own.items()},
        }

    def take(self, told: Told) -> TakenIn | None:
        """Follow a journal entry; return what it says of a command."""
        number, entry = str(told.partition), Entry(**told.body)
        fold = self._folds.setdefault(number, Fold(entry.gen, None))
        if not fold.take(entry):
            return None
        desk = self._desks.get(number, self._begin)
        if entry.kind == GENESIS:
            begun = self._desks[number] = Desk.from_dict(entry.payload["desk"])
            if is_bundle(begun.model):
                self._own.setdefault(begun.model, Policy(begun.entry, begun.exit))
        elif entry.kind in KINDS:
            self._desks[number] = take_news(desk, news_of(entry.kind, entry.payload))
            if entry.kind == READY:
                own = entry.payload
                self._own[own["reference"]] = Policy(float(own["entry"]), float(own["exit"]))
        elif entry.kind == COMMAND:
            command = parse(entry.payload["command"])
            self._desks[number], refusal = take_in(desk, command, self._models)
            return TakenIn(command.id, told.partition, entry.after, refusal or "", told.ts)
        return None

    @property
    def desk(self) -> Desk:
        """Return the desk of the first shard: all take in the same commands."""
        return self._desks[min(self._desks, key=int)] if self._desks else self._begin

    @property
    def telegram(self) -> bool:
        """Return whether alerts are marked for whoever carries them to Telegram, outside of the product."""
        return bool(self.desk.flags.get("enable_telegram_alerts", False))

    def own_policy(self) -> Policy:
        """Return the thresholds that the model in use came with."""
        desk = self.desk
        return self._own.get(desk.model, Policy(*desk.usual))
