"""Looks made by hand: what flows and operators publish, second by second, as the guard reads it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.control.commands import Command
from models.desk.desk import Desk
from models.guard.guard import Guard
from models.guard.inputs import (
    CALIBRATION,
    CONTROL,
    DRIFT,
    JOURNAL,
    PROGRESS,
    SIGNALS,
    UNASKED,
    Answered,
    Began,
    Look,
    Told,
)
from models.guard.records import Guarded
from models.guard.spec import GuardSpec
from models.inputs import Cause
from models.journal.entry import COMMAND, GENESIS, Entry
from models.rules.parsing import parse_rules
from models.spec import SECOND

FIRST = 1_700_000_000
RULES = parse_rules(
    [
        {"name": "drift_kill", "metric": "drift.psi", "scope": "model_symbol", "op": ">", "value": 0.3,
         "for": "0s", "severity": "P0", "action": ["alert", "kill", "retrain.requested"],
         "runbook": "docs/runbook.md#driftkill"},
        {"name": "ece_tighten", "metric": "calibration.ece", "scope": "model_symbol", "op": ">",
         "value": 0.07, "for": "0s", "severity": "P1", "action": ["alert", "tighten"],
         "args": {"entry": 0.01, "exit": -0.01},
         "runbook": "docs/runbook.md#ecetighten"},
        {"name": "tick_stale", "metric": "staleness.tick", "scope": "symbol", "op": ">", "value": 60,
         "for": "30s", "severity": "P2", "action": "alert", "runbook": "docs/runbook.md#datastale60s"},
        {"name": "feed_stale", "metric": "staleness.tick", "scope": "shard", "op": ">", "value": 60,
         "for": "2m", "severity": "P1", "action": ["alert", "rollback"],
         "runbook": "docs/runbook.md#feedstale"},
        {"name": "dlq_preview", "metric": "dlq.size", "scope": "all", "op": ">", "value": 5, "for": "0s",
         "severity": "P2", "action": ["alert", "preview"], "runbook": "docs/runbook.md#dlqpreview"},
    ],
    "rules",
)  # fmt: skip


def spec(**changes: Any) -> GuardSpec:
    """Return a spec with a few rules and no profile."""
    return GuardSpec(**({"rules": RULES, "models": ("ml-fusion", "stub-sine")} | changes))


@dataclass(slots=True)
class World:
    """Two shards with a symbol each; every call tells something, ``look`` gathers it."""

    second: int = FIRST
    told: list[Told] = field(default_factory=list)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    seq: int = 0
    at: int = FIRST * SECOND
    numbers: int = 0

    def tell(self, topic: str, partition: int, body: dict[str, Any], ts: int | None = None) -> None:
        """Publish a record."""
        place = (topic, partition)
        offset = self.offsets.get(place, 0)
        self.offsets[place] = offset + 1
        self.told.append(Told(topic, partition, offset, self.at if ts is None else ts, body))

    def seconds(self, count: int, *, traded: bool = True, shards: Sequence[int] = (0, 1)) -> None:
        """Let shards close so many seconds, with a signal of each symbol in each."""
        for second in range(self.second, self.second + count):
            for shard in shards:
                ordinal = self.offsets.get((SIGNALS, shard), 0)
                self.tell(SIGNALS, shard, signal(f"S{shard}", second, traded=traded) | {"ordinal": ordinal})
                told = {"shard": f"ticks/{shard:04d}", "second": second + 1, "signals": ordinal + 1}
                self.tell(PROGRESS, shard, told)
            self.at += SECOND
        self.second += count

    def drift(self, psi: float, limit: float = 0.1, *, model: str = "ml-fusion", events: int = 0) -> None:
        """Publish the levels of a symbol."""
        feature = {"psi": psi, "psi_limit": limit}
        window = {"rows": 3_600, "insufficient_data": False, "features": {"rsi": feature}}
        body = {
            "symbol": "S0", "venue": "", "ts": self.second * SECOND, "model": model,
            "levels": {"windows": {"3600": window}},
            "events": [{"kind": "crossed", "level": "kill"}] * events,
        }  # fmt: skip
        self.tell(DRIFT, 0, body)

    def calibration(
        self,
        ece: float,
        limit: float = 0.05,
        n_eff: float = 500.0,
        *,
        model: str = "ml-fusion",
        log_loss: float = 0.69,
    ) -> None:
        """Publish the calibration of a model."""
        day = {"ece": {"value": ece, "limit": limit}, "n_eff": n_eff, "n": 30_000, "log_loss": log_loss}
        body = {
            "symbol": "S0", "venue": "", "ts": self.second * SECOND, "model": model, "reference": model,
            "windows": {"1h": {"confid_median": 0.6, "said": 3_600}, "24h": day},
        }  # fmt: skip
        self.tell(CALIBRATION, 0, body)

    def command(self, cmd: str, *, actor: str = "ops", role: str = "admin", **args: Any) -> Command:
        """Send a command of an operator's, with a good signature."""
        self.numbers += 1
        made = Command(
            id=f"c{self.numbers}", ts=self.at, actor=actor, n=self.numbers, role=role, cmd=cmd, args=args
        )
        self.tell(CONTROL, 0, {"command": made.as_dict()})
        return made

    def begin(self, desk: Desk | None = None) -> None:
        """Begin the shards' journals."""
        for shard in (0, 1):
            self.entry(shard, GENESIS, {"desk": (desk or Desk()).as_dict()})

    def entry(self, shard: int, kind: str, payload: dict[str, Any], after: int = 0) -> None:
        """Write to the journal of a shard."""
        seq = self.offsets.get((JOURNAL, shard), 0)
        self.tell(JOURNAL, shard, Entry(1, seq, after, kind, payload).as_dict())

    def taken_in(self, command: Command, after: int = 0) -> None:
        """Let both shards take a command in, before ticks ``after`` and ``after + 10``."""
        for shard in (0, 1):
            payload = {"command": command.as_dict(), "ts": self.at}
            self.entry(shard, COMMAND, payload, after + 10 * shard)

    def look(self, *, api: Answered = UNASKED, at: int | None = None, read: Iterable[int] = (0, 1)) -> Look:
        """Return everything told since the last look; ``read``: the shards of which there is no more."""
        self.seq += 1
        told, self.told = tuple(self.told), []
        return Look(self.at if at is None else at, api, told, Cause(1, self.seq), frozenset(read))

    def cut(self, chance: random.Random) -> list[Look]:
        """Return the same in looks of any length, all of them at one time on the clock."""
        told, found = list(self.told), []
        while told:
            length = chance.randint(1, max(1, len(told) // 2))
            self.told, told = told[:length], told[length:]
            found.append(self.look())
        return found


def signal(symbol: str, second: int, *, traded: bool = True, fallback: bool = False) -> dict[str, Any]:
    """Return a signal without a challenger."""
    return {
        "symbol": symbol, "venue": "", "ts": (second + 1) * SECOND, "price": 100.0,
        "open": 100.0 if traded else None, "prob": 0.6, "wanted": "BUY", "model": "ml-fusion",
        "model_version": "1", "fallback": fallback, "shadow": None, "confid": 0.6,
    }  # fmt: skip


def began(guard: Guard) -> Guard:
    """Return a guard behind its genesis."""
    guard.step([Began(FIRST * SECOND, {}, Cause(1, 0))])
    return guard


def bodies(found: Iterable[Guarded], topic: str) -> list[dict[str, Any]]:
    """Return the bodies of one topic, in order."""
    return [dict(r.body) for one in found for r in one.records if r.topic == topic]  # type: ignore[arg-type]


def orders(found: Iterable[Guarded]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the commands sent: what, its scope, its arguments without the reason."""
    return [
        (c.cmd, c.scope, {k: v for k, v in c.args.items() if k != "reason"})
        for one in found
        for c in one.orders
    ]
