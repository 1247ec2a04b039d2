"""Rejected items with their bytes, and the ledger that accounts for every item."""

from __future__ import annotations

import numpy as np

from models.inputs import TickBatch
from models.market.block import Reject
from models.market.intake import ABSURD, DUPLICATE, FULL, FUTURE, LATE, TOO_MANY, USED, Intake
from models.market.ledger import Totals
from models.ticks import Ints, Reason

_REASONS = {
    LATE: Reason.LATE,
    DUPLICATE: Reason.DUPLICATE,
    FUTURE: Reason.FUTURE,
    TOO_MANY: Reason.BAD_QUANTITY,
    FULL: Reason.BAD_SYMBOL,
    ABSURD: Reason.BAD_PRICE,
}


def rejects(batch: TickBatch, taken: Intake, log: Ints) -> tuple[Reject, ...]:
    """Return the items of a batch that did not become part of a bar, in (record, place) order."""
    t = batch.decoded.ticks
    bad = np.flatnonzero(taken.verdict != USED).tolist()
    found = [(int(t.record[i]), int(t.place[i]), *_explain(batch, taken, log, i)) for i in bad]
    found += [(i.record, i.place, i.reason, i.detail, "") for i in batch.decoded.invalid]
    return tuple(
        Reject(int(batch.offsets[record]), place, reason, detail, symbol, batch.values[record] or b"")
        for record, place, reason, detail, symbol in sorted(found)
    )


def _explain(batch: TickBatch, taken: Intake, log: Ints, i: int) -> tuple[Reason, str, str]:
    t = batch.decoded.ticks
    verdict = int(taken.verdict[i])
    ahead = int(t.ts[i] - log[t.record[i]])
    detail = {
        LATE: f"event time is {-ahead / 1e9:.3f} s behind log time, its second is closed",
        DUPLICATE: f"trade id {int(t.trade_id[i])} is already in this second",
        FUTURE: f"event time is {ahead / 1e9:.3f} s ahead of log time",
        TOO_MANY: "quantity is over 2**53 lots of the symbol",
        FULL: "the shard's symbol table is full",
        ABSURD: "price is not from 1e-18 to 1e18",
    }[verdict]
    return _REASONS[verdict], detail, t.symbols[int(t.symbol[i])].name


class Counts:
    """Cumulative counts of a batch's items by what became of them."""

    def __init__(self, batch: TickBatch, taken: Intake) -> None:
        record, verdict = batch.decoded.ticks.record, taken.verdict
        refused = [record[(verdict != USED) & (verdict != LATE) & (verdict != DUPLICATE)]]
        refused.append(np.array([i.record for i in batch.decoded.invalid], dtype=np.int64))
        self._records = (
            record[verdict == USED],
            batch.decoded.skipped,
            record[verdict == LATE],
            record[verdict == DUPLICATE],
            np.sort(np.concatenate(refused)),
        )

    def before(self, record: int) -> Totals:
        """Return the counts of items in records before this one."""
        return Totals(*(int(np.searchsorted(records, record)) for records in self._records))

    def before_each(self, record: Ints, so_far: Totals) -> list[Totals]:
        """Return the counts of items before each of these records, added to those of earlier batches."""
        sums = (
            (np.searchsorted(records, record) + count).tolist()
            for records, count in zip(self._records, so_far, strict=True)
        )
        return [Totals(*counts) for counts in zip(*sums, strict=True)]
