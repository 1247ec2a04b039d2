"""Markets in which a marathon can be decided: what order flow tells is worth more than a round trip costs.

Real markets are not like that. A taker's round trip costs 40 bp (15 bp fee and 5 bp slippage a side), more
than an edge over a minute is worth on recorded ticks, and no trial of a few days could tell a good model from
a bad one by what it earns. So these markets move 25 % a day instead of 3 %, and ``edge`` is 1: while the
pressure of a side lasts, three minutes on average, it moves the price by about 130 bp a minute, by
``planted_bps`` in all, and shows itself in the signed volume that the features ``imbalance_*`` measure. A
model that turns with it a minute late still takes over 60 bp a trade.
"""

from __future__ import annotations

import math

from models.simulator.market import Instrument, MarketSpec
from models.simulator.trades import PRESSURE_HOLD_S, drift_per_second

COIN = Instrument(symbol="SIMUSDT", price=1_000.0, price_decimals=3)
BUSY = MarketSpec(
    instruments=(COIN,), ticks_per_second=2.0, edge=1.0, volatility=0.25, silence=0.02, silence_seconds=5.0
)
"""Trades so often that four of five seconds get a label."""
THIN = MarketSpec(
    instruments=(COIN,), ticks_per_second=0.02, edge=1.0, volatility=0.25, silence=0.9, silence_seconds=8.0
)
"""Trades for some seconds every minute or two, so that hardly one minute in thirty has a label at all."""


def planted_bps(spec: MarketSpec) -> float:
    """Return by how many basis points one side's pressure moves the price before it turns, on average.

    The pressure is drawn anew every ``PRESSURE_HOLD_S`` on average, and turns with every second draw.
    """
    sigma = spec.volatility / math.sqrt(86_400)
    return drift_per_second(spec.edge) * sigma * 2.0 * PRESSURE_HOLD_S * 1e4
