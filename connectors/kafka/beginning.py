"""Where and how a shard's history begins: its first genesis, or a new one behind a gap that was accepted."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import structlog
from confluent_kafka import Consumer, TopicPartition

from connectors.kafka.control_feed import ControlFeed
from connectors.kafka.errors import BrokerError
from connectors.kafka.history import Found, begin_anew
from connectors.settings import Settings
from models.desk.desk import Desk, take_in
from models.journal.journal import Journal
from models.judge.records import Shard
from models.spec import Spec

_LOG = structlog.get_logger()
_DAY_MS = 86_400_000
GAP_ACTOR = "accepted gap"


class Beginning:
    """Makes the genesis of shards; the options are those of ``Opening``."""

    def __init__(
        self, settings: Settings, spec: Spec, desk: Desk, *, accept_gap: bool, days: float | None
    ) -> None:
        self._settings = settings
        self._spec = spec
        self._desk = desk
        self._accept_gap = accept_gap
        self._days = days

    def first(self, shard: Shard, ticks: Consumer, journal: Journal, found: Found) -> dict[str, Any] | None:
        """Return the genesis to be written and place it, None where the shard has a history.

        Raises ``BrokerError`` where that was begun under another configuration.
        """
        first = journal.first_pending
        if first is not None or journal.position.q:
            if first is not None:
                self._check_spec(shard, first.payload.get("fingerprint"))
            return None
        journal.position.t = self._first_tick(shard, ticks, found)
        return {"fingerprint": self._spec.fingerprint(), "desk": self._desk.as_dict()}

    def _first_tick(self, shard: Shard, ticks: Consumer, found: Found) -> int:
        if self._days is not None:
            since = int(time.time() * 1_000 - self._days * _DAY_MS)
            where = TopicPartition(shard.topic, shard.partition, since)
            offset = ticks.offsets_for_times([where], timeout=30)[0].offset
            return int(offset) if offset >= 0 else found.high
        return found.low if self._settings.start == "earliest" else found.high

    def _check_spec(self, shard: Shard, found: str | None) -> None:
        if found is not None and found != self._spec.fingerprint():
            raise BrokerError(
                f"shard {shard.key} was begun under another configuration (spec {found[:12]}, now "
                f"{self._spec.fingerprint()[:12]}); start the new one beside it with another TOPIC_SUFFIX "
                "(docs/reliability.md, A changed configuration)"
            )

    def behind(
        self, shard: Shard, found: Found, gap: str, control: ControlFeed
    ) -> tuple[Journal, dict[str, Any]]:
        """Return journal and genesis behind a gap; raise ``BrokerError`` unless gaps are accepted."""
        if not self._accept_gap:
            raise BrokerError(
                f"shard {shard.key}: {gap}. Restore it; or give this instance topics of its own with "
                "TOPIC_SUFFIX; or begin anew behind the gap, killed until an unkill: "
                "levibot run signals --accept-gap"
            )
        _LOG.warning("gap accepted; the shard begins anew, killed", shard=shard.key, gap=gap)
        return begin_anew(found, control.end), self._gap(found, gap, control)

    def _gap(self, found: Found, gap: str, control: ControlFeed) -> dict[str, Any]:
        """Return the genesis behind a gap: all commands still kept, and a kill on top of them."""
        desk = self._desk
        for _, _, command in control.since(0):
            desk, _ = take_in(desk, command, self._spec.models)
        killed = replace(desk, killed=True, killed_by=GAP_ACTOR)
        ordinals = {topic: last.ordinal + 1 for topic, last in found.published.items()}
        return {
            "fingerprint": self._spec.fingerprint(), "desk": killed.as_dict(), "ordinals": ordinals,
            "gap": gap,
        }  # fmt: skip
