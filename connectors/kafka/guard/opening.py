"""Connecting the guard at start: what it has published, what its journal holds, where everybody stands."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from confluent_kafka import Consumer

from connectors.codecs.guard import Reading
from connectors.codecs.wire import Place, place
from connectors.failpoints import reach
from connectors.kafka.clients import consumer
from connectors.kafka.errors import BrokerError
from connectors.kafka.guard.entries import AFTER, genesis
from connectors.kafka.guard.logs import Logs, Source
from connectors.kafka.guard.source import GuardInputs
from connectors.kafka.history import Found, GapError, resume
from connectors.kafka.journal_log import JournalLog, fence
from connectors.kafka.messages import headers_of
from connectors.kafka.outlets import Outlets
from connectors.kafka.reading import ends, tails
from connectors.kafka.topics import GUARD_JOURNAL, account_output, output
from connectors.recovery.state import unpack
from connectors.settings import Settings
from models.guard.inputs import ACCOUNT, CONTROL, JOURNAL, SHARDED, TRADES
from models.guard.records import GUARD, TOPICS
from models.journal.entry import Entry
from models.journal.position import Position
from models.judge.records import Shard

_LOG = structlog.get_logger()
_NO_END = 2**62  # its journal is its only log
_WHOLE = (CONTROL, JOURNAL)
"""Read from their beginning: who may trade what is in there."""


class GuardOpening:
    """Opens the guard over what ``shards``, account and operators write."""

    def __init__(
        self, settings: Settings, fingerprint: str, shards: Sequence[Shard], outlets: Outlets
    ) -> None:
        self._settings = settings
        self._fingerprint = fingerprint
        self._sources = sources(settings, shards)
        self._outlets = outlets
        self._log = JournalLog(settings.kafka_bootstrap, output(GUARD_JOURNAL, settings))
        self._places: dict[str, Place] | None = None

    def close(self) -> None:
        """Wait for the journal."""
        self._log.flush()

    def published(self, guard: Shard) -> dict[str, Place]:
        """Return the place of the last record on each output topic, once nobody else can append."""
        if self._places is None:
            self._outlets.open(guard)
            names = {output(topic, self._settings): topic for topic in TOPICS}
            found = tails(self._settings.kafka_bootstrap, list(names), guard.number)
            self._places = {
                names[topic]: place(tail.last.value(), headers_of(tail.last))
                for topic, tail in found.items()
                if tail.last is not None
            }
            reach("open.read")
        return self._places

    def open(self, saved: bytes | None) -> GuardInputs:
        """Fence the journal and place the inputs; raise ``BrokerError`` where they cannot be gone on with."""
        state = unpack(saved) if saved else {}
        position = Position(**state.get("position", {}))
        client = consumer(self._settings.kafka_bootstrap)
        try:
            fenced = fence(self._log, client, GUARD, position)
            journal = resume(position, Found(fenced, 0, _NO_END, self.published(GUARD)))
            first = journal.first_pending
            begun = first is not None or journal.position.q > 0
            self._same_spec(state, first)
            starts = self._starts(client, state, first.payload if first else {}) if begun else None
            if starts is None:
                starts = self._beginning(client)
                journal.position.t = AFTER
            self._check(client, starts)
        except GapError as gap:
            raise BrokerError(f"the guard: {gap}; {_ANEW}") from gap
        finally:
            client.close()
        _LOG.info("guard open", pending=len(journal.pending), gen=journal.gen)
        reach("open.done")
        secret = self._settings.admin_secret
        reading = Reading(secret.get_secret_value() if secret else None)
        logs = Logs(self._settings.kafka_bootstrap, self._sources, starts, reading)
        begin = None if begun else genesis(time.time_ns(), starts, self._fingerprint)
        return GuardInputs(logs, self._log, journal, begin, self._fingerprint)

    def _starts(self, client: Consumer, state: dict[str, Any], first: Mapping[str, Any]) -> dict[str, int]:
        """Return where a snapshot or the genesis says; a partition that is new since then, its beginning."""
        known: dict[str, int] = state["logs"] if "logs" in state else first["from"]
        return {
            source.key: known[source.key]
            if source.key in known
            else ends(client, source.stored, source.partition)[0]
            for source in self._sources
        }

    def _same_spec(self, state: dict[str, Any], first: Entry | None) -> None:
        """Raise ``BrokerError`` where looks are to be taken in again under rules other than those of old.

        Behind a clean stop nothing is, and rules and profiles may be changed.
        """
        known = state.get("fingerprint") or (first.payload.get("fingerprint") if first else None)
        if first is not None and known not in (None, self._fingerprint):
            raise BrokerError(
                "the guard did not stop cleanly, and rules or profiles were changed since (spec "
                f"{known[:12]}, now {self._fingerprint[:12]}): start it once with those of old, stop it, or "
                f"{_ANEW}"
            )

    def _beginning(self, client: Consumer) -> dict[str, int]:
        """Return the present end of what is measured, and the beginning of what steers."""
        return {
            source.key: ends(client, source.stored, source.partition)[source.topic not in _WHOLE]
            for source in self._sources
        }

    def _check(self, client: Consumer, starts: dict[str, int]) -> None:
        for source in self._sources:
            low, high = ends(client, source.stored, source.partition)
            if not low <= starts[source.key] <= high:
                raise GapError(
                    f"{source.stored}/{source.partition} has {low} to {high}, and {starts[source.key]} is "
                    "needed"
                )


_ANEW = "begin anew: delete its recovery folder and the topics of the guard (docs/guard.md)"


def sources(settings: Settings, shards: Sequence[Shard]) -> list[Source]:
    """Return every partition that the guard reads."""
    numbers = [shard.number for shard in shards]
    of_shards = [Source(topic, output(topic, settings), number) for topic in SHARDED for number in numbers]
    of_account = [Source(topic, account_output(topic, settings), 0) for topic in (TRADES, ACCOUNT)]
    return [*of_shards, *of_account, Source(CONTROL, settings.control_topic, 0)]
