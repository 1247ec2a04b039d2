"""Listening and serving: the port is taken first of all, so that a taken one is said in plain words."""

from __future__ import annotations

import errno
import socket

import uvicorn
from fastapi import FastAPI

_TRIED = 100
LEAVE_S = 3
"""Seconds that requests under way have when the server is told to end; some clients never finish theirs."""


class PortTakenError(Exception):
    """Another process listens on the port; set API_PORT to a free one, or let the next free be taken."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host:port``, 0 meaning any; raises ``PortTakenError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with its protocol named, asyncio turns off Nagle's delay on what it accepts
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen()
    except OSError as error:
        found.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTakenError(
            f"port {port} on {host} is taken; set API_PORT to a free one, or take the next free: --port auto"
        ) from error
    return found


def listen_next(host: str, port: int) -> socket.socket:
    """Return a socket on the first free port from ``port`` on, or on any where none of the next is."""
    for candidate in range(port or 1, min(port + _TRIED, 65_536) if port else 1):
        try:
            return listen(host, candidate)
        except PortTakenError:
            continue
    return listen(host, 0)


def address(found: socket.socket) -> str:
    """Return the URL at which a listening socket is reached."""
    host, port = found.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(app: FastAPI) -> uvicorn.Server:
    """Return a server of the app that logs as the process does; ``run(sockets=[...])`` starts it.

    Who called is told by ``api.http.caller``; the server itself would believe any caller on this machine.
    """
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False,
        proxy_headers=False, timeout_graceful_shutdown=LEAVE_S,
    )  # fmt: skip
    return _Server(config, app)


class _Server(uvicorn.Server):
    """Ends streams before it waits for what is under way: they would never be done."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._api = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving."""
        self._api.state.panel.hub.close()
        await super().shutdown(sockets)
