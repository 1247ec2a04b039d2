"""All drills, one after another."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from flows.error_drill.drills import DRILLS
from flows.error_drill.ground import FlowEndedError, ground
from flows.error_drill.plan import Plan
from flows.error_drill.result import Drill, Outcome

Told = Callable[[int, str], None]


def drilled(scratch: Path, plan: Plan, told: Told, *, embedded: bool) -> Outcome:
    """Run every drill; ``told`` hears how many are done, and which comes."""
    told(0, "starting")
    found = []
    with ground(scratch, plan, embedded=embedded) as place:
        for number, drill in enumerate(DRILLS):
            told(number, drill.__name__.replace("_", " "))
            try:
                found.append(drill(place))
            except FlowEndedError as error:
                found.append(broken(drill.__name__.replace("_", " "), str(error)))
                break
    told(len(DRILLS), "done")
    broker = "an embedded broker" if embedded else "an Apache Kafka of one node"
    return Outcome(
        where=f"{broker}, {plan.symbols} symbols at {plan.rate:g} ticks a second each",
        machine=machine(),
        version=version("levibot"),
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        drills=tuple(found),
    )


def broken(name: str, why: str) -> Drill:
    """Return a drill that ended a flow: nothing was mended."""
    return Drill(name, "see the drill", 0.0, (), {}, None, "the flows run", (why,))


def machine() -> str:
    """Return what kind of machine this is, without its name."""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{platform.machine()}, {os.cpu_count()} processors, {system}"
