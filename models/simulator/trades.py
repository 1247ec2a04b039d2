"""The simulated trades themselves, page by page: arrivals, aggressor sides, prices, quantities.

Each symbol carries four hidden regimes (``Regime``): its *activity* (quiet, normal, burst), *silence*,
*volatility* and *pressure* s = +1 or -1, redrawn every 90 s on average. Trades arrive as a Poisson process
of the activity; about half of them are sweeps, sharing time and side with the trade before. A buy has the
probability 1/2 + s/4, whatever the edge. The log price is a Brownian motion in the regime's variance, plus
the planted edge

    drift per second = edge * 2 * sigma * sqrt(60) / 60 * s

with sigma the standard deviation of the log price over one second: while s holds, 60 s move the price by
2 * edge of its own 60 s standard deviations in the direction of the flow. As a sign of the signed volume of
the last 10 s tells s, and s persists, it equals the sign of the next 60 s return with a probability of
0.50, 0.54, 0.61, 0.69 and 0.78 at edge 0, 0.1, 0.25, 0.5 and 1 (measured at 5 ticks a second).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.simulator.market import MarketSpec
from models.simulator.regimes import Regime
from models.ticks import Bools, Floats, Ints

STEPS_PER_SECOND = 10
_DAY = 86_400
_ACTIVITY = ((0.3, 1.0, 8.0), (0.35, 0.6, 0.05))  # values, weights
_VOLATILITY = ((0.5, 1.0, 2.5), (0.4, 0.5, 0.1))
_FLOW_BIAS = 0.5
_EDGE_SCALE = 2.0
PRESSURE_HOLD_S = 90.0
"""Mean time until the pressure is drawn anew; every second draw turns it."""
_SWEEP = 0.5
_QTY_SPREAD = 1.2  # of the logarithm


def drift_per_second(edge: float) -> float:
    """Return the planted drift while a pressure lasts, in standard deviations of a second's log price."""
    return edge * _EDGE_SCALE * math.sqrt(60) / 60


@dataclass(frozen=True, slots=True)
class Trades:
    """Trades grouped by symbol and in event order within one; all arrays have length n."""

    first: Bools  # of its symbol
    symbol: Ints  # index of the instrument
    millis: Ints  # event time since the start of the stream
    price: Ints  # in price ticks
    qty: Ints  # in units of the last decimal
    buy: Bools
    trade_id: Ints  # contiguous per symbol, from 1


