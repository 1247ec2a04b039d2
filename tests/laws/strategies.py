"""Streams of one shard as hypothesis draws them: small plans of what happens next, told as a log.

A plan is independent of the state it meets, so that a failing stream shrinks well; ``tell`` gives times,
prices and ids their values. Among what happens: bursts, silences, equal and falling timestamps, late,
repeated and future-dated trades, records of many trades, skipped and unreadable ones, beats, commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st
from oracle.log import Bad, Event, Item, Message, Order, Pulse, Skip, Told, Trade
from oracle.stages import BUNDLES

from models.control.commands import Command
from models.desk.news import KINDS, READY, REFUSED, News
from models.spec import SECOND, Spec, Staleness
from models.ticks import Reason, Symbol

MS = 1_000_000
START = 1_700_000_001 * SECOND
SYMBOLS = (
    Symbol("binance", "BTCUSDT"),
    Symbol("bybit", "BTCUSDT"),  # the same name on another venue
    Symbol("binance", "XRPETH"),
    Symbol("", "SHIBUSDT"),
)
FIRST_PRICES = (61_234.5, 61_230.0, 0.0015, 0.00002)
MODELS = ("stub-sine", "ml-fusion", "constant-0.9", "river-logistic", "ensemble")

_WAITS = (0, 0, 0, 0, 1, 7, 50, 200, 400, 999, 1_000, 1_001, 1_500, 2_500, -300)
_SILENCES = (6, 6, 31, 61, 62, 62, 130, 305, 700)
_AHEAD = (
    *[0] * 16, -1, -5, -5, -400, -400, -999, -1_000, -1_500, -3_000, -70_000,
    100, 100, 900, 900, 1_300, 2_000, 5_000, 5_001, 9_999,
)  # fmt: skip
_IDS = ("next", "next", "next", "next", "none", "none", "repeat", "clash", "clash", "earlier", "largest")
_LARGEST = (1 << 63) - 1
_ABSURD = 10**40  # a move to a price that no market has


class PlannedTrade(NamedTuple):
    """A trade relative to where its record and symbol stand; ``ahead`` in ms of the record's time."""

    which: int
    ahead: int
    move: int  # in steps of the price
    qty: int
    side: int
    identity: str


class PlannedRecord(NamedTuple):
    """A record ``wait`` ms after the one before, ``skipped`` offsets later."""

    wait: int
    items: Sequence[PlannedTrade | Skip | Bad]
    gap: int


class PlannedBurst(NamedTuple):
    """Records of one symbol at one instant, the price going up and down."""

    which: int
    length: int


class PlannedBeat(NamedTuple):
    """A beat ``wait`` ms later."""

    wait: int


class PlannedOrder(NamedTuple):
    """A command."""

    cmd: str
    scope: str
    args: dict[str, Any]


class PlannedBundle(NamedTuple):
    """A bundle that is selected, and at once what becomes of it; a challenger gets its share."""

    reference: str
    kind: str
    slot: str = "model"


Plan = PlannedRecord | PlannedBurst | PlannedBeat | PlannedOrder | PlannedBundle | Told


def specs() -> st.SearchStrategy[Spec]:
    """Return specs with short lives, small tables and all kinds of lateness."""
    return st.builds(
        Spec,
        disorder=st.sampled_from((0, 0, 250 * MS, SECOND, 1_500 * MS, 3 * SECOND)),
        grace=st.sampled_from((SECOND, SECOND, 0, 200 * MS, 2_500 * MS)),
        max_skew=st.sampled_from((5 * SECOND, 5 * SECOND, SECOND)),
        symbol_ttl_s=st.sampled_from((60, 60, 3_600, 4)),
        max_symbols=st.sampled_from((4_096, 4_096, 4_096, 4_096, 2)),
        horizon_s=st.sampled_from((60, 60, 7)),
        staleness=st.sampled_from(
            (Staleness(), Staleness(warn_s=2.0, fallback_s=5.0, feature_warn_s=3.0, feature_crit_s=9.0))
        ),
        models=st.just(MODELS),
    )


def logs(*, min_size: int = 20, max_size: int = 60, orders: bool = True) -> st.SearchStrategy[list[Event]]:
    """Return logs of so many planned events."""
    kinds = [*["record"] * 8, "burst", "silence", "beat", *(["order"] if orders else [])]
    made = {
        "record": _records(),
        "burst": _bursts(),
        "silence": _silences(),
        "beat": _beats(),
        "order": _orders(),
    }
    events = st.sampled_from(kinds).flatmap(made.__getitem__)
    return _told(st.lists(events, min_size=min_size, max_size=max_size))


