"""Connecting the paper account at start: what is published, what its journal holds, where shards stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import structlog
from confluent_kafka import Consumer, TopicPartition

from connectors.codecs.signal import read_progress
from connectors.codecs.wire import Place, place
from connectors.failpoints import reach
from connectors.kafka.clients import consumer
from connectors.kafka.control_feed import ControlFeed, feed_of
from connectors.kafka.errors import BrokerError
from connectors.kafka.history import Found, GapError, resume
from connectors.kafka.journal_log import JournalLog, fence
from connectors.kafka.messages import headers_of, offset_of, timestamp_ms
from connectors.kafka.outlets import Outlets
from connectors.kafka.paper.entries import plain, starts_of
from connectors.kafka.paper.lines import AHEAD_S, Lines
from connectors.kafka.paper.source import AccountInputs
from connectors.kafka.reading import Tail, ends, tails
from connectors.kafka.topics import ACCOUNT_JOURNAL, ACCOUNT_SHARD, account_output, output
from connectors.recovery.state import unpack
from connectors.settings import Settings
from models.desk.desk import Desk
from models.journal.journal import Journal
from models.journal.position import Position
from models.judge.records import PROGRESS, SIGNALS, Shard
from models.paper.account import TOPICS
from models.paper.merge import Start
from models.paper.spec import PaperSpec

_LOG = structlog.get_logger()
_NO_END = 2**62  # seconds have no end that a broker could tell


class AccountOpening:
    """Opens the account over the signals of ``shards``; ``desk`` is the one that it begins with."""

    def __init__(
        self, settings: Settings, spec: PaperSpec, desk: Desk, shards: Sequence[Shard], outlets: Outlets
    ) -> None:
        self._settings = settings
        self._spec = spec
        self._desk = desk
        self._shards = shards
        self._outlets = outlets
        self._log = JournalLog(settings.kafka_bootstrap, account_output(ACCOUNT_JOURNAL, settings))
        self._signals, self._progress = output(SIGNALS, settings), output(PROGRESS, settings)
        self._places: dict[str, Place] | None = None

    @cached_property
    def _control(self) -> ControlFeed:
        return feed_of(self._settings)

    def close(self) -> None:
        """Wait for the journal and leave the broker."""
        self._log.flush()
        if "_control" in self.__dict__:
            self._control.close()

    def published(self, account: Shard) -> dict[str, Place]:
        """Return the place of the last record on each output topic, once nobody else can append."""
        if self._places is None:
            self._outlets.open(account)
            names = {account_output(topic, self._settings): topic for topic in TOPICS}
            found = tails(self._settings.kafka_bootstrap, list(names), account.number)
            self._places = {names[topic]: _place(tail) for topic, tail in found.items()}
            reach("open.read")
        return self._places

    def open(self, saved: bytes | None) -> AccountInputs:
        """Fence the journal and place the inputs; raise ``BrokerError`` where they cannot be gone on with."""
        state = unpack(saved) if saved else {}
        position = Position(**state.get("position", {}))
        client = consumer(self._settings.kafka_bootstrap)
        try:
            found = Found(
                fence(self._log, client, ACCOUNT_SHARD, position), 0, _NO_END, self.published(ACCOUNT_SHARD)
            )
            journal = resume(position, found)
            genesis, starts = self._beginning(client, journal, state)
            self._check(client, starts)
        except GapError as gap:
            raise BrokerError(f"the paper account: {gap}; {_BESIDE}") from gap
        finally:
            client.close()
        _LOG.info("account open", second=journal.position.t, published_to=found.barrier, gen=journal.gen)
        reach("open.done")
        bootstrap = self._settings.kafka_bootstrap
        lines = Lines(bootstrap, self._shards, self._signals, self._progress, starts)
        return AccountInputs(ACCOUNT_SHARD, lines, self._control, self._log, journal, genesis)

    def _beginning(
        self, client: Consumer, journal: Journal, state: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, dict[str, Start]]:
        """Return the genesis to be written, if any, and where the shards are read from.

        A shard that is new since then begins with its first record, left out until it comes.
        """
        first = journal.first_pending
        if first is None and not journal.position.q:
            starts = {shard.key: self._first(client, shard) for shard in self._shards}
            # not 0, at which nothing that is published behind it could be told from what is gone
            journal.position.t = max(1, *(start.given for start in starts.values()))
            starts = {key: start._replace(given=journal.position.t) for key, start in starts.items()}
            described = {"fingerprint": self._spec.fingerprint(), "desk": self._desk.as_dict()}
            return described | {"lines": plain(starts)}, starts
        if first is not None and "fingerprint" in first.payload:
            self._same_spec(first.payload["fingerprint"])
        known = starts_of(state["lines"] if "lines" in state else first.payload["lines"] if first else {})
        new = {shard.key: Start(journal.position.t, True, 0, 0, 0) for shard in self._shards}
        return None, new | known

    def _first(self, client: Consumer, shard: Shard) -> Start:
        """Return where a shard's records begin that count, as START says."""
        lows = [ends(client, topic, shard.number) for topic in (self._signals, self._progress)]
        (signals, _), (progress, high) = lows
        if progress == high:
            return Start(0, True, signals, None if signals else 0, progress)
        if self._settings.start == "earliest":
            return Start(0, False, signals, None if signals else 0, progress)
        return self._newest(client, shard, Start(0, False, signals, None, progress))

    def _newest(self, client: Consumer, shard: Shard, oldest: Start) -> Start:
        """Return the start at a shard's last closed second; its signals are found by the broker's time."""
        last = tails(self._settings.kafka_bootstrap, [self._progress], shard.number)[self._progress].last
        if last is None:
            return oldest
        where = TopicPartition(self._signals, shard.number, timestamp_ms(last) - AHEAD_S * 1_000)
        offset = int(client.offsets_for_times([where], timeout=30)[0].offset)
        return Start(
            read_progress(last.value() or b"").second,
            False,
            max(offset, oldest.signals),
            None,
            offset_of(last),
        )

    def _check(self, client: Consumer, starts: dict[str, Start]) -> None:
        for shard in self._shards:
            start = starts[shard.key]
            for topic, offset in ((self._signals, start.signals), (self._progress, start.progress)):
                low, high = ends(client, topic, shard.number)
                if not low <= offset <= high:
                    raise GapError(f"{topic}/{shard.number} has {low} to {high}, and {offset} is needed")

    def _same_spec(self, found: str) -> None:
        if found != self._spec.fingerprint():
            raise BrokerError(
                f"the paper account was begun under other settings (spec {found[:12]}, now "
                f"{self._spec.fingerprint()[:12]}): put them back, or {_BESIDE}"
            )


_BESIDE = "begin another one with an ACCOUNT_SUFFIX of its own"


def _place(tail: Tail) -> Place:
    if tail.last is None:
        return Place(tail.end - 1, 0, 0)
    return place(tail.last.value(), headers_of(tail.last))
