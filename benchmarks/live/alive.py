"""A live market beside a flow that stands at the end of its log: topic, feeder, and what was fed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from benchmarks import machine
from benchmarks.flow import Flow
from benchmarks.ground import Ground
from benchmarks.live.partners import Partner
from benchmarks.live.schedule import SYMBOLS, Schedule
from benchmarks.ticks import TickTopic

FLUSH_S = 60.0


@contextmanager
def live_flow(ground: Ground, name: str, rate: int, **settings: Any) -> Iterator[Flow]:
    """Start a flow over a new and empty tick topic, which keeps no more than a live one does."""
    empty = TickTopic(name, (0,) * ground.broker.partitions, rate / SYMBOLS, "live")
    with ground.flow(empty, recorded_ticks=False, **settings) as flow:
        yield flow


class Feeder:
    """Feeds a topic from a process of its own for so many seconds, beginning at :meth:`go`."""

    def __init__(self, ground: Ground, flow: Flow, rate: int, seconds: float) -> None:
        self._rate = rate
        self._seconds = seconds
        self._partitions = len(flow.ticks.ends)
        self._partner = Partner(
            "open_feed", ground.broker.bootstrap, flow.ticks.name, self._partitions, rate, seconds
        )

    def go(self) -> Schedule:
        """Let it begin and return when each tick is due."""
        return Schedule(self._partner.ask("go"), self._rate, self._partitions)

    def fed(self) -> dict[str, Any]:
        """Wait until the broker has all ticks; return their number, and how late they were sent, ms."""
        told: dict[str, Any] = self._partner.answer(self._seconds + FLUSH_S)
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._partner.__exit__(kind, error, trace)


def cores() -> str:
    """Say what shares which core."""
    flow, others = (",".join(map(str, sorted(some))) for some in (machine.FLOW, machine.OTHERS))
    return f"flow alone on core {flow}; broker, Redis, feeder and reader together on core {others}"
