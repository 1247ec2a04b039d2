"""Runs of a shard's stages over a few ticks, silences and commands, and what is braked in them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from control.examples import TS

from models.control.commands import Command
from models.desk.desk import Desk
from models.desk.gate import rollout_bucket
from models.inputs import Beat, Cause, Input, Taken, TickBatch
from models.judge.judge import Judge
from models.judge.records import SIGNALS, Shard
from models.market.market import Market
from models.scoring.constant import Constant
from models.scoring.scorer import Scorer
from models.spec import SECOND, Spec
from models.ticks import Decoded, Ints, Symbol, Ticks

BUYER = Constant(0.99)
RIVAL = Constant(0.98)
MODELS = {"stub-sine": Constant(0.01), BUYER.name: BUYER, RIVAL.name: RIVAL}  # the fallback would always sell
SPEC = Spec(models=tuple(MODELS))
OPEN = Desk(model=BUYER.name)
SYMBOLS = (Symbol("", "A"), Symbol("", "B"), Symbol("", "C"))
START = TS // SECOND * SECOND
SHARD = Shard("ticks", 0, 0)
PLACES = {symbol.name: rollout_bucket(symbol.name) for symbol in SYMBOLS}
"""Above which share the challenger decides for a symbol."""

Body = dict[str, Any]


@dataclass(frozen=True)
class Tick:
    """One trade of a symbol, ``after`` ns behind the input before it."""

    symbol: int
    after: int


@dataclass(frozen=True)
class Quiet:
    """A beat, ``after`` ns behind the input before it."""

    after: int


Event = Tick | Quiet | Command


@dataclass
class Stages:
    """The three stages of a shard; ``restart`` replaces the keyed ones by what their snapshots say."""

    market: Market = field(default_factory=lambda: Market(SPEC, OPEN))
    judge: Judge = field(default_factory=lambda: Judge(SPEC, SHARD, MODELS))
    scorer: Scorer = field(default_factory=lambda: Scorer(SPEC, MODELS))

    def restart(self) -> None:
        """Go on as a new process."""
        self.market = Market(SPEC, Desk(), self.market.snapshot())
        self.judge = Judge(SPEC, SHARD, MODELS, self.judge.snapshot())

    def signals(self, inputs: Sequence[Input]) -> list[Body]:
        """Take one activation's inputs and return the signals they released."""
        emissions = self.judge.step(self.scorer.step(self.market.step(inputs)))
        return [dict(r.body) for e in emissions for r in e.records if r.topic == SIGNALS]


def batch(first: int, times: Ints, codes: list[int], symbols: tuple[Symbol, ...], seq: int) -> TickBatch:
    """Return consecutive one-tick records."""
    n, none = len(times), np.empty(0, dtype=np.int64)
    index = np.arange(n)
    ticks = Ticks(
        index, np.zeros(n, np.int64), np.array(codes), times, np.full(n, 100.0), np.full(n, 1.0),
        np.ones(n, np.int8), first + index, symbols,
    )  # fmt: skip
    return TickBatch(first + index, times, [b"{}"] * n, Decoded(ticks, none, ()), seq)


def inputs_of(events: Sequence[Event], height: int, symbols: tuple[Symbol, ...] = SYMBOLS) -> list[Input]:
    """Return events as the source would place them, ticks in batches of up to ``height``."""
    found: list[Input] = []
    now, offset, seq = START, 0, 0
    for ticks, group in groupby(events, lambda event: isinstance(event, Tick)):
        for chunk in chunks(list(group), height if ticks else 1):
            if ticks:
                times = now + np.cumsum([tick.after for tick in chunk])
                found.append(batch(offset, times, [tick.symbol for tick in chunk], symbols, seq))
                now, offset = int(times[-1]), offset + len(chunk)
            else:
                seq += 1
                found.append(_entry(chunk[0], now, Cause(offset, seq)))
                now = found[-1].ts
    return found


def _entry(event: Quiet | Command, now: int, cause: Cause) -> Beat | Taken:
    return Taken(event, now, cause) if isinstance(event, Command) else Beat(now + event.after, cause)


def chunks(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Return the items in pieces of up to ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def run(events: Sequence[Event], height: int = 1, size: int = 1, restart_every: int = 0) -> list[Body]:
    """Return all signals of a run."""
    stages, found = Stages(), []
    for turn, group in enumerate(chunks(inputs_of(events, height), size), 1):
        found += stages.signals(group)
        if restart_every and turn % restart_every == 0:
            stages.restart()
    return found


def taken(events: Sequence[Event]) -> list[tuple[Cause, Command]]:
    """Return the commands with the places at which they take effect."""
    return [(one.cause, one.command) for one in inputs_of(events, 1) if isinstance(one, Taken)]


class Brake:
    """What is killed, told from the commands alone: a list of scopes, the active model, the challenger."""

    def __init__(self) -> None:
        self.scopes: set[str] = set()
        self.model = BUYER.name
        self.challenger, self.share = "", 0.0
        self._last = -1

    def take(self, one: Command) -> None:
        """Follow a command; a repeated number is none."""
        if one.n <= self._last:
            return
        self._last = one.n
        if one.cmd == "kill":
            self.scopes.add(one.scope)
        elif one.cmd == "unkill":
            self.scopes.discard(one.scope)
        elif one.cmd == "rollback":
            self.share = 0.0
        elif one.cmd == "model.select":
            self._select(one.args["name"], one.args.get("as", "model"))
        elif one.args.get("of") == "challenger":
            self.share = 0.0 if one.args["phase"] == "preview" else one.args["phase"]

    def _select(self, name: str, slot: str) -> None:
        if slot == "model":
            self.model = name
        if name == self.challenger if slot == "model" else name not in (self.challenger, self.model):
            self.challenger, self.share = "" if slot == "model" else name, 0.0

    def holds(self, signal: Body) -> bool:
        """Return whether a signal must be HOLD."""
        scopes = {"all", f"symbol:{signal['symbol']}", f"model:{self.model}", f"model:{signal['model']}"}
        if self.challenger not in ("", "stub-sine") and PLACES[signal["symbol"]] < self.share:
            scopes.add(f"model:{self.challenger}")
        return bool(scopes & self.scopes)


def brakes(events: Sequence[Event]) -> list[Brake]:
    """Return the brake in force behind each journal sequence number, 0 first."""
    brake = Brake()
    found = [brake]
    for event in events:
        if not isinstance(event, Tick):
            brake = deepcopy(brake)
            if isinstance(event, Command):
                brake.take(event)
            found.append(brake)
    return found
