"""One websocket connection: subscribed and acknowledged, then message after message until it ends.

The library is ``websockets``: it hands messages over without touching their bytes (``recv(decode=False)``),
answers pings, checks certificates, and lets a reader that falls behind slow the sender down instead of
filling memory. Compression is off: trades are short, and what cannot be inflated cannot blow up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from connectors.feed.live.plan import Live, Timing
from connectors.feed.live.venue import Answer, Request, Venue
from models.ticks import MAX_RECORD_BYTES

_MOST_BYTES = 16 * MAX_RECORD_BYTES  # what is over 1 MB is left out, but a book of 5 MB is no reason to part
_MOST_FRAMES = 1_024
_CLOSE_S = 2.0


class SessionError(Exception):
    """A connection that is of no use; ``kind`` is a word for counting."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


class RefusedError(SessionError):
    """The exchange does not accept a subscription."""

    def __init__(self, venue: Venue, request: Request, why: str) -> None:
        asked = ", ".join(request.symbols[:10]) + (", …" if len(request.symbols) > 10 else "")
        super().__init__("refused", f"{venue.name} refuses the subscription to {asked}: {why}")


class Session:
    """A connection on which every subscription was acknowledged; made by ``opened``."""

    def __init__(self, socket: ClientConnection, plan: Live, timing: Timing) -> None:
        self._socket = socket
        self._plan = plan
        self._timing = timing
        self._held: deque[bytes] = deque()  # data that came before the last acknowledgement
        self._heartbeat: asyncio.Task[None] | None = None
        self.pings = 0
        """Stalls in which a ping was answered."""
        self.relief = asyncio.Event()
        """Set when a new connection should be made; here where nothing has come for ``silence_s``."""
        self.closing = False

    async def next(self) -> bytes:
        """Return the next message, as it came.

        Raises ``SessionError`` for a server that no longer answers, and what ``recv`` of ``websockets`` does.
        """
        if self._held:
            return self._held.popleft()
        quiet_s = 0.0
        while (payload := await self._within(self._plan.stall_s)) is None:
            if not await self._answers():
                return await self._last()
            quiet_s += self._plan.stall_s
            if quiet_s >= self._plan.silence_s:
                self.relief.set()
        return payload

    async def close(self) -> None:
        """Take leave of the server; messages it has sent can still be had."""
        self.closing = True
        if self._heartbeat:
            self._heartbeat.cancel()
        await self._socket.close()

    def abort(self) -> None:
        """Cut the connection; what was not read yet is lost."""
        self._socket.transport.abort()

    async def _within(self, seconds: float) -> bytes | None:
        try:
            async with asyncio.timeout(seconds):
                return await self._socket.recv(decode=False)
        except TimeoutError:
            return None

    async def _answers(self) -> bool:
        try:
            answered = await self._socket.ping()
            async with asyncio.timeout(self._plan.pong_s):
                await answered
        except TimeoutError:
            return False
        except ConnectionClosed:
            return True  # reading on tells, after what has come meanwhile
        self.pings += 1
        return True

    async def _last(self) -> bytes:
        # What came while the ping was out is not lost; without any, the server is dead.
        payload = await self._within(0.0)
        if payload is None:
            why = f"nothing came for {self._plan.stall_s:g} s, and a ping was not answered"
            raise SessionError("stall", why)
        return payload

    async def subscribe(self, requests: Sequence[Request]) -> None:
        """Send the requests, each when the one before was acknowledged; raise ``SessionError``."""
        for number, request in enumerate(requests, start=1):
            if number > 1:
                await self._timing.pause(self._plan.venue.request_gap_s)
            await self._socket.send(request.text)
            try:
                async with asyncio.timeout(self._plan.answer_s):
                    await self._acknowledged(number, request)
            except TimeoutError as error:
                why = f"no answer to the subscription within {self._plan.answer_s:g} s"
                raise SessionError("unanswered", why) from error
        if self._plan.venue.heartbeat:
            self._heartbeat = asyncio.create_task(self._beat())

    async def _acknowledged(self, number: int, request: Request) -> None:
        while True:
            payload = await self._socket.recv(decode=False)
            heard = self._plan.venue.read(payload)
            if not isinstance(heard, Answer):
                self._held.append(payload)
            elif heard.request in (None, number):
                if heard.refused:
                    raise RefusedError(self._plan.venue, request, heard.refused)
                return

    async def _beat(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(self._plan.venue.heartbeat_s)
                await self._socket.send(self._plan.venue.heartbeat)


async def opened(plan: Live, symbols: Sequence[str], timing: Timing) -> Session:
    """Connect, subscribe to ``symbols`` and return the session.

    Raises ``SessionError`` and whatever ``connect`` of ``websockets`` does.
    """
    socket = await connect(
        plan.address,
        compression=None,
        proxy=None if plan.local else True,
        open_timeout=plan.answer_s,
        close_timeout=_CLOSE_S,
        ping_interval=None,  # a stall asks for a ping, see ``next``
        max_size=_MOST_BYTES,
        max_queue=_MOST_FRAMES,
        user_agent_header="levibot",
    )
    session = Session(socket, plan, timing)
    try:
        await session.subscribe(plan.venue.requests(symbols))
    except BaseException:
        await session.close()
        raise
    return session
