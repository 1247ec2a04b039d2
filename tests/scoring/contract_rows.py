"""Rows for the contract of models: those of a lively market, with wild ones among them."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
from laws.strategies import SYMBOLS
from oracle.log import Message, Trade
from oracle.stages import inputs

from models.desk.desk import Desk
from models.market.market import Market
from models.scoring.model import ModelRows
from models.spec import SECOND, Spec

START = 1_700_000_000
_WILD = (0.0, -0.0, 1e-300, -1e-12, 1e9, -1e12, 5.0)


@cache
def market_rows() -> np.ndarray:
    """Return features as the Market makes them, of an hour of a lively market."""
    chance = np.random.default_rng(7)
    price = 100 * np.exp(chance.normal(0, 4e-4, 1_500).cumsum()).round(2)
    ts = (START * SECOND + np.sort(chance.integers(0, 3_600 * SECOND, 1_500))).tolist()
    log = [
        Message(i, t, (Trade(SYMBOLS[0], t, p, 1.0, 0),), b"")
        for i, (t, p) in enumerate(zip(ts, price.tolist(), strict=True))
    ]
    closed = [one for activation in inputs(log) for one in Market(Spec(), Desk()).step(activation)]
    return np.concatenate([one.block.x for one in closed if one.block is not None])


def rows(n: int = 1_000, seed: int = 1) -> ModelRows:
    """Return rows as they come, with wild ones among them: huge, tiny, zero, negative."""
    chance = np.random.default_rng(seed)
    market = market_rows()
    x = market[chance.integers(0, len(market), n)].copy()
    wild = chance.random(x.shape) < 0.02
    x[wild] = chance.choice(_WILD, wild.sum())
    weights = chance.random((n, 3)) + 0.01
    return ModelRows(
        x,
        START + chance.integers(0, 10_000, n),
        chance.integers(0, 1 << 20, n),
        weights / weights.sum(axis=1)[:, None],
    )


def part(whole: ModelRows, where: object) -> ModelRows:
    """Return some of the rows."""
    return ModelRows(*(getattr(whole, field.name)[where] for field in fields(whole)))
