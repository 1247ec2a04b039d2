"""Stages with a planted fault, and the histories on which checks must find it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from connectors.tick_history import TickHistory, simulated
from models.desk.desk import Desk
from models.inputs import Input
from models.leakage.stage import Stage
from models.market.block import Block, Closed
from models.market.market import Market
from models.market.schema import NAMES
from models.simulator import Faults, MarketSpec, instruments
from models.spec import Spec

START = 1_700_000_000 * 1_000_000_000
FAULTY = Faults(late=0.01, duplicate=0.01, corrupt=0.01, future=0.01)
Bend = Callable[[Block, Iterable[Input]], Block]


def history(seconds: float, symbols: int = 2, seed: int = 5) -> TickHistory:
    """Return a market with every fault of a real feed."""
    spec = MarketSpec(instruments=instruments(symbols), faults=FAULTY, silence=0.1)
    return simulated(spec, seed, seconds, START)


def sound(saved: dict[str, Any] | None) -> Stage:
    """Return the stage as it is."""
    return Market(Spec(), Desk(), saved)


class Bent:
    """The stage, its blocks bent before anyone sees them."""

    def __init__(self, bend: Bend, saved: dict[str, Any] | None) -> None:
        self._bend = bend
        self._market = Market(Spec(), Desk(), saved)

    def step(self, inputs: Iterable[Input]) -> list[Closed]:
        """Return what the stage released, bent."""
        taken = list(inputs)
        closed = self._market.step(taken)
        return [c if c.block is None else replace(c, block=self._bend(c.block, taken)) for c in closed]

    def snapshot(self) -> dict[str, Any]:
        """Return the state of the stage."""
        return self._market.snapshot()


def planted(bend: Bend) -> Callable[[dict[str, Any] | None], Stage]:
    """Return what makes bent stages."""
    return lambda saved: Bent(bend, saved)


def next_return(block: Block, _: Iterable[Input]) -> Block:
    """Give each row the one-second return of its symbol's next second, as ``shift(-1)`` would."""
    x, place = block.x.copy(), NAMES.index("ret_1s")
    for code in np.unique(block.code).tolist():
        mine = np.flatnonzero(block.code == code)
        x[mine[:-1], place] = block.x[mine[1:], place]
    return replace(block, x=x)


def scaled_by_the_batch(block: Block, inputs: Iterable[Input]) -> Block:
    """Divide a feature by the mean quantity of the whole batch: a statistic over the past and the future."""
    [batch] = inputs
    x = block.x.copy()
    x[:, NAMES.index("intensity_60s")] /= batch.decoded.ticks.qty.mean()  # type: ignore[union-attr]
    return replace(block, x=x)


def only_rows_before_a_rise(block: Block, _: Iterable[Input]) -> Block:
    """Leave out the rows after which the price falls: survivors alone."""
    falls = np.append(np.diff(block.price) < 0, False)
    columns = {
        name: getattr(block, name)[~falls]
        for name in ("code", "second", "offset", "x", "price", "age", "ends_five", "outcome", "realised")
    }
    return replace(block, **columns)
