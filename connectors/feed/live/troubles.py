"""What can go wrong with a connection: a word to count it by, a sentence for people, and whether to go on."""

from __future__ import annotations

import ssl

from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException

from connectors.feed.live.session import RefusedError, SessionError

TROUBLES = (OSError, WebSocketException, SessionError)
"""Everything that ends a connection or an attempt at one."""
_TRY_AGAIN = (408, 418, 425, 429)
_LONGEST_S = 3_600.0


def kind_of(error: BaseException) -> str:
    """Return a short word by which such troubles are counted."""
    if isinstance(error, SessionError):
        return error.kind
    if isinstance(error, InvalidStatus):
        return f"http {error.response.status_code}"
    if isinstance(error, ConnectionClosed):
        close = error.rcvd or error.sent
        return f"close {int(close.code)}" if close else "lost"
    if isinstance(error, TimeoutError):
        return "time-out"
    return "unreachable" if isinstance(error, OSError) else "handshake"


def told(error: BaseException) -> str:
    """Return what happened, for people."""
    if isinstance(error, InvalidStatus):
        return f"the server answers HTTP {error.response.status_code}"
    return str(error) or type(error).__name__


def hopeless(error: BaseException) -> bool:
    """Whether a first attempt that ended so would only end so again."""
    if isinstance(error, InvalidStatus):
        return 400 <= error.response.status_code < 500 and error.response.status_code not in _TRY_AGAIN
    return isinstance(error, RefusedError | InvalidURI | ssl.SSLCertVerificationError)


def asked_to_wait_s(error: BaseException) -> float:
    """Return how long a busy server asks to stay away (``Retry-After``), at most an hour; 0 without one."""
    if not isinstance(error, InvalidStatus):
        return 0.0
    asked = error.response.headers.get("Retry-After", "")
    return min(_LONGEST_S, float(asked)) if asked.isdecimal() else 0.0
