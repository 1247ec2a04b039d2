"""The open inputs of one shard, made at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer

from connectors.codecs.decode import Decoder
from connectors.kafka.control_feed import ControlFeed
from connectors.kafka.journal_log import JournalLog
from connectors.kafka.shard_models import ShardModels
from connectors.kafka.silence import Silence
from models.journal.journal import Journal
from models.judge.records import Shard


@dataclass(frozen=True, slots=True)
class ShardInputs:
    """What a shard reads and where it stands."""

    shard: Shard
    ticks: Consumer  # assigned at the position
    decoder: Decoder
    control: ControlFeed
    log: JournalLog
    journal: Journal
    silence: Silence
    models: ShardModels
    genesis: dict[str, Any] | None  # to be journalled first, where the shard's history begins
    log_ts: int  # of what was emitted before, ns; 0 for none
