"""Returns laid out as a calendar: a row a year, month, week or day, a column for each part of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import prod
from typing import NamedTuple

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Cell(NamedTuple):
    """One return in its place."""

    row: int
    column: int
    value: float
    when: str


class Grid(NamedTuple):
    """Returns in rows and columns, with the return of each whole row."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    totals: tuple[float, ...]
    total: str
    """What a row is."""


class _Layout(NamedTuple):
    columns: tuple[str, ...]
    total: str
    row: Callable[[datetime], tuple[int, str]]  # what sorts the rows, and a row's label
    column: Callable[[datetime], int]
    when: str


def grid(period: str, ts: Sequence[int], returns: Sequence[float | None], narrow: bool) -> Grid:
    """Return the returns of each ``period`` (hour, day, month) in place; those not known are left out.

    ``ts`` are the beginnings of the periods in ns, returns shares of one. A row's return is that of its
    periods one after the other. For a phone the rows are shorter.
    """
    layout = _LAYOUTS[period, narrow]
    known = [(_utc(at), value) for at, value in zip(ts, returns, strict=True) if value is not None]
    rows = sorted({layout.row(at) for at, _ in known})
    place = {row: index for index, row in enumerate(rows)}
    cells = tuple(
        Cell(place[layout.row(at)], layout.column(at), value, format(at, layout.when)) for at, value in known
    )
    totals = tuple(prod(1 + cell.value for cell in cells if cell.row == row) - 1 for row in range(len(rows)))
    return _trimmed(Grid(tuple(label for _, label in rows), layout.columns, cells, totals, layout.total))


def _trimmed(whole: Grid) -> Grid:
    """Return a grid of one row without the empty columns at its ends."""
    if len(whole.rows) != 1:
        return whole
    used = [cell.column for cell in whole.cells]
    first, last = min(used), max(used)
    cells = tuple(cell._replace(column=cell.column - first) for cell in whole.cells)
    return whole._replace(columns=whole.columns[first : last + 1], cells=cells)


def _utc(ts: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ts // 1_000)


def _monday(at: datetime) -> tuple[int, str]:
    monday = at - timedelta(days=at.weekday())
    return monday.toordinal(), f"{monday.day} {monday:%b}"


def _month(at: datetime) -> tuple[int, str]:
    return at.year * 12 + at.month, f"{at:%b %Y}"


def _date(at: datetime) -> tuple[int, str]:
    return at.toordinal(), f"{at.day} {at:%b}"


def _half_day(at: datetime) -> tuple[int, str]:
    return 2 * at.toordinal() + at.hour // 12, f"{at.day} {at:%b}, {'pm' if at.hour >= 12 else 'am'}"


def _half_year(at: datetime) -> tuple[int, str]:
    return 2 * at.year + (at.month > 6), f"{at:%Y}, {'2nd' if at.month > 6 else '1st'} half"


def _numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, last + 1))


_HOUR, _DAY, _MONTH = "%Y-%m-%d %H:00", "%Y-%m-%d", "%B %Y"
_LAYOUTS = {
    ("month", False): _Layout(
        _MONTHS, "year", lambda at: (at.year, str(at.year)), lambda at: at.month - 1, _MONTH
    ),
    ("month", True): _Layout(
        _numbers(1, 6), "half", _half_year, lambda at: (at.month - 1) % 6, _MONTH
    ),
    ("day", False): _Layout(_numbers(1, 31), "month", _month, lambda at: at.day - 1, _DAY),
    ("day", True): _Layout(_WEEKDAYS, "week", _monday, lambda at: at.weekday(), _DAY),
    ("hour", False): _Layout(_numbers(0, 23), "day", _date, lambda at: at.hour, _HOUR),
    ("hour", True): _Layout(_numbers(0, 11), "half", _half_day, lambda at: at.hour % 12, _HOUR),
}  # fmt: skip
