"""Round times along an axis, in UTC: whole minutes, hours, days or months, with short labels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SECOND_NS = 1_000_000_000
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_STEPS = tuple(MINUTE * n for n in (1, 2, 5, 10, 15, 30)) + tuple(HOUR * n for n in (1, 2, 3, 6, 12))
_DAYS = tuple(DAY * n for n in (1, 2, 7, 14))
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


class TimeTick(NamedTuple):
    """A time in ns and its label."""

    ts: int
    label: str


def time_ticks(from_ts: int, to_ts: int, most: int) -> list[TimeTick]:
    """Return at most ``most`` round times between two, both in ns; none where no whole minute lies there."""
    span = (to_ts - from_ts) / SECOND_NS
    most = max(2, most)
    for step in (*_STEPS, *_DAYS):
        if span / step <= most - 1:
            return list(_even(from_ts, to_ts, step))
    months = next((step for step in _MONTHS if span / (step * 30.44 * DAY) <= most - 1), _MONTHS[-1])
    return list(_firsts(from_ts, to_ts, months))


def _even(from_ts: int, to_ts: int, step: int) -> Iterator[TimeTick]:
    first = -(-from_ts // (step * SECOND_NS)) * step
    for second in range(first, to_ts // SECOND_NS + 1, step):
        at = _utc(second)
        midnight = second % DAY == 0
        yield TimeTick(second * SECOND_NS, f"{at.day} {at:%b}" if midnight else f"{at:%H:%M}")


def _firsts(from_ts: int, to_ts: int, months: int) -> Iterator[TimeTick]:
    start = _utc(from_ts // SECOND_NS)
    count = start.year * 12 + start.month - 1
    count -= count % months
    while True:
        at = datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)
        ts = int(at.timestamp()) * SECOND_NS
        if ts > to_ts:
            return
        if ts >= from_ts:
            yield TimeTick(ts, f"{at:%Y}" if at.month == 1 else f"{at:%b}")
        count += months


def _utc(second: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
