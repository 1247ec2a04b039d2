"""What a checklist has found, as the API's ``/api/public/smoke-last`` shows it."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.redis.smoke import write_smoke
from flows.checks.ground import Ground
from flows.checks.seen import Looked, exit_code


def publish(ground: Ground, command: str, found: Sequence[Looked]) -> bool:
    """Put the outcome into the read model and return whether it is there; without Redis it is not.

    ``ok`` as the command's exit code: nothing failed, and everything could be looked at.
    """
    items = [{"name": one.item, "outcome": one.state, "seen": one.evidence} for one in found]
    ok = exit_code(one.state for one in found) == 0
    body = {"ok": ok, "at": ground.clock(), "command": command, "items": items}
    return write_smoke(ground.settings.redis_url, body)
