"""The living line, and what is said at the end."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from connectors.feed.live.ids import Numbering
from connectors.feed.live.line import Line, line_of
from connectors.feed.live.summary import Gap, LiveSummary
from flows.commands.feed_live import lines_of


def some_summary() -> LiveSummary:
    """4,000 records of one symbol in 20 s, one gap, one loss."""
    summary = LiveSummary(
        venue="binance", topic="ticks", records=4_000, connections=2, seconds=20.0, losses=Counter(lost=1)
    )
    summary.symbols["BTCUSDT"] = 4_000
    summary.lags.add(85_000_000)
    numbering = summary.numberings["BTCUSDT"] = Numbering()
    numbering.see(1, 10)
    numbering.see(14, 20)
    summary.gaps.append(Gap("BTCUSDT", 11, 13, True, 1))
    return summary


def test_the_line_says_how_it_stands() -> None:
    """Rate, lag, troubles and what is missing."""
    assert line_of(some_summary(), 200.0) == (
        "binance: 4,000 records at 200/s · lag 85 ms · 1 symbols · 1 troubles · 3 trades missing in 1 gaps"
    )


def test_the_end_says_what_was_done() -> None:
    """With the ids that are missing and the symbols that said nothing."""
    summary = some_summary()
    summary.silent = ("FOOUSDT",)
    summary.stopped = True
    p50 = summary.lags.quantile_ms(0.5)
    assert lines_of(summary) == [
        "4,000 records of 1 symbols in ticks, 200/s (stopped)",
        f"lag behind the exchange: p50 {p50:.0f} ms, p99 {p50:.0f} ms",
        "2 connections, 0 relieved, 1 troubles; lost: 1",
        "3 trades missing in 1 gaps, 0 came again",
        "  BTCUSDT: 11 to 13 (reconnecting)",
        "nothing came for: FOOUSDT",
    ]


@pytest.mark.parametrize(
    ("terminal", "visible", "drawn"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_it_draws_on_a_terminal_only(terminal: bool, visible: bool, drawn: bool) -> None:
    """And only where it may; the rate is that since the last look."""
    times = iter([10.0, 12.0])
    screen = StringIO()
    console = Console(file=screen, force_terminal=terminal, width=120)
    with Line(visible=visible, console=console, clock=lambda: next(times)) as line:
        line.update(some_summary())
    assert ("4,000 records at 2,000/s" in screen.getvalue()) is drawn
