"""The paper account: signals of all shards and commands become trades and equity, with money that is none."""

from __future__ import annotations

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.outputs import Sink

from connectors.codecs.wire import Encoded
from connectors.kafka.paper.source import Item
from flows.stages import account_stage, encode_records
from models.paper.account import Booked
from models.paper.spec import PaperSpec

FLOW = "paper"
STEPS = ("seconds", "account", "encode", "publish")
"""Names of the steps. Snapshots are found by them: a renamed step would begin without its state."""


def paper_flow(
    source: Source[Item], sink: Sink[tuple[str, tuple[Booked, list[Encoded]]]], spec: PaperSpec
) -> Dataflow:
    """Wire the account between a source of closed seconds and a sink for its topics."""
    flow = Dataflow(FLOW)
    seconds, account, encode, publish = STEPS
    inputs = op.input(seconds, flow, source)
    booked = op.stateful_batch(account, inputs, account_stage(spec))
    op.output(publish, op.map(encode, booked, encode_records), sink)
    return flow
