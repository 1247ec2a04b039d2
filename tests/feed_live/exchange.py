"""An exchange on this machine that plays a part on each connection."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

START = 1_700_000_000_000_000_000
MILLI = 1_000_000


def trade(number: int, symbol: str = "BTCUSDT") -> bytes:
    """A Binance trade in the combined stream, a millisecond after the one before."""
    ms = START // MILLI + number
    text = (
        f'{{"stream":"{symbol.lower()}@trade","data":{{"e":"trade","E":{ms},"s":"{symbol}","t":{number},'
        f'"p":"100.50","q":"0.010","T":{ms},"m":true,"M":true}}}}'
    )
    return text.encode()


def trades(first: int, last: int, symbol: str = "BTCUSDT") -> list[bytes]:
    """The trades with these ids, both included."""
    return [trade(number, symbol) for number in range(first, last + 1)]


class Watched(ServerConnection):
    """A connection that tells of the pings it answers."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.pings: asyncio.Queue[None] = asyncio.Queue()
        self.answers_pings = True

    def send_data(self) -> None:
        """Send what is to be sent, but for pongs where they are not to be."""
        if not self.answers_pings and (sent := self.protocol.writes) and sent[-1][:1] == b"\x8a":
            sent.pop()
        super().send_data()

    def process_event(self, event: Any) -> None:
        """Note a ping."""
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pings.put_nowait(None)
        super().process_event(event)


class Peer:
    """The exchange's end of one connection."""

    def __init__(self, socket: Watched, exchange: Exchange) -> None:
        self.socket = socket
        self.exchange = exchange

    async def hear(self) -> dict[str, Any]:
        """Return the next request."""
        request = json.loads(await self.socket.recv())
        self.exchange.requests.append(request)
        return request

    async def subscribe(self) -> None:
        """Take one subscription and acknowledge it as Binance does."""
        request = await self.hear()
        await self.say(b'{"result":null,"id":%d}' % request["id"])

    async def pinged(self) -> None:
        """Wait until one more ping has come."""
        await self.socket.pings.get()

    async def say(self, *payloads: bytes) -> None:
        """Send messages as text, whatever their bytes are."""
        for payload in payloads:
            await self.socket.send(payload, text=True)

    async def stay(self) -> None:
        """Keep the connection until the other side closes it."""
        await self.socket.wait_closed()

    def drop(self) -> None:
        """Cut the connection without a word."""
        self.socket.transport.abort()


Part = Callable[[Peer], Awaitable[None]]


def says(*payloads: bytes) -> Part:
    """Acknowledge one subscription, send these messages and stay."""

    async def part(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*payloads)
        await peer.stay()

    return part


class Exchange:
    """Plays the first part on the first connection, and so on; the last one from then on.

    ``refusals`` are the HTTP answers to the first attempts.
    """

    def __init__(
        self,
        *parts: Part,
        refusals: Sequence[tuple[HTTPStatus, dict[str, str]]] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self._parts = list(parts)
        self._refusals = list(refusals)
        self._server: Server | None = None
        self.url = ""
        """Where it listens, once it does."""
        self.connections = 0
        self.attempts = 0
        self.requests: list[dict[str, Any]] = []
        self.replaced = asyncio.Event()
        """Set once there was a second connection."""

    def refuse(self, refusals: Sequence[tuple[HTTPStatus, dict[str, str]]]) -> None:
        """Answer the next attempts so."""
        self._refusals += refusals

    async def _serve(self, socket: ServerConnection) -> None:
        assert isinstance(socket, Watched)
        part = self._parts[min(self.connections, len(self._parts) - 1)]
        self.connections += 1
        if self.connections > 1:
            self.replaced.set()
        await part(Peer(socket, self))

    def _answer(self, socket: ServerConnection, request: Request) -> Response | None:
        self.attempts += 1
        if not self._refusals:
            return None
        status, headers = self._refusals.pop(0)
        response = socket.respond(status, "no\n")
        for name, value in headers.items():
            response.headers[name] = value
        return response

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._answer,
            ping_interval=None,
            close_timeout=1,
            create_connection=Watched,
            ssl=self._tls,
        )
        port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"{'wss' if self._tls else 'ws'}://127.0.0.1:{port}/stream"
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()


@contextmanager
def in_background(exchange: Exchange) -> Iterator[Exchange]:
    """Serve from a thread of its own, for bridges that run elsewhere."""
    up = threading.Event()

    async def serve_until_over() -> None:
        async with exchange:
            up.set()
            await over.wait()

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        over = asyncio.Event()
        thread = threading.Thread(target=runner.run, args=(serve_until_over(),))
        thread.start()
        up.wait(10)
        try:
            yield exchange
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join(10)
