"""What ``ml-fusion`` says of one bar alone, by the very stages that live ticks go through.

The bar's four prices become four trades, one in each of four five-second bars: the open, the extreme that is
nearer to it, the other one, the close (the order in which TradingView's broker emulator takes a bar to have
moved). All that lies before is flat, as for a symbol that has just begun to trade.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import SIGNALS, confidence
from models.inputs import Beat, Cause, TickBatch
from models.judge.bodies import tenth
from models.judge.deciding import Deciding
from models.market.market import Market
from models.one_bar.guard import Bar
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import SECOND, Spec
from models.ticks import NO_ID, Decoded, Symbol, Ticks

STEP_S = 5
_START_S = 1_000_000_000  # any multiple of STEP_S
_DESK = Desk(preview=True)  # so whatever is said is advisory
_MODELS = load_all(("ml-fusion",))


class Score(NamedTuple):
    """The answer to one bar; always advisory."""

    signal: str  # BUY, SELL or HOLD, at the usual thresholds
    prob: float
    confid: float
    uncertainty: float
    ml_bucket: int
    rsi: float
    macd: float
    trend: float


def scored(bar: Bar) -> Score | None:
    """Return the answer to a bar, None where the flow's own guard would be closed."""
    spec = Spec(models=tuple(_MODELS))
    market, scorer, deciding = Market(spec, _DESK), Scorer(spec, _MODELS), Deciding(spec)
    closed = market.step([_trades(bar), Beat(_end(spec), Cause(4, 0))])[-1]
    [one] = scorer.step([closed])
    if closed.block is None or one.answers is None:
        return None
    decided = deciding.step(closed, closed.block, one.answers)
    if decided.scores.guarded[-1] or decided.scores.fallback[-1]:
        return None
    prob = decided.scores.prob
    return Score(
        SIGNALS[int(decided.gate.signal[-1])],
        float(prob[-1]),
        float(confidence(prob)[-1]),
        float(decided.scores.uncertainty[-1]),
        int(tenth(prob)[-1]),
        *decided.scores.parts[-1].tolist(),
    )


def path(bar: Bar) -> list[float]:
    """Return the prices of a bar in the order in which it is taken to have moved."""
    high_first = bar.h - bar.o < bar.o - bar.l
    return [bar.o, bar.h, bar.l, bar.c] if high_first else [bar.o, bar.l, bar.h, bar.c]


def _trades(bar: Bar) -> TickBatch:
    prices = np.array(path(bar))
    n = np.arange(len(prices))
    ts = (_START_S + n * STEP_S) * SECOND
    zero = np.zeros_like(n)
    ticks = Ticks(
        n, zero, zero, ts, prices, np.ones(len(n)), zero.astype(np.int8), np.full(len(n), NO_ID),
        (Symbol("", bar.symbol),),
    )  # fmt: skip
    return TickBatch(n, ts, [b""] * len(n), Decoded(ticks, zero[:0], ()), 0)


def _end(spec: Spec) -> int:
    """Return the log time at which the last five-second bar has closed."""
    return (_START_S + 4 * STEP_S) * SECOND + spec.grace
