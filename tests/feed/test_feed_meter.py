"""The progress bar: nothing for short runs and machines, a rate and the time left for people who wait."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from connectors.feed.meter import Meter


def drawn(seconds: float, done: float | None, *, terminal: bool = True, visible: bool = True) -> str:
    """What a run looks like after it has sent 500 records in that time."""
    times = iter([100.0, 100.0 + seconds])
    screen = StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100)
    with Meter("replay", visible=visible, console=console, clock=lambda: next(times)) as meter:
        meter.update(500, done)
    return screen.getvalue()


def test_a_run_of_more_than_two_seconds_is_shown() -> None:
    """With records, their rate and the share that is done."""
    text = drawn(2.5, 0.25)
    assert "500 at 200 ticks/s" in text
    assert "25%" in text


def test_an_endless_run_has_no_bar() -> None:
    """Records and rate, but no share of an unknown whole."""
    text = drawn(2.5, None)
    assert "500 at 200 ticks/s" in text
    assert "%" not in text


@pytest.mark.parametrize(
    ("seconds", "terminal", "visible"), [(1.9, True, True), (9.0, False, True), (9.0, True, False)]
)
def test_nothing_is_drawn(seconds: float, terminal: bool, visible: bool) -> None:
    """Within two seconds, into a file, or where it was switched off."""
    assert drawn(seconds, 0.5, terminal=terminal, visible=visible) == ""
