"""How a backtest is getting on: a bar with ticks a second and the time left, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.feed.meter import Meter
from flows.backtest.walking import Told


@contextmanager
def bar(*, visible: bool) -> Iterator[Told]:
    """Give what hears of records read and of the share of the whole."""
    with Meter("backtest", visible=visible) as meter:
        yield meter.update
