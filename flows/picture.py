"""Pictures of the dataflows, drawn from them themselves, with the topics they read and write."""

from __future__ import annotations

from collections.abc import Iterator

from bytewax.testing import TestingSink, TestingSource
from bytewax.visualize import to_mermaid

from connectors.kafka.topics import ACCOUNT_JOURNAL, GUARD_JOURNAL, JOURNAL
from flows.guard import guard_flow
from flows.paper import paper_flow
from flows.signals import signals_flow
from models.guard.inputs import SHARDED, SINGLE
from models.guard.records import TOPICS as GUARD_TOPICS
from models.guard.spec import GuardSpec
from models.judge.records import PROGRESS, SIGNALS, TOPICS
from models.paper.account import TOPICS as ACCOUNT_TOPICS
from models.paper.spec import PaperSpec
from models.scoring.registry import load_all
from models.spec import Spec

_PORTS = ' -- "down → up" -->'  # every step has one way in and one way out


def mermaid() -> str:
    """Return the signals flow as a Mermaid flowchart."""
    spec = Spec()
    flow = to_mermaid(signals_flow(TestingSource([]), TestingSink([]), spec, load_all(spec.models)))
    around = _surroundings("signals.shards", ("ticks", "control"), JOURNAL, "signals.publish", TOPICS)
    return "\n".join([flow.replace(_PORTS, " -->"), *around, "redis -.-> api[API]"])


def paper_mermaid() -> str:
    """Return the paper account as a Mermaid flowchart."""
    flow = to_mermaid(paper_flow(TestingSource([]), TestingSink([]), PaperSpec()))
    read = (SIGNALS, PROGRESS, "control")
    around = _surroundings("paper.seconds", read, ACCOUNT_JOURNAL, "paper.publish", ACCOUNT_TOPICS)
    return "\n".join([flow.replace(_PORTS, " -->"), *around])


def guard_mermaid() -> str:
    """Return the guard as a Mermaid flowchart."""
    flow = to_mermaid(guard_flow(TestingSource([]), TestingSink([]), GuardSpec(rules=())))
    around = _surroundings("guard.looks", (*SHARDED, *SINGLE), GUARD_JOURNAL, "guard.publish", GUARD_TOPICS)
    commands = "guard.publish -- signed commands --> control"
    return "\n".join([flow.replace(_PORTS, " -->"), *around, commands])


def _surroundings(
    source: str, read: tuple[str, ...], journal: str, sink: str, written: tuple[str, ...]
) -> Iterator[str]:
    """Yield what lies around a dataflow: topics as drums, what may be down with dashed lines."""
    yield from (f'{name}[("{name}")] --> {source}' for name in read)
    yield f'{source} <--> {journal}[("{journal}")]'
    yield from (f'{sink} --> topic.{name}[("{name}")]' for name in written)
    yield f'{sink} -.-> redis[("Redis view")]'
