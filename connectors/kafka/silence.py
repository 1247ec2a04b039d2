"""Whether a silent shard stands at the end of its log, and how far its clock may go on.

Only an answer of the broker, asked for during the silence, counts as evidence. Time during which no such
answer came (a broker outage, a paused process) does not move log time.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

BEAT_S = 1.0
_LOST_S = 2.5


class Silence:
    """Asks for a partition's end once a second of silence and adds up the silence that was seen."""

    def __init__(self, client: AdminClient, topic: str, partition: int) -> None:
        self._client = client
        self._where = TopicPartition(topic, partition)
        self._question: Future[Any] | None = None
        self._asked_at = 0.0
        self._seen_at: float | None = None

    def broken(self, now: float) -> None:
        """Note that ticks were read at monotonic time ``now``, in seconds."""
        self._seen_at = now
        self._question = None

    def beat(self, position: int, now: float) -> float | None:
        """Return by how many seconds log time goes on, None while there is nothing to say.

        ``position`` is the next tick offset, ``now`` monotonic seconds.
        """
        if self._seen_at is None:
            return None
        if self._question is None:
            if now - max(self._seen_at, self._asked_at) >= BEAT_S:
                self._ask(now)
            return None
        if not self._question.done():
            return None
        at_end = self._answer() == position
        return self._passed() if at_end else None

    def _ask(self, now: float) -> None:
        self._asked_at = now
        self._question = self._client.list_offsets({self._where: OffsetSpec.latest()})[self._where]  # type: ignore[no-untyped-call]

    def _answer(self) -> int | None:
        question, self._question = self._question, None
        assert question is not None
        try:
            return int(question.result().offset)
        except Exception:
            return None

    def _passed(self) -> float:
        assert self._seen_at is not None
        passed = self._asked_at - self._seen_at
        self._seen_at = self._asked_at
        return passed if passed <= _LOST_S else BEAT_S
