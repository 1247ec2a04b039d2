"""The rows that curves of growth come to: fitted slopes, memory, and what one symbol's second costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.backlog.backtest import RATE
from benchmarks.growth.points import Market, Points, Run, Span, slope, steepest
from benchmarks.results import Row, Target, figure, row

STEEPEST, MOST_KB, FLAT = 1.05, 50.0, 1.05
SETTLED_H = 2
"""Memory is compared with that after so many hours: the first fill the windows of features and outcomes."""
_KB, _MB = 1e3, 1e6


def curve(what: str, spans: Mapping[int, Span], market: Callable[[int], Market]) -> Row:
    """Return the slope of the processor time of an hour of log time; ``market`` is that of a size."""
    costs = {size: span.an_hour(market(size)) for size, span in spans.items()}
    each = ", ".join(f"{n:,}: {figure(costs[n])} s ({span.text()})" for n, span in spans.items())
    points = tuple((float(size), cost) for size, cost in costs.items())
    return _slope(what, points, f"processor time of an hour of log time, {each}")


def history(points: Points) -> Row:
    """Return the slope of a backtest's time in the hours that it covers."""
    each = ", ".join(f"{hours:g} h: {seconds:.2f} s" for hours, seconds in points)
    return _slope(f"hours of history, recorded {RATE}", points, f"backtest of one symbol, {each}")


def uptime(day: Run) -> Row:
    """Return the slope of the processor time since the start in the hours that one process has run."""
    last = len(day.looks) - 1
    points = tuple((float(hour), day.between(0, hour).cpu) for hour in range(1, last + 1))
    early, late = day.between(SETTLED_H - 1, SETTLED_H), day.between(last - 1, last)
    note = f"one process; in hour {SETTLED_H}: {early.text()}; in hour {last}: {late.text()}"
    return _slope("hours of uptime, recorded 5", points, note)


def resident(day: Run) -> Row:
    """Return the memory at the end beside that after two hours; the points are that of every hour."""
    sizes = [each["resident"] / _MB for each in day.looks]
    last = len(sizes) - 1
    return row(
        f"resident memory after {last} hours of uptime", "MB", [sizes[-1]],
        against=[sizes[SETTLED_H]], against_what=f"after {SETTLED_H} hours",
        target=Target(bound=FLAT, at_least=False),
        note=f"{sizes[0]:.0f} MB before the first tick, {day.peak / _MB:.0f} MB at most",
        points=tuple((float(hour), size) for hour, size in enumerate(sizes)),
    )  # fmt: skip


def memory(runs: Mapping[int, Run]) -> Row:
    """Return how much more memory each further symbol takes, of the most symbols over some twenty."""
    few, many = sorted(runs)[1], max(runs)
    more = (runs[many].grown - runs[few].grown) / (many - few)
    minutes = runs[many].looks[-1]["log_s"] / 60
    return row(
        "memory of a symbol", "KB", [more / _KB],
        target=Target(bound=MOST_KB, of="ours", at_least=False),
        note=f"resident, {many:,} symbols over {few:,}, after {minutes:.0f} minutes of log time; "
        f"in a snapshot {runs[many].state / many / _KB:.1f} KB",
        points=tuple((float(size), each.grown / _MB) for size, each in runs.items()),
    )  # fmt: skip


def of_a_row(spans: Mapping[int, Span]) -> list[Row]:
    """Return what the second of one symbol costs where there are the most of them."""
    span = spans[max(spans)]
    what = f"a symbol's second, {max(spans):,} symbols, recorded {span.ticks / span.rows:.1f}"
    note = f"{span.records / span.rows:.2f} records, without headers and what the broker adds"
    return [
        row(f"{what}: stages and encoding", "µs", [1e6 * span.cpu / span.rows]),
        row(f"{what}: published", "bytes", [span.bytes / span.rows], note=note),
    ]


def live_row(shard: Market, second: Span, batch: Span) -> Row:
    """Return what the second of one symbol costs a shard that closes one second at a time."""
    live, backlog = (1e6 * span.cpu / span.rows for span in (second, batch))
    return row(
        f"a symbol's second, live, {shard.symbols} symbols of a shard: stages and encoding", "µs", [live],
        against=[backlog], against_what="working off a backlog",
    )  # fmt: skip


def _slope(what: str, points: Points, note: str) -> Row:
    return row(
        f"growth with {what}", "slope", [slope(points)],
        target=Target(bound=STEEPEST, of="ours", at_least=False),
        note=f"{note}; steepest between neighbours {steepest(points):.2f}", points=points,
    )  # fmt: skip
