"""The stretch of log time that a report is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from models.spec import SECOND

DAY_NS = 86_400 * SECOND


class Window(NamedTuple):
    """From ``start`` on and before ``end``, ns."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return (self.end - self.start) / SECOND

    @property
    def day(self) -> date:
        """Return the day (UTC) of its last instant."""
        return datetime.fromtimestamp((self.end - 1) // SECOND, UTC).date()

    def holds(self, ts: int) -> bool:
        """Return whether an instant, ns, is in it."""
        return self.start <= ts < self.end


def day(of: date) -> Window:
    """Return a day (UTC)."""
    start = int(datetime(of.year, of.month, of.day, tzinfo=UTC).timestamp()) * SECOND
    return Window(start, start + DAY_NS)


def last(seconds: float, newest: int) -> Window:
    """Return the last seconds up to the newest instant that is known, ns, that one included."""
    return Window(newest + 1 - int(seconds * SECOND), newest + 1)