def orderly_logs() -> st.SearchStrategy[list[Event]]:
    """Return logs in which every trade happens at its record's time, so that none is ever late."""
    trade = _trades(ahead=st.just(0), identity=st.just("next"))
    waits = st.sampled_from([wait for wait in _WAITS if wait >= 0])
    record = st.builds(PlannedRecord, waits, st.lists(trade, min_size=1, max_size=3), st.just(0))
    silence = st.builds(PlannedRecord, _silence(), st.tuples(trade), st.just(0))
    return _told(st.lists(st.one_of(record, record, silence, _beats()), min_size=2, max_size=40))


def _told(plans: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Event]]:
    return plans.map(tell)


def _trades(
    ahead: st.SearchStrategy[int] | None = None, identity: st.SearchStrategy[str] | None = None
) -> st.SearchStrategy[PlannedTrade]:
    return st.builds(
        PlannedTrade,
        which=st.sampled_from((0, 0, 0, 1, 2, 3)),
        ahead=st.sampled_from(_AHEAD) if ahead is None else ahead,
        move=st.sampled_from((0, 0, 0, 0, 1, 1, -1, -1, 7, 7, -12, -12, _ABSURD)),
        qty=st.sampled_from((*[1, 2, 5, 250, 10**6] * 3, 10**14)),
        side=st.sampled_from((0, 1, -1)),
        identity=st.sampled_from(_IDS) if identity is None else identity,
    )


def _items() -> st.SearchStrategy[PlannedTrade | Skip | Bad]:
    bad = st.sampled_from((Reason.WRONG_SHAPE, Reason.BAD_PRICE)).map(Bad)
    return st.one_of(_trades(), _trades(), _trades(), st.just(Skip()), bad)


def _records() -> st.SearchStrategy[PlannedRecord]:
    one, many = st.tuples(_trades()), st.lists(_items(), min_size=1, max_size=6)
    return st.builds(
        PlannedRecord, st.sampled_from(_WAITS), st.one_of(one, many), st.sampled_from((0, 0, 0, 4))
    )


def _bursts() -> st.SearchStrategy[PlannedBurst]:
    return st.builds(PlannedBurst, st.integers(0, 3), st.integers(3, 12))


def _silences() -> st.SearchStrategy[PlannedRecord]:
    return st.builds(PlannedRecord, _silence(), st.tuples(_items()), st.just(0))


def _silence() -> st.SearchStrategy[int]:
    return st.sampled_from([seconds * 1_000 for seconds in _SILENCES])


def _beats() -> st.SearchStrategy[PlannedBeat]:
    return st.builds(PlannedBeat, st.sampled_from((0, 400, 1_000, 1_000, 3_000, 62_000)))


def _news(reference: str, kind: str) -> Told:
    return Told(News(kind, reference, {"version": "1", "entry": 0.6, "exit": 0.3, "reason": "hash"}))


def _challenging(name: str) -> PlannedOrder:
    return PlannedOrder("model.select", "all", {"name": name, "as": "challenger"})


def _share(phase: float | str, **more: Any) -> PlannedOrder:
    return PlannedOrder("rollout", "all", {"phase": phase, "of": "challenger", **more})


def _orders() -> st.SearchStrategy[PlannedOrder | PlannedBundle | Told]:
    return st.sampled_from((
        PlannedOrder("kill", "all", {}),
        PlannedOrder("unkill", "all", {"reason": "checked"}),
        PlannedOrder("kill", "symbol:BTCUSDT", {}),
        PlannedOrder("kill", "model:ml-fusion", {}),
        PlannedOrder("model.select", "all", {"name": "constant-0.9"}),
        PlannedOrder("model.select", "all", {"name": "stub-sine"}),
        PlannedOrder("model.select", "all", {"name": "absent"}),
        PlannedOrder("model.select", "all", {"name": "river-logistic"}),
        PlannedOrder("model.select", "all", {"name": "ensemble"}),
        *(PlannedOrder("model.promote", "all", {"name": reference}) for reference in BUNDLES),
        *(PlannedBundle(reference, kind) for reference in BUNDLES for kind in (READY, READY, REFUSED)),
        *(_news(reference, kind) for reference in BUNDLES for kind in KINDS),
        *(PlannedOrder("weights.set", "all", {"members": {r: 1, "river-logistic": 2}}) for r in BUNDLES),
        *(_challenging(name) for name in ("constant-0.9", "ml-fusion", "river-logistic", "ensemble", "none")),
        *(_challenging(reference) for reference in BUNDLES),
        *(PlannedBundle(reference, kind, "challenger") for reference in BUNDLES for kind in (READY, REFUSED)),
        *(_share(phase) for phase in (0.1, 0.5, 1.0, 1.0, "preview")),
        _share(1.0, symbols=["XRPETH"]),
        PlannedOrder("rollback", "all", {}),
        PlannedOrder("canary", "all", {"enabled": True, "symbols": ["XRPETH"]}),
        PlannedOrder("rollout", "all", {"phase": 0.5}),
        PlannedOrder("rollout", "all", {"phase": 1.0, "symbols": None}),
        PlannedOrder("policy.set", "all", {"entry": 0.5, "exit": 0.49}),
        PlannedOrder("weights.set", "all", {"parts": [1, 0, 2]}),
        PlannedOrder("flag.set", "all", {"key": "ml_confid_floor", "value": 0.52}),
    ))  # fmt: skip


