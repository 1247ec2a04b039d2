"""Free TCP ports on loopback, where every service started by this product listens."""

from __future__ import annotations

import random
import socket
from itertools import chain, islice

LOOPBACK = "127.0.0.1"
SEARCHED = range(20_000, 32_000)
"""Below the ports of outgoing connections, one of which could else take the port between look-up and use."""
ATTEMPTS = 100


def free_port(preferred: int = 0) -> int:
    """Return ``preferred`` if nobody listens there, else (and for 0) a random free loopback port.

    The port is only looked up, not held: the caller must cope with losing it to somebody quicker. Raises
    ``OSError`` if none is found.
    """
    strangers = random.SystemRandom()
    candidates = chain([preferred] if preferred else [], iter(lambda: strangers.choice(SEARCHED), None))
    for port in islice(candidates, ATTEMPTS):
        if _is_free(port):
            return port
    raise OSError(f"no free loopback port found in {ATTEMPTS} tries of {SEARCHED.start}..{SEARCHED.stop - 1}")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # as the servers do: a port whose old connections linger in TIME_WAIT is free, one listened on is not
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
