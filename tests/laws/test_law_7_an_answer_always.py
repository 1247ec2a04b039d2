"""Law 7, an answer always: one prediction and signal a known symbol and closed second, honestly flagged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import MODELS, SYMBOLS, logs, specs
from oracle.log import Event, Order, Pulse, Trade, messages
from oracle.market import Reference
from oracle.stages import BUNDLES, Line

from models.control.commands import Command
from models.desk.desk import Desk
from models.scoring.model import ModelRows
from models.scoring.registry import load_all
from models.spec import SECOND, Spec
from models.ticks import Floats

Log = list[Event]
Body = dict[str, Any]
CUTS = st.lists(st.integers(0, 150), max_size=4)
START = 1_700_000_000 * SECOND


class Broken:
    """A model that answers some rows with what is no probability."""

    name, version = "broken", "broken-1"

    def __init__(self, answers: Sequence[float]) -> None:
        self._answers = np.array(answers)

    def predict(self, rows: ModelRows) -> Floats:
        """Return an answer that depends on the second alone."""
        return self._answers[rows.second % len(self._answers)]


BROKEN = Broken([math.nan, 0.9, math.inf, 0.1, -math.inf, 0.5, 0.7])
LOADED = {**load_all(MODELS), **BUNDLES, "broken": BROKEN}
TRAINED = next(iter(BUNDLES))
DESKS = st.sampled_from([
    Desk(), Desk(model="broken"), Desk(model="lost"), Desk(model="stub-sine"), Desk(challenger="broken"),
    Desk(model="constant-0.9", challenger="broken"), Desk(killed=True), Desk(model="broken", killed=True),
    Desk(model="river-logistic"), Desk(model="ensemble"), Desk(challenger="ensemble"), Desk(model=TRAINED),
    Desk(challenger="broken", share=1.0), Desk(model="broken", challenger="constant-0.9", share=0.5),
    Desk(challenger="stub-sine", share=1.0), Desk(challenger=TRAINED, share=1.0),
    Desk(model=TRAINED, bundles=(TRAINED,)), Desk(model="ensemble", members={TRAINED: 1.0, "broken": 1.0}),
])  # fmt: skip


def run(log: Log, spec: Spec, desk: Desk, cuts: Sequence[int] = ()) -> Line:
    """Return the stages after a log, with a broken model among those loaded."""
    return Line(spec, desk, LOADED).run(log, cuts)


@examples()
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_each_known_symbol_has_one_answer_a_closed_second(
    log: Log, spec: Spec, desk: Desk, cuts: list[int]
) -> None:
    """Exactly one active prediction and signal for every row of the reference, whatever the model does."""
    rows = Reference(spec).take(log).rows
    expected = Counter((*row.symbol, (row.second + 1) * SECOND) for row in rows)

    line = run(log, spec, desk, cuts)

    active = [body for body in line.on("predictions") if body["role"] == "active"]
    for found in (active, line.on("signals")):
        names = {
            name: s.name
            for name, s in zip(line.market.symbols.names, line.market.symbols.symbols, strict=True)
        }
        assert Counter((b["venue"], names[b["symbol"]], b["ts"]) for b in found) == expected
    assert not expected or max(expected.values()) == 1


@examples()
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_nothing_published_is_not_a_number(log: Log, spec: Spec, desk: Desk, cuts: list[int]) -> None:
    """No NaN and no infinity in any body, and every probability is one."""
    line = run(log, spec, desk, cuts)

    for record in line.records:
        assert isinstance(record.body, bytes) or all(map(math.isfinite, numbers(record.body))), record
    for body in [*line.on("signals"), *line.on("predictions")]:
        assert 0.0 <= body["prob"] <= 1.0


def numbers(value: object) -> Iterator[float]:
    """Yield all numbers in plain data."""
    if isinstance(value, float | int):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from numbers(inner)


@examples()
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_a_stale_score_is_never_shown_as_fresh(log: Log, spec: Spec, desk: Desk, cuts: list[int]) -> None:
    """The age shown is that of the last trade; past the limit the answer is a flagged fallback."""
    ages = {(*r.symbol, (r.second + 1) * SECOND): r.age for r in Reference(spec).take(log).rows}

    line = run(log, spec, desk, cuts)

    symbols = dict(zip(line.market.symbols.names, line.market.symbols.symbols, strict=True))
    for body in line.on("features"):
        assert body["age_s"] == ages[*symbols[body["symbol"]], body["ts"]]
    for body in line.on("signals"):
        stale = ages[*symbols[body["symbol"]], body["ts"]] > spec.staleness.fallback_s
        assert body["fallback"] or not stale
        assert body["fallback"] == (body["model"] == "stub-sine")


@examples()
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_no_fallback_guarded_or_killed_answer_can_become_an_order(
    log: Log, spec: Spec, desk: Desk, cuts: list[int]
) -> None:
    """All three are advisory; killed and guarded ones are HOLD on top."""
    for body in run(log, spec, desk, cuts).on("signals"):
        if body["fallback"] or body["reason"] in ("guard", "killed", "fallback"):
            assert body["advisory"]
        if body["reason"] in ("guard", "killed"):
            assert body["signal"] == "HOLD"


@examples(0.5)
@given(log=logs(orders=False), spec=specs(), cuts=CUTS)
def test_a_lost_model_is_answered_for_by_the_fallback(log: Log, spec: Spec, cuts: list[int]) -> None:
    """A desk that names a model which is not loaded gets flagged fallbacks and no guard alarm."""
    for body in run(log, spec, Desk(model="lost"), cuts).on("signals"):
        assert (body["model"], body["fallback"], body["advisory"]) == ("stub-sine", True, True)
        assert body["reason"] == "fallback"


def trade(second: float, price: float = 100.0) -> tuple[int, list[Trade]]:
    """Return a record of one trade at a second after the start."""
    ts = START + round(second * SECOND)
    return ts, [Trade(SYMBOLS[0], ts, price, 1.0)]


def test_between_a_kill_and_its_end_every_answer_is_hold_and_advisory() -> None:
    """Even with a model that would always buy, in a log without another trade."""
    log: Log = [*messages(trade(0.5))]
    log += [Pulse(START + 3 * SECOND), Order(command("kill", 1), START), Pulse(START + 6 * SECOND)]
    log += [Order(command("unkill", 2, reason="over"), START), Pulse(START + 8 * SECOND)]

    signals = run(log, Spec(models=MODELS), Desk(model="constant-0.9")).on("signals")

    assert [(body["signal"], body["reason"], body["advisory"]) for body in signals] == [
        *[("BUY", "entry", False)] * 2,
        *[("HOLD", "killed", True)] * 3,
        *[("BUY", "entry", False)] * 2,
    ]


def command(cmd: str, n: int, **args: str) -> Command:
    """Return a command of the admin."""
    return Command(id=f"c{n}", ts=START, actor="ops", n=n, role="admin", cmd=cmd, args=args)


def test_an_idle_symbol_is_answered_until_its_time_to_live_is_over() -> None:
    """One answer a second for an hour after the last trade, a fallback after 60 s of it; then silence."""
    log: Log = [*messages(trade(0.5)), Pulse(START + 4_000 * SECOND)]

    signals = run(log, Spec(), Desk()).on("signals")

    assert [body["ts"] for body in signals] == [START + (k + 1) * SECOND for k in range(3_601)]
    assert [body["fallback"] for body in signals] == [k + 0.5 > 60.0 for k in range(3_601)]
