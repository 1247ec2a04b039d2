"""The verdict on each tick of a batch: used, late, duplicate or refused, as the log alone decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.inputs import TickBatch
from models.market.bars import LOT_LIMIT, plausible
from models.market.pending import OpenTicks, Trades
from models.market.store import SymbolRows
from models.market.windows import Lane, lane_of, lateness
from models.spec import SECOND, Spec
from models.ticks import Bools, Ints

USED, LATE, DUPLICATE, FUTURE, TOO_MANY, FULL, ABSURD = range(7)
BOOK = np.array([0, 1, 2, 3, 3, 3, 3])
"""The column of ``ledger.BOOKED`` in which each verdict is counted."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A batch's ticks with their verdicts, and the lane of the valid ones."""

    verdict: Ints  # one a tick
    used: Trades
    used_record: Ints  # record index of each used tick
    lane: Lane
    by_log: Ints  # second to which log time closes, after each record


def take_in(
    batch: TickBatch, log: Ints, code: Ints, rows: SymbolRows, open_ticks: OpenTicks, spec: Spec
) -> Intake:
    """Judge every tick of a batch.

    ``log`` is the running maximum of log time a record, ``code`` the symbol code a tick (-1: table full).
    New symbols must have been given their lots; ``rows["closed"]`` of a symbol without a life is set here
    to the second in which it begins.
    """
    t = batch.decoded.ticks
    by_log = (log - spec.grace) // SECOND
    # beyond its limit a quantity's size no longer matters, and must not overflow
    lots = np.rint(np.minimum(t.qty, 2 * LOT_LIMIT) * 10.0 ** rows["lot_digits"][code])
    verdict = np.select(
        [t.ts > log[t.record] + spec.max_skew, ~plausible(t.price), code < 0, lots > LOT_LIMIT],
        [FUTURE, ABSURD, FULL, TOO_MANY],
        USED,
    )
    valid = np.flatnonzero(verdict == USED)
    second, tick_log = t.ts[valid] // SECOND, by_log[t.record[valid]]
    _begin(rows, code[valid], second, tick_log)
    own = (t.ts[valid] - spec.disorder) // SECOND
    lane = lane_of(code[valid], own, t.record[valid], rows["closed"])
    late = lateness(lane, code[valid], second, tick_log)
    verdict[valid[late]] = LATE
    kept = valid[~late]
    trades = Trades(
        code[kept], t.ts[kept] // SECOND, t.ts[kept], t.price[kept], lots[kept].astype(np.int64),
        t.side[kept].astype(np.int64), t.trade_id[kept],
    )  # fmt: skip
    repeat = open_ticks.duplicates(trades, rows["highest_id"])
    verdict[kept[repeat]] = DUPLICATE
    return Intake(verdict, trades.where(~repeat), t.record[kept[~repeat]], lane, by_log)


def _begin(rows: SymbolRows, code: Ints, second: Ints, by_log: Ints) -> None:
    """Let symbols without a life begin at the second of their first tick that is not late."""
    fresh: Bools = ~rows["live"][code] & (second >= by_log)
    codes, first = np.unique(code[fresh], return_index=True)
    rows["closed"][codes] = second[fresh][first]
