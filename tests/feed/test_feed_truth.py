"""The simulator's truth and the product's verdicts are two opinions on every record; they agree."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np

from connectors.codecs import Decoder
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.market.market import Market
from models.simulator import Faults, Kind, MarketSpec, Record, instruments, simulate
from models.spec import Spec
from models.ticks import Reason

EXPECTED = {
    Kind.LATE: {Reason.LATE},
    Kind.DUPLICATE: {Reason.DUPLICATE, Reason.LATE},  # late where its second closed before it came
    Kind.FUTURE: {Reason.FUTURE},
    Kind.CUT: {Reason.NOT_JSON},
    Kind.NAN: {Reason.NOT_JSON},
    Kind.NO_PRICE: {Reason.WRONG_SHAPE},
    Kind.WRONG_TYPE: {Reason.BAD_PRICE},
    Kind.GARBAGE: {Reason.NOT_JSON},
}


def verdicts(records: list[Record], batch: int = 1_000) -> dict[int, Reason]:
    """What one shard rejects, by the place of the record in the stream."""
    market, decoder = Market(Spec(), Desk()), Decoder()
    reasons: dict[int, Reason] = {}
    for start in range(0, len(records), batch):
        part = records[start : start + batch]
        values = [r.value for r in part]
        stamps = np.array([r.record_ts // 1_000_000 * 1_000_000 for r in part])
        offsets = np.arange(start, start + len(part))
        for closed in market.step([TickBatch(offsets, stamps, values, decoder.decode(values), 0)]):
            reasons |= {reject.offset: reject.reason for reject in closed.rejects}
    return reasons


def test_every_fault_is_rejected_for_its_reason_and_nothing_else_is() -> None:
    """Of 20,000 records each fault, and only a fault, ends outside the bars."""
    faults = Faults(late=0.02, duplicate=0.02, corrupt=0.03, future=0.01)
    market = MarketSpec(instruments=instruments(3), ticks_per_second=20, faults=faults)
    records = list(itertools.islice(simulate(market, 3, 1_700_000_000_000_000_000), 20_000))
    reasons = verdicts(records)
    assert {place for place, r in enumerate(records) if r.kind is not Kind.TICK} == set(reasons)
    for place, reason in reasons.items():
        assert reason in EXPECTED[records[place].kind]
    assert Counter(reasons.values())[Reason.DUPLICATE] > 300