def tell(plans: Sequence[Plan]) -> list[Event]:
    """Return the log of a sequence of plans."""
    teller = _Teller()
    return [event for plan in plans for event in teller.events(plan)]


class _Teller:
    """Where a told log stands: time, offset, and each symbol's price and ids."""

    def __init__(self) -> None:
        self.now, self.offset, self.orders = START, 0, 0
        self.prices = [0, 0, 0, 0]
        self.told: list[list[Trade]] = [[], [], [], []]

    def events(self, plan: Plan) -> list[Event]:
        if isinstance(plan, PlannedOrder):
            return [self._order(plan)]
        if isinstance(plan, PlannedBundle):
            args = {"name": plan.reference, "as": plan.slot}
            told: list[Event] = [
                self._order(PlannedOrder("model.select", "all", args)), _news(plan.reference, plan.kind),
            ]  # fmt: skip
            return [*told, self._order(_share(1.0))] if plan.slot == "challenger" else told
        if isinstance(plan, Told):
            return [plan]
        if isinstance(plan, PlannedBurst):
            return [self._record(PlannedRecord(0, [t], 0)) for t in _burst(plan)]
        if isinstance(plan, PlannedBeat):
            self.now += plan.wait * MS
            return [Pulse(self.now)]
        return [self._record(plan)]

    def _order(self, plan: PlannedOrder) -> Order:
        self.orders += 1
        command = Command(
            id=f"c{self.orders}", ts=self.now, actor="ops", n=self.orders, role="admin", cmd=plan.cmd,
            scope=plan.scope, args=plan.args,
        )  # fmt: skip
        return Order(command, self.now)

    def _record(self, plan: PlannedRecord) -> Message:
        # a falling record timestamp is an excursion: the next record waits from the higher one
        ts = self.now + plan.wait * MS
        self.now = max(self.now, ts)
        items = tuple(self._item(item, ts) for item in plan.items)
        offset = self.offset + plan.gap
        self.offset = offset + 1
        value = None if items == (Skip(),) else f"record {offset}".encode()
        return Message(offset, ts, items, value)

    def _item(self, plan: PlannedTrade | Skip | Bad, ts: int) -> Item:
        return self._trade(plan, ts) if isinstance(plan, PlannedTrade) else plan

    def _trade(self, plan: PlannedTrade, ts: int) -> Trade:
        told = self.told[plan.which]
        named = [trade for trade in told if 0 <= trade.trade_id < _LARGEST]
        at = ts + plan.ahead * MS
        new = Trade(SYMBOLS[plan.which], at, self._price(plan), self._qty(plan), plan.side, -1)
        if plan.identity in ("clash", "earlier") and named:
            of = named[-1 if plan.identity == "clash" else -min(3, len(named))]
            new = new._replace(ts=of.ts, trade_id=of.trade_id)
        elif plan.identity == "repeat" and told:
            new = told[-1]
        elif plan.identity != "none":
            highest = max((trade.trade_id for trade in named), default=99)
            new = new._replace(trade_id=_LARGEST if plan.identity == "largest" else highest + 1)
        told.append(new)
        return new

    def _price(self, plan: PlannedTrade) -> float:
        steps = self.prices[plan.which] + plan.move
        self.prices[plan.which] = self.prices[plan.which] if plan.move == _ABSURD else steps
        return float(f"{FIRST_PRICES[plan.which] * (1 + steps * 1e-4):.6g}")

    def _qty(self, plan: PlannedTrade) -> float:
        return plan.qty / (100 if FIRST_PRICES[plan.which] > 1 else 1)


def _burst(plan: PlannedBurst) -> list[PlannedTrade]:
    return [PlannedTrade(plan.which, 0, (-1) ** i, 1 + i, 0, "next") for i in range(plan.length)]
