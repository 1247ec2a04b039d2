"""Whether a browser sent a request on behalf of a page that is not ours (cross-site request forgery).

The cookie is ``SameSite=Strict``, so that a browser does not send it from other sites. Beside that, a
browser says from where a request comes in ``Sec-Fetch-Site`` and ``Origin``, which no page can change;
programs send neither.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

_OURS = ("same-origin", "none")
_PORTS = {"http": 80, "https": 443}


def is_foreign(headers: Headers, scheme: str) -> bool:
    """Return whether a browser says that a request comes from elsewhere; ``scheme`` is the caller's."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _OURS:
        return True
    if "origin" not in headers:
        return False
    place = _place(headers["origin"])
    return place is None or place != _place(f"{scheme}://{headers.get('host', '')}")


def _place(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port, None where it is no origin."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
