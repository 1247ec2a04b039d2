"""Rows for the tests of training: drawn ones, where the truth is known, and those of a simulated market."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import expit

from connectors.tick_history import simulated
from models.desk.desk import Desk
from models.market.market import Market
from models.market.schema import NAMES
from models.simulator import MarketSpec, instruments
from models.spec import SECOND, Spec
from models.training.rows import Rows, gather

START = 1_700_000_000
HORIZON = 60
TOLD = "ret_60s"
"""The column that tells the label of drawn rows."""


def drawn_rows(seconds: int, symbols: int = 2, strength: float = 2.0, seed: int = 0) -> Rows:
    """Return rows of independent normal columns; P(up) = logistic(strength * the column TOLD)."""
    rng = np.random.default_rng(seed)
    n = seconds * symbols
    x = rng.standard_normal((n, len(NAMES)))
    up = rng.random(n) < expit(strength * x[:, NAMES.index(TOLD)])
    x[:, NAMES.index("ret_1s")] *= 1e-4
    return Rows(
        symbols=tuple(f"COIN{i}" for i in range(symbols)),
        code=np.tile(np.arange(symbols), seconds),
        second=START + np.repeat(np.arange(seconds), symbols),
        x=x,
        label=up.astype(np.int8),
        realised=np.where(up, 1e-3, -1e-3) * rng.random(n),
    )


def plain_rows(second: list[int], code: list[int], label: list[int], symbols: int = 2) -> Rows:
    """Return rows with these times and labels, seconds counted from the start; features are 0."""
    return Rows(
        symbols=tuple(f"COIN{i}" for i in range(symbols)),
        code=np.array(code, dtype=np.int64),
        second=START + np.array(second, dtype=np.int64),
        x=np.zeros((len(second), len(NAMES))),
        label=np.array(label, dtype=np.int8),
        realised=np.zeros(len(second)),
    )


@lru_cache
def market_rows(seconds: int, edge: float = 0.0, symbols: int = 2, seed: int = 1) -> Rows:
    """Return the rows of a simulated market after five minutes of warming up."""
    market = Market(Spec(), Desk())
    history = simulated(
        MarketSpec(instruments=instruments(symbols), edge=edge), seed, seconds, START * SECOND
    )
    return gather((one for batch in history.batches() for one in market.step([batch])), HORIZON, 300)
