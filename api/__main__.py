"""``python -m api``: serve the read-only API."""

from __future__ import annotations

import contextlib
import signal
import socket
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from api.app import create_app
from api.gateway.gateway import Gateway
from api.server import PortTakenError, address, listen, listen_next, server
from connectors.logs import configure
from connectors.redis.reader import ViewReader
from connectors.settings import Settings, settings

_PORT = "A port; 0 or auto takes the next free one from API_PORT on. Default: API_PORT."


def main(port: Annotated[str, typer.Option(help=_PORT)] = "") -> None:
    """Serve the API on API_HOST and API_PORT until interrupted."""
    try:
        chosen = settings()
        configure(chosen, process="api")
        reader = ViewReader(chosen.redis_url)
        app = create_app(chosen, reader)
        found = _listen(chosen, port)
    except ValidationError as error:
        _refuse(
            *(
                f"setting {str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}"
                for e in error.errors()
            )
        )
    except (PortTakenError, ValueError, OSError) as error:
        _refuse(str(error))
    typer.echo(f"LEVIBOT API on {address(found)} (paths: {address(found)}/docs)")
    _tell(app.state.gateway)
    # the server raises the signal that ended it anew, once it has shut down in order
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.closing(reader), contextlib.suppress(KeyboardInterrupt):
        server(app).run(sockets=[found])
    if app.state.gateway:
        app.state.gateway.close()


def _refuse(*problems: str) -> NoReturn:
    for problem in problems:
        typer.echo(f"levibot api: {problem}", err=True)
    raise typer.Exit(2)


def _tell(gateway: Gateway | None) -> None:
    if gateway is None:
        typer.echo("control gateway: off; set ADMIN_KEY and ADMIN_SECRET to send commands over HTTP")
    else:
        where = gateway.settings.audit_file
        typer.echo(
            f"control gateway: on, for {gateway.settings.ip_allowlist} (IP_ALLOWLIST); audit in {where}"
        )


def _listen(chosen: Settings, port: str) -> socket.socket:
    if port in ("0", "auto") or not (port or chosen.api_port):
        return listen_next(chosen.api_host, chosen.api_port)
    if port and not (port.isdecimal() and int(port) <= 65_535):
        raise ValueError(f"--port must be a number up to 65535, or auto; not '{port}'")
    return listen(chosen.api_host, int(port or chosen.api_port))


if __name__ == "__main__":
    # no pretty errors: they would print local variables, and a URL may hold a password
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
