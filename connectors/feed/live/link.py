"""Keeps one group of symbols connected, for ever: reconnects when a connection is lost, and relieves an old
one before the exchange ends it.

Relief leaves no gap: the new connection is subscribed and acknowledged first; then the old one is closed and
read to its end; then the new one is read, and of what it brings again the copies are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from connectors.feed.errors import FeedError
from connectors.feed.live.backoff import Attempts, Backoff
from connectors.feed.live.plan import Live, Timing
from connectors.feed.live.session import Session, opened
from connectors.feed.live.summary import LiveSummary
from connectors.feed.live.troubles import TROUBLES, asked_to_wait_s, hopeless, kind_of, told
from connectors.feed.live.venue import Answer, Notice, Trades

_LOG = structlog.get_logger()


@dataclass(slots=True)
class Reading:
    """What is known of the connection that messages come from."""

    main: str
    """The symbol to which messages that name none are given."""
    overlaps: bool = False
    """It stood before the connection before it ended, so it may repeat."""
    seen: set[str] = field(default_factory=set)
    """Symbols that have brought something new."""
    lost: bool = False


class Taker(Protocol):
    """Where messages go."""

    def take(self, payload: bytes, trades: Sequence[Trades], reading: Reading) -> None:
        """Take one message, as it came; never raise for what it holds."""


class Link:
    """The connections that carry one group of symbols, one after the other."""

    def __init__(
        self,
        plan: Live,
        symbols: Sequence[str],
        taker: Taker,
        summary: LiveSummary,
        attempts: Attempts,
        timing: Timing,
    ) -> None:
        self._plan = plan
        self._symbols = symbols
        self._taker = taker
        self._summary = summary
        self._attempts = attempts
        self._timing = timing
        self._backoff = Backoff(timing.draw)
        self._failed = 0
        self._stood = False
        self._log = _LOG.bind(venue=plan.venue.name, symbols=len(symbols), first=symbols[0])

    async def run(self) -> None:
        """Bridge until cancelled; raise ``FeedError`` where the first connection cannot be had."""
        session = await self._connected(0.0)
        reading = Reading(self._symbols[0])
        while True:
            session, reading = await self._served(session, reading)

    async def _served(self, session: Session, reading: Reading) -> tuple[Session, Reading]:
        # Hand on what comes until the session ends or is to be relieved; return its successor.
        due = session.relief
        began = self._timing.clock()
        timer = asyncio.get_running_loop().call_later(self._plan.max_age_s, due.set)
        task = asyncio.create_task(self._read(session, reading, due))
        try:
            await due.wait()
            self._backoff.lived(self._timing.clock() - began)
            successor = await self._connected(self._backoff.wait_s())
            overlaps = not reading.lost
            self._summary.relieved += overlaps
            await session.close()
            await task
            return successor, Reading(self._symbols[0], overlaps)
        finally:
            timer.cancel()
            task.cancel()
            await session.close()

    async def _read(self, session: Session, reading: Reading, due: asyncio.Event) -> None:
        try:
            while True:
                payload = await session.next()
                heard = self._plan.venue.read(payload)
                if isinstance(heard, tuple):
                    self._taker.take(payload, heard, reading)
                else:
                    self._hear(heard, due)
        except TROUBLES as error:
            if not session.closing:
                self._note("connection lost", error)
                reading.lost = True
                session.abort()  # a dead server would let a farewell wait
        finally:
            self._summary.pings += session.pings
            due.set()

    def _hear(self, heard: Answer | Notice, due: asyncio.Event) -> None:
        if heard is Notice.LEAVING:
            self._log.info("the server is about to close the connection: a new one is made")
            due.set()
        elif isinstance(heard, Answer) and heard.refused:
            self._log.warning("the server complains", why=heard.refused)

    async def _connected(self, wait_s: float) -> Session:
        while True:
            await self._wait(wait_s)
            await self._wait(self._attempts.book())
            try:
                session = await opened(self._plan, self._symbols, self._timing)
            except TROUBLES as error:
                self._judge(error)
                wait_s = max(self._backoff.wait_s(), asked_to_wait_s(error))
            else:
                self._stood = True
                self._summary.connections += 1
                self._log.info("connected", url=self._plan.address)
                return session

    async def _wait(self, seconds: float) -> None:
        if seconds > 0.0:
            await self._timing.pause(seconds)

    def _judge(self, error: BaseException) -> None:
        self._failed += 1
        self._note("no connection", error)
        if not self._stood and (hopeless(error) or self._failed >= self._plan.first_attempts):
            raise FeedError(
                f"{self._plan.address} cannot be used (attempts: {self._failed}): {told(error)}"
            ) from error

    def _note(self, what: str, error: BaseException) -> None:
        self._summary.losses[kind_of(error)] += 1
        self._log.warning(what, why=told(error), kind=kind_of(error))
