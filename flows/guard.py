"""The guard: looks at what all flows publish become alerts, steps of a rollout, and commands."""

from __future__ import annotations

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.outputs import Sink

from connectors.codecs.wire import Encoded
from connectors.kafka.guard.source import Item
from flows.stages import encode_records, guard_stage
from models.guard.records import Guarded
from models.guard.spec import GuardSpec

FLOW = "guard"
STEPS = ("looks", "guard", "encode", "publish")
"""Names of the steps. Snapshots are found by them: a renamed step would begin without its state."""


def guard_flow(
    source: Source[Item], sink: Sink[tuple[str, tuple[Guarded, list[Encoded]]]], spec: GuardSpec
) -> Dataflow:
    """Wire the guard between a source of journalled looks and a sink for its topics and commands."""
    flow = Dataflow(FLOW)
    looks, guard, encode, publish = STEPS
    inputs = op.input(looks, flow, source)
    guarded = op.stateful_batch(guard, inputs, guard_stage(spec))
    op.output(publish, op.map(encode, guarded, encode_records), sink)
    return flow
