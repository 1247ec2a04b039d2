"""The paper account over decided seconds, and what it leaves: marks of equity, trades, blocked orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.backtest.round_trips import RoundTrips
from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.paper.account import Account
from models.paper.bodies import TRADES
from models.paper.inputs import Second
from models.paper.spec import PaperSpec
from models.performance.assessment import Walk
from models.spec import SECOND

MINUTE_S = 60


class Booking:
    """One account; its marks are those that it publishes at each minute, behind the money begun with."""

    def __init__(self, spec: PaperSpec, desk: Desk, first_second: int) -> None:
        self._account = Account(spec)
        self._account.step([Genesis(desk, Cause(0, 0))])
        self._ts = [first_second * SECOND]
        self._equity = [float(spec.start_balance)]
        self._trips = RoundTrips()
        self.blocked: Counter[str] = Counter()

    def step(self, seconds: Sequence[Second]) -> None:
        """Walk the next seconds."""
        for booked in self._account.step(seconds):
            for record in booked.records:
                assert isinstance(record.body, dict)
                self._note(record.topic, record.body)

    def finish(self, last_second: int) -> None:
        """Mark the end of the minute in which the last second lies."""
        end = -(-(last_second + 1) // MINUTE_S) * MINUTE_S
        if end > last_second + 1:
            self.step([Second(end - 1, (), Cause(end, 0))])

    def walk(self) -> Walk:
        """Return the marks and trades, in the form in which they are assessed."""
        still_open = [(held.opened_ts, held.notional) for held in self._trips.open.values()]
        ts = np.array(self._ts, dtype=np.int64)
        return Walk(ts, np.array(self._equity), self._trips.closed, still_open)

    def _note(self, topic: str, body: Mapping[str, Any]) -> None:
        if topic == TRADES:
            if body["event"] == "fill":
                self._trips.take(body)
            elif body["event"] == "blocked":
                self.blocked[body["reason"]] += 1
        elif body["event"] == "minute" and body["ts"] > self._ts[-1]:
            self._ts.append(body["ts"])
            self._equity.append(float(body["equity"]))


def with_costs(spec: PaperSpec, multiple: float) -> PaperSpec:
    """Return the account with so many times the fees and the slippage."""
    return replace(
        spec,
        maker_bps=spec.maker_bps * multiple,
        taker_bps=spec.taker_bps * multiple,
        slippage_bps=spec.slippage_bps * multiple,
    )
