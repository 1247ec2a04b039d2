"""What the drift monitor finds, as plain values; times are seconds since the epoch, the end of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple


class FeatureLevel(NamedTuple):
    """One feature in one window. A limit is None where the reference cannot judge: then there is no level."""

    psi: float
    ks: float
    psi_limit: float | None
    ks_limit: float | None
    expected_days: float | None
    """Between false alarms, if the limit of PSI lay at its value; None below half of all hours' maxima."""
    level: str


class WindowLevels(NamedTuple):
    """All features of one window; none of them where there is too little data."""

    rows: int
    insufficient_data: bool
    features: Mapping[str, FeatureLevel]


class Levels(NamedTuple):
    """How a symbol stands, every 15 minutes."""

    symbol: str
    end: int
    windows: Mapping[str, WindowLevels]  # by length in seconds
    previous: WindowLevels  # the last 900 s against the 900 s before
    top: tuple[str, ...]  # at most five features by PSI in the longest window that has enough data


class Event(NamedTuple):
    """An episode began, rose to a higher level (``crossed``) or ended (``recovered``)."""

    kind: Literal["crossed", "recovered"]
    symbol: str | None  # None for ``adwin``, which watches all symbols of a model together
    end: int
    detector: str  # psi, ks, previous or adwin
    level: str
    before: str
    feature: str | None  # the worst; None for ``adwin``
    window: str | None  # in which it was worst: 900, 3600, sustained or previous
    value: float | None
    limit: float | None
    expected_days: float | None


class Maxima(NamedTuple):
    """The greatest values of a feature over a day's looks."""

    psi: float
    ks: float


class Daily(NamedTuple):
    """A symbol's day, at 00:00 UTC."""

    symbol: str
    end: int
    features: Mapping[str, Maxima]
    events: int  # episodes that began, levels that rose


Finding = Levels | Event | Daily
