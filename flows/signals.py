"""The hot path: ticks, control and beats of every shard become gated signals on the output topics."""

from __future__ import annotations

from collections.abc import Mapping

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.operators import KeyedStream
from bytewax.outputs import Sink

from connectors.kafka.sink import Emitted, Published
from connectors.kafka.source import Item
from flows.slo.shards import ShardsMeter
from flows.stages import (
    encode_records,
    for_monitor,
    judge_stage,
    market_stage,
    monitor_stage,
    score_batch,
)  # fmt: skip
from models.judge.records import Shard
from models.scoring.model import Model
from models.scoring.scorer import Scorer
from models.spec import Spec

FLOW = "signals"
STEPS = ("shards", "market", "score", "judge", "buckets", "monitor", "records", "encode", "publish")
"""Names of the steps. Snapshots are found by them: a renamed step would begin without its state."""


def signals_flow(
    source: Source[Item],
    sink: Sink[tuple[str, Published]],
    spec: Spec,
    models: Mapping[str, Model],
    meter: ShardsMeter | None = None,
) -> Dataflow:
    """Wire the signals flow between a source of shard inputs and a sink keyed by shard.

    A meter, where there is one, watches what comes in and takes the time of the models.
    """
    flow = Dataflow(FLOW)
    shards, market, score, judge, buckets, monitor, records, encode, publish = STEPS
    inputs = op.input(shards, flow, source)
    closed = op.stateful_batch(market, inputs, market_stage(spec, meter.read if meter else None))
    scorer = Scorer(spec, models, meter.call) if meter else Scorer(spec, models)
    scored = op.flat_map_batch(score, closed, score_batch(scorer, meter.scored if meter else None))
    judged = op.stateful_batch(judge, scored, judge_stage(spec, models))
    closed_buckets = op.flat_map(buckets, judged, for_monitor)
    observed = op.stateful_batch(monitor, closed_buckets, monitor_stage(spec, models))
    emitted: KeyedStream[tuple[Shard, Emitted]] = op.merge(records, judged, observed)
    op.output(publish, op.map(encode, emitted, encode_records), sink)
    return flow
