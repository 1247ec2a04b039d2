"""The courier: alerts in their order to the webhook, each until it is taken.

Delivery: at least once. The offset is kept behind the answer, so a crash in between posts the same alerts
again, with the same ids. What the receiver calls unfit (400, 413, 422) is logged and left out, or it would
hold up all others for ever; everything else that is not an answer of 2xx is tried again without end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog

from connectors.kafka.alerts_feed import Alert
from connectors.webhook.backoff import Backoff
from connectors.webhook.hook import Answer
from connectors.webhook.message import message

_LOG = structlog.get_logger()
POLL_S = 0.5


class Feed(Protocol):
    """Where alerts come from."""

    def poll(self, wait_s: float) -> list[Alert]:
        """Return what has come."""

    def keep(self, offset: int) -> None:
        """Keep where to go on."""


class Courier:
    """Takes alerts from a feed to a webhook; ``pause`` waits so long, or until the stop, and tells of it."""

    def __init__(
        self, feed: Feed, post: Callable[[dict[str, Any]], Answer], pause: Callable[[float], bool]
    ) -> None:
        self._feed, self._post, self._pause = feed, post, pause
        self.counts = {"delivered": 0, "failed": 0, "refused": 0}  # attempts by outcome
        self.alerts = 0  # delivered
        self.said = ""  # why the last attempt failed, empty where it did not
        self._since: float | None = None

    def run(self) -> None:
        """Go on until the stop; what is not delivered then is not kept, and comes again."""
        while not self._pause(0):
            found = self._feed.poll(POLL_S)
            if found and self._deliver([one.body for one in found if one.body is not None]):
                self._feed.keep(found[-1].offset + 1)

    def waiting_s(self) -> float:
        """Return for how long alerts have been waiting to be taken, 0 while none do."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def _deliver(self, bodies: Sequence[dict[str, Any]]) -> bool:
        """Post until it is taken or called unfit; return False where the stop came first."""
        if not bodies:
            return True
        self._since, backoff = time.monotonic(), Backoff()
        while (answer := self._attempt(bodies)).outcome == "failed":
            wait_s = backoff.next_s(answer.retry_after_s)
            _LOG.warning(
                "alerts not delivered", why=answer.why, alerts=len(bodies), again_in_s=round(wait_s, 1)
            )
            if self._pause(wait_s):
                return False
        self._since = None
        return True

    def _attempt(self, bodies: Sequence[dict[str, Any]]) -> Answer:
        answer = self._post(message(bodies))
        self.counts[answer.outcome] += 1
        self.said = answer.why
        ids = [body["id"] for body in bodies]
        if answer.outcome == "delivered":
            self.alerts += len(bodies)
            _LOG.info("alerts delivered", ids=ids)
        elif answer.outcome == "refused":
            _LOG.error("alerts left out, the webhook does not take them", why=answer.why, ids=ids)
        return answer
