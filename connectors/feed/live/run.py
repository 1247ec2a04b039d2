"""Runs a bridge: its links, the delivery reports and the living line, until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from connectors.feed.live.backoff import Attempts
from connectors.feed.live.bridge import Bridge, Outlet
from connectors.feed.live.line import Line
from connectors.feed.live.link import Link
from connectors.feed.live.plan import Live, Timing
from connectors.feed.live.summary import LiveSummary
from connectors.feed.live.venue import chunks
from connectors.feed.stop import stop_on_signal
from connectors.kafka.delivery import Delivery

_LOG = structlog.get_logger()
_TURN_S = 0.05
_LINGER_MS = 5


def feed_live(plan: Live, *, visible: bool = True) -> LiveSummary:
    """Bridge until a signal, or the end that ``plan`` sets, and return what was done.

    Raises ``FeedError`` where the exchange cannot be had, and what ``Delivery`` raises.
    """
    with Delivery(plan.bootstrap, plan.topic, linger_ms=_LINGER_MS) as delivery, stop_on_signal() as asked:
        return asyncio.run(bridged(plan, delivery, asked, line=Line(visible=visible)))


async def bridged(
    plan: Live,
    outlet: Outlet,
    asked: Callable[[], bool],
    *,
    timing: Timing | None = None,
    line: Line | None = None,
) -> LiveSummary:
    """Bridge to ``outlet`` until ``asked`` or the plan's end; see everything delivered."""
    timing = timing or Timing()
    summary = LiveSummary(venue=plan.venue.name, topic=plan.topic)
    bridge = Bridge(outlet, summary, timing, plan.limit)
    attempts = Attempts(*plan.venue.attempts, timing.clock)
    groups = chunks(plan.symbols, plan.group_size)
    links = [Link(plan, group, bridge, summary, attempts, timing) for group in groups]
    began = timing.clock()
    with line or Line(visible=False) as shown:
        tasks = [asyncio.create_task(link.run()) for link in links]
        try:
            watch = _Watch(plan, bridge, summary, timing)
            while not (watch.over() or asked()):
                outlet.wait(0.0)
                shown.update(summary)
                await _turn(tasks)
            summary.stopped = not watch.over()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if bridge.failure:
                raise bridge.failure
            outlet.finish()
    summary.silent = silent(plan, summary)
    summary.seconds = timing.clock() - began
    return summary


def silent(plan: Live, summary: LiveSummary) -> tuple[str, ...]:
    """Return the symbols asked for that have sent nothing."""
    return tuple(symbol for symbol in plan.symbols if symbol not in summary.symbols)


class _Watch:
    # Knows when the plan is fulfilled, and names silent symbols once.

    def __init__(self, plan: Live, bridge: Bridge, summary: LiveSummary, timing: Timing) -> None:
        self._plan = plan
        self._bridge = bridge
        self._summary = summary
        self._clock = timing.clock
        self._began = timing.clock()
        self._told = False

    def over(self) -> bool:
        passed = self._clock() - self._began
        if passed >= self._plan.silent_after_s and not self._told:
            self._told = True
            self._name_silent()
        return self._bridge.done or (self._plan.seconds is not None and passed >= self._plan.seconds)

    def _name_silent(self) -> None:
        if names := silent(self._plan, self._summary):
            _LOG.warning(
                "symbols that have sent nothing",
                symbols=list(names),
                do=f"check that {self._plan.venue.name} trades them under these names",
            )


async def _turn(tasks: list[asyncio.Task[None]]) -> None:
    # a link never ends by itself: one that did has an error to tell
    ended, _ = await asyncio.wait(tasks, timeout=_TURN_S, return_when=asyncio.FIRST_COMPLETED)
    for task in ended:
        task.result()
