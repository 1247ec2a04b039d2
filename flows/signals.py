"""The hot path: ticks, control and beats of every shard become gated signals on the output topics."""

from __future__ import annotations

from collections.abc import Mapping

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.outputs import Sink

from connectors.kafka.sink import Published
from connectors.kafka.source import Item
from flows.stages import encode_emission, judge_stage, market_stage, score_batch
from models.scoring.model import Model
from models.scoring.scorer import Scorer
from models.spec import Spec


def signals_flow(
    source: Source[Item], sink: Sink[tuple[str, Published]], spec: Spec, models: Mapping[str, Model]
) -> Dataflow:
    """Wire the signals flow between a source of shard inputs and a sink keyed by shard."""
    flow = Dataflow("signals")
    shards = op.input("shards", flow, source)
    market = op.stateful_batch("market", shards, market_stage(spec))
    score = op.flat_map_batch("score", market, score_batch(Scorer(spec, models)))
    judge = op.stateful_batch("judge", score, judge_stage(spec, models))
    encode = op.map("encode", judge, encode_emission)
    op.output("publish", encode, sink)
    return flow
