"""One request to the gateway from its first check to its answer, which the audit knows first."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import Request

from api.gateway.audit import Outcome, Trail
from api.gateway.door import NO_SESSION
from api.gateway.gateway import Gateway
from api.gateway.refused import RefusedError
from api.http.answers import Json, refusal
from api.http.caller import address

Work = Callable[[Gateway, Request, Trail, bytes], Json]
"""Does what a request asks for, entering in the trail what becomes known of it; raises ``RefusedError``."""


def served(gateway: Gateway, request: Request, raw: bytes | RefusedError, work: Work) -> Json:
    """Return the answer to a request whose body was read, or was not."""
    trail = Trail(address(request), request.method, request.scope["path"], time.time_ns())
    try:
        gateway.door.come_near(request, trail)
        if isinstance(raw, RefusedError):
            raise raw
        answer = work(gateway, request, trail, raw)
    except RefusedError as error:
        # who only looks whether there is a session asks for nothing
        if request.method == "POST" or error.error != NO_SESSION or trail.hidden != [""]:
            gateway.audit.record(trail, _outcome(error.status), error.status, error.message)
        return refusal(error.status, error.error, error.message, error.headers, **{"ok": False} | error.more)
    except Exception:
        gateway.audit.record(trail, "failed", 500, "a defect of the API; its log has the details")
        raise
    if request.method == "POST":
        gateway.audit.record(trail, "repeat" if trail.repeat else "done", answer.status_code)
    return answer


def _outcome(status: int) -> Outcome:
    return "failed" if status >= 500 or status == 409 else "refused"
