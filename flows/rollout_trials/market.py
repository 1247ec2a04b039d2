"""A simulated stretch of seconds: prices that follow a hidden drift, and two models that see a part of it.

Each symbol's price takes a normal step each second; a slowly changing signal moves it, so that its direction
over the next minute can be known a little. A model sees the signal through noise of its own that lasts for
minutes, and says the probability that follows from what it sees, so that it is calibrated. Outcomes of
neighbouring seconds overlap by 59 of 60 seconds, and the symbols share a part of their steps, as real ones
do. Prices move in ticks, so that there are ties, and some seconds have no trade.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter
from scipy.special import ndtr

from models.shadow.paired import HORIZON_S
from models.shadow.rows import PAIRED, Rows
from models.ticks import Bools, Floats

GOOD, FAULTY = "as good", "faulty"
SYMBOLS = ("sim:AAAUSDT", "sim:BBBUSDT")
START = 1_700_006_400
"""Where time begins: an hour, and so a block."""
STEP = 1e-4
"""Deviation of the price's step in a second, relative."""
TICK = 1e-5
TOGETHER = 0.7
"""Correlation of the symbols' steps."""
TRADED = 0.9
"""Share of seconds with a trade."""
SIGNAL_S, NOISE_S = 120, 300
"""Seconds in which the signal changes, and the noise through which models see it."""
SKILL = 0.15
"""How many deviations of a minute's move are foretold by one deviation of the signal."""
_KEEP = np.exp(-1 / SIGNAL_S)
_PUSH = SKILL * np.sqrt(HORIZON_S) * (1 - _KEEP) / (1 - _KEEP**HORIZON_S)
SEEN = 0.8
"""Correlation of what a model sees with the signal."""
ENTRY, EXIT = 0.55, 0.45
SHIFT = 0.255
"""Of a faulty challenger's probabilities, in deviations of the normal: up or down by a tenth."""

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened, and what models said: columns (symbols, seconds)."""

    price: Floats
    traded: Bools
    active: Floats
    challengers: dict[str, Floats]  # by what they are

    def rows(self, name: str) -> Rows:
        """Return the seconds with one challenger as rows of ``signals``, in the order of time."""
        symbols, seconds = self.price.shape
        challenger = self.challengers[name]
        same = wanted(self.active) == wanted(challenger)
        return Rows(
            SYMBOLS,
            np.tile(np.arange(symbols), seconds),
            np.repeat(START + np.arange(seconds), symbols),
            self.price.T.ravel(),
            self.traded.T.ravel(),
            self.active.T.ravel(),
            challenger.T.ravel(),
            same.T.ravel(),
            np.full(symbols * seconds, PAIRED, dtype=np.int8),
        )


def simulated(seed: int, seconds: int) -> Stretch:
    """Return a stretch of seconds with two challengers: one as good as the active model, and one faulty.

    Both see the same; the faulty one's probabilities are all too high, or with every other seed too low.
    """
    rng = np.random.default_rng(seed)
    shape = (len(SYMBOLS), seconds)
    signal = _slow(rng, shape, SIGNAL_S)
    traded = rng.random(shape, dtype=np.float32) < TRADED
    seen, other = (SEEN * signal + np.sqrt(1 - SEEN**2) * _slow(rng, shape, NOISE_S) for _ in range(2))
    off = SHIFT if seed % 2 else -SHIFT
    return Stretch(
        price=_price(rng, signal, traded),
        traded=traded,
        active=_probability(seen, 0.0),
        challengers={GOOD: _probability(other, 0.0), FAULTY: _probability(other, off)},
    )


def wanted(prob: Floats) -> Codes:
    """Return BUY as 1, SELL as -1, HOLD as 0."""
    return np.asarray((prob >= ENTRY).astype(np.int8) - (prob <= EXIT), dtype=np.int8)


def _slow(rng: np.random.Generator, shape: tuple[int, int], seconds: int) -> Floats:
    """Return normal series of unit variance whose correlation falls to 1/e in so many seconds."""
    keep = np.exp(-1 / seconds)
    steps = rng.standard_normal(shape, dtype=np.float32).astype(np.float64)
    steps[:, 1:] *= np.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], steps, axis=1))


def _price(rng: np.random.Generator, signal: Floats, traded: Bools) -> Floats:
    """Return prices in ticks, carried forward over seconds without a trade."""
    symbols, seconds = signal.shape
    steps = rng.standard_normal(seconds, dtype=np.float32) * np.sqrt(TOGETHER)
    steps = steps + rng.standard_normal((symbols, seconds), dtype=np.float32) * np.sqrt(1 - TOGETHER)
    steps[:, 1:] += _PUSH * signal[:, :-1]
    last = np.maximum.accumulate(np.where(traded, np.arange(seconds), 0), axis=1)
    price = np.exp(STEP * np.cumsum(steps, axis=1))
    return np.asarray(np.rint(np.take_along_axis(price, last, axis=1) / TICK) * TICK)


def _probability(seen: Floats, off: float) -> Floats:
    """Return the probability of a higher price that follows from what is seen of the signal."""
    return np.asarray(ndtr(seen * (SKILL * SEEN / np.sqrt(1 + SKILL**2 * (1 - SEEN**2))) + off))
