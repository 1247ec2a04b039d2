"""Figures as words: thousands set apart, a fixed number of decimals, a dash where nothing is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

UNKNOWN = "–"  # noqa: RUF001 - a dash where a figure would stand
PERCENT = "\u00a0%"  # does not break
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_NS = 1_000_000_000
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def plain(value: float | None, decimals: int = 2) -> str:
    """Return a figure; what rounds to nothing has no sign."""
    return UNKNOWN if value is None else f"{value:z,.{decimals}f}"


def signed(value: float | None, decimals: int = 2) -> str:
    """Return a figure with its sign, + too."""
    if value is None:
        return UNKNOWN
    return f"{value:+z,.{decimals}f}" if round(value, decimals) else plain(0.0, decimals)


def percent(share: float | None, decimals: int = 2) -> str:
    """Return a share of one as a percentage."""
    return UNKNOWN if share is None else plain(100 * share, decimals) + PERCENT


def signed_percent(share: float | None, decimals: int = 2) -> str:
    """Return a change, a share of one, as a percentage with its sign."""
    return UNKNOWN if share is None else signed(100 * share, decimals) + PERCENT


def count(value: float | None) -> str:
    """Return a whole number."""
    return plain(value, 0)


def figures(value: float | None, digits: int = 4) -> str:
    """Return a figure to some significant digits: for prices and quantities of any size."""
    if value is None:
        return UNKNOWN
    whole = len(f"{abs(value):.0f}")
    if abs(value) >= 1:
        return plain(value, max(2, digits - whole))
    return f"{value:.{digits}g}" if value else "0"


def cut(text: str, longest: int = 28) -> str:
    """Return a text that fits above a chart."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def duration(seconds: float | None) -> str:
    """Return a length of time in its two largest units."""
    if seconds is None:
        return UNKNOWN
    rest, parts = round(seconds), []
    for length, unit in _UNITS:
        if rest >= length:
            parts.append(f"{rest // length}\u00a0{unit}")
            rest %= length
        elif parts:
            break
    return " ".join(parts[:2]) or "0\u00a0s"


def moment(ts: int) -> str:
    """Return a time in ns as its UTC date, hour, minute and second."""
    return f"{_utc(ts):%Y-%m-%d %H:%M:%S}"


def minute(ts: int) -> str:
    """Return a time in ns as its UTC date, hour and minute."""
    return f"{_utc(ts):%Y-%m-%d %H:%M}"


def day(ts: int) -> str:
    """Return a time in ns as its UTC date."""
    return f"{_utc(ts):%Y-%m-%d}"


def _utc(ts: int) -> datetime:
    return _EPOCH + timedelta(seconds=ts // _SECOND_NS)
