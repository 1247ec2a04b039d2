"""The meter of the paper account: what became of its orders."""

from __future__ import annotations

from collections.abc import Sequence

from flows.slo.reporter import Reporter
from models.judge.records import Shard
from models.paper.account import Booked
from models.paper.bodies import TRADES
from models.paper.words import BEHIND, GUARD
from models.spec import SECOND

FAILURES = (GUARD, BEHIND)
"""Reasons that are no rule of the account: a number that is none, a shard that is behind."""

_NO_SECOND = 1  # the account stands here before it has taken a second in
_COUNTED = {"fill": "fills", "blocked": "blocked", "cancelled": "cancelled"}


class AccountMeter:
    """Called with what the broker has acknowledged."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def delivered(self, account: Shard, booked: Sequence[Booked], _at: int) -> None:
        """Count the records of trades, and let log time be the last second taken in."""
        tally = self._reporter.tally(account.key)
        for one in booked:
            for topic, _, body, _ in one.records:
                if topic == TRADES:
                    assert isinstance(body, dict)
                    tally.count(_COUNTED[body["event"]])
                    tally.count("trading_errors", body["reason"] in FAILURES)
            if one.cause.offset > _NO_SECOND:
                self._reporter.passed(account.key, one.cause.offset * SECOND)

    def turn(self) -> None:
        """Send what is due by the clock."""
        self._reporter.looks()
