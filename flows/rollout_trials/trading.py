"""The two paper books of a simulated stretch: what following a model's word would have earned."""

from __future__ import annotations

import numpy as np

from flows.rollout_trials.market import START, Stretch, wanted
from models.performance.periods import MINUTE_S
from models.shadow.books import Curves
from models.spec import SECOND
from models.ticks import Floats

COST = 1e-5
"""Of the money moved, to each side. Small, as the simulated moves are: what is looked at is the difference of
two books, and the costs of a market are in both."""


def curves(stretch: Stretch, name: str) -> Curves:
    """Return both books by the minute, the symbols in equal parts, bought at BUY and sold at SELL."""
    active, _ = _book(stretch.price, stretch.active)
    challenger, trades = _book(stretch.price, stretch.challengers[name])
    ts = (START + np.arange(len(active)) * MINUTE_S) * SECOND
    return Curves(ts, active, challenger, trades)


def _book(price: Floats, prob: Floats) -> tuple[Floats, int]:
    """Return the equity at each minute, from 1.0 on, and the number of trades that were closed."""
    word = wanted(prob)
    last = np.maximum.accumulate(np.where(word != 0, np.arange(word.shape[1]), 0), axis=1)
    held = np.take_along_axis(word, last, axis=1) > 0
    moved = np.diff(held.astype(np.int8), axis=1)
    # what is wanted at the end of a second is done at its price, and held through the next
    gain = held[:, :-1] * (price[:, 1:] / price[:, :-1] - 1.0) - COST * np.abs(moved)
    equity = np.concatenate([[1.0], np.exp(np.cumsum(np.log1p(gain.mean(axis=0))))])
    return np.append(equity[::MINUTE_S], equity[-1]), int((moved < 0).sum())
