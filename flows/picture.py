"""A picture of the signals flow, drawn from the dataflow itself, with the topics it reads and writes."""

from __future__ import annotations

from collections.abc import Iterator

from bytewax.testing import TestingSink, TestingSource
from bytewax.visualize import to_mermaid

from connectors.kafka.topics import JOURNAL
from flows.signals import signals_flow
from models.judge.records import TOPICS
from models.scoring.registry import load_all
from models.spec import Spec

_PORTS = ' -- "down → up" -->'  # every step has one way in and one way out


def mermaid() -> str:
    """Return the signals flow as a Mermaid flowchart."""
    spec = Spec()
    flow = signals_flow(TestingSource([]), TestingSink([]), spec, load_all(spec.models))
    return "\n".join([to_mermaid(flow).replace(_PORTS, " -->"), *_surroundings()])


def _surroundings() -> Iterator[str]:
    """Yield what lies around the dataflow: topics as drums, what may be down with dashed lines."""
    yield from (f'{name}[("{name}")] --> signals.shards' for name in ("ticks", "control"))
    yield f'signals.shards <--> {JOURNAL}[("{JOURNAL}")]'
    yield from (f'signals.publish --> topic.{name}[("{name}")]' for name in TOPICS)
    yield 'signals.publish -.-> redis[("Redis view")]'
    yield "redis -.-> api[API]"
