"""From where a request comes: the address of the peer, or what a trusted proxy says of it.

A proxy appends whom it heard to ``X-Forwarded-For``, so only the right end of that list can be believed:
the caller is the right-most address that is not a trusted proxy's. What stands left of it anybody may have
written.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Networks = tuple[IPv4Network | IPv6Network, ...]

UNKNOWN = "unknown"
"""The caller where no address can be made out; it is in no network."""


def address(request: Request) -> str:
    """Return the caller's IP address, an IPv4 one in its own form, or ``UNKNOWN``."""
    trusted: str = request.app.state.context.settings.trusted_proxies
    peer = request.client.host if request.client else ""
    hops = [hop for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")]
    return caller(peer, hops, networks(trusted))


def caller(peer: str, hops: list[str], trusted: Networks) -> str:
    """Return the right-most of ``hops`` and ``peer`` that is not trusted, else the left-most of them."""
    found = _plain(peer)
    for hop in reversed(hops):
        if not is_within(found, trusted):
            break
        found = _plain(hop.strip())
    return found


def is_behind_https(request: Request) -> bool:
    """Return whether the caller speaks https, to this server or to a trusted proxy in front of it."""
    trusted: str = request.app.state.context.settings.trusted_proxies
    peer = request.client.host if request.client else ""
    if is_within(_plain(peer), networks(trusted)) and "x-forwarded-proto" in request.headers:
        return request.headers["x-forwarded-proto"].strip().lower() == "https"
    return bool(request.scope["scheme"] == "https")


def is_within(text: str, allowed: Networks) -> bool:
    """Return whether an address is in one of the networks; what is no address is in none."""
    try:
        found = ip_address(text)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in allowed)


@lru_cache(maxsize=16)
def networks(listed: str) -> Networks:
    """Return the networks of a comma-separated list; raises ``ValueError`` where one is none."""
    parts = filter(None, map(str.strip, listed.split(",")))
    return tuple(ip_network(part, strict=False) for part in parts)


def _plain(text: str) -> str:
    """Return an address in its one form: an IPv4 address that came as an IPv6 one is an IPv4 address."""
    try:
        found: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return UNKNOWN
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