class TradeProcess:
    """All symbols of a market; ``step`` advances them together."""

    def __init__(self, spec: MarketSpec, rng: np.random.Generator) -> None:
        count = len(spec.instruments)
        self._rng = rng
        mean_activity = np.dot(*_ACTIVITY) / sum(_ACTIVITY[1]) * (1.0 - spec.silence)
        self._per_step = spec.ticks_per_second / STEPS_PER_SECOND / mean_activity
        mean_square = np.dot(np.square(_VOLATILITY[0]), _VOLATILITY[1]) / sum(_VOLATILITY[1])
        self._sigma = spec.volatility / math.sqrt(_DAY * STEPS_PER_SECOND * mean_square)  # per sqrt(step)
        self._drift = spec.edge * _EDGE_SCALE / math.sqrt(60 * STEPS_PER_SECOND)  # in sigma, per step

        def regime(values: tuple[float, ...], weights: tuple[float, ...], hold_seconds: float) -> Regime:
            hold = hold_seconds * STEPS_PER_SECOND
            return Regime(rng, count, values=values, weights=weights, hold_steps=hold)

        self._activity = regime(*_ACTIVITY, 10.0)
        self._trading = regime((0.0, 1.0), (spec.silence, 1.0 - spec.silence), spec.silence_seconds)
        self._volatility = regime(*_VOLATILITY, 300.0)
        self._pressure = regime((-1.0, 1.0), (0.5, 0.5), PRESSURE_HOLD_S)
        self._steps = 0
        self._last_id = np.zeros(count, np.int64)
        self._log_price = np.log([i.price for i in spec.instruments])
        self._unspent = np.zeros((2, count))  # variance and drift since each symbol's last trade
        self._price_scale = np.array([10.0**i.price_decimals for i in spec.instruments])
        self._qty_scale = np.array([i.qty * 10.0**i.qty_decimals for i in spec.instruments])

    def step(self, steps: int) -> Trades:
        """Return the trades of the next ``steps`` steps of 1/10 s."""
        rate = self._per_step * self._activity.step(steps) * self._trading.step(steps)
        pressure = self._pressure.step(steps)
        at, leader = self._arrivals(rate)
        cell = at.astype(np.int64)
        symbol = cell // steps
        first = np.diff(symbol, prepend=-1) > 0
        buy = (self._rng.random(len(at)) < 0.5 + 0.5 * _FLOW_BIAS * pressure.ravel()[cell])[leader]
        fair = np.exp(self._walk(at, symbol, first, pressure)) * self._price_scale[symbol]
        lots = np.exp(_QTY_SPREAD * self._rng.standard_normal(len(at))) * self._qty_scale[symbol]
        trades = Trades(
            first=first,
            symbol=symbol,
            millis=((self._steps + at - symbol * steps) * (1000 // STEPS_PER_SECOND)).astype(np.int64),
            price=np.maximum(np.where(buy, np.ceil(fair), np.floor(fair)), 1).astype(np.int64),
            qty=np.maximum(np.rint(lots), 1).astype(np.int64),
            buy=buy,
            trade_id=self._last_id[symbol] + 1 + _place_in_group(first),
        )
        self._last_id += np.bincount(symbol, minlength=len(self._last_id))
        self._steps += steps
        return trades

    def _arrivals(self, rate: Floats) -> tuple[Floats, Ints]:
        # Times on one axis (steps of symbol 0, of symbol 1, ...), and the trade each one sweeps along with.
        counts = self._rng.poisson(rate)
        cell = np.repeat(np.arange(rate.size), counts.ravel())
        at = np.sort(cell + self._rng.random(len(cell)))
        alone = self._rng.random(len(at)) >= _SWEEP
        alone |= np.diff(at // rate.shape[1], prepend=-1.0) > 0
        leader = np.maximum.accumulate(np.where(alone, np.arange(len(at)), 0))
        return at[leader], leader

    def _walk(self, at: Floats, symbol: Ints, first: Bools, pressure: Floats) -> Floats:
        # The log price moves by the variance and the drift which accrued since the symbol's last trade.
        sigma = self._sigma * self._volatility.step(pressure.shape[1])
        per_step = np.stack([sigma**2, self._drift * sigma * pressure])
        accrued = np.concatenate([np.zeros((*per_step.shape[:2], 1)), np.cumsum(per_step, axis=2)], axis=2)
        step = at.astype(np.int64) - symbol * pressure.shape[1]
        inside = at - at.astype(np.int64)
        now = accrued[:, symbol, step] + inside * per_step[:, symbol, step]
        before = np.where(first, -self._unspent[:, symbol], np.roll(now, 1, axis=1))
        variance, drift = now - before
        moves = drift + np.sqrt(np.maximum(variance, 0.0)) * self._rng.standard_normal(len(at))
        total = np.cumsum(moves)
        start = np.flatnonzero(first)
        length = np.diff(np.append(start, len(at)))
        log_price: Floats = self._log_price[symbol] + total - np.repeat((total - moves)[start], length)
        last, seen = start + length - 1, symbol[start]
        self._unspent += accrued[:, :, -1]
        self._unspent[:, seen] = accrued[:, seen, -1] - now[:, last]
        self._log_price[seen] = log_price[last]
        return log_price


def _place_in_group(first: npt.NDArray[np.bool_]) -> Ints:
    place = np.arange(len(first), dtype=np.int64)
    return place - np.maximum.accumulate(np.where(first, place, 0))
