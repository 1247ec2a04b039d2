"""Commands: that a kill is taken in, that what is sent leaves a trace, that not everybody may send."""

from __future__ import annotations

from connectors.kafka.monitor_log import newest
from flows.checks.ground import Ground
from flows.checks.seen import Seen, failed, manual, passed, unknown
from flows.sending import ME, delivered, new_command
from models.guard.records import AUDIT

REASON = "drill of levibot check"
TAKEN_WITHIN_S = 120.0
"""S119: from the kill to the last shard."""
LOGIN = "/auth/admin/login"
COMMANDS = 1_000


def kill_test(ground: Ground) -> Seen:
    """A kill is taken in by every shard, and the un-kill after it; tried only where a drill is asked for."""
    if not ground.drill:
        return manual("add --drill: every signal becomes HOLD for about a second")
    killed = [key for key, head in ground.heads().items() if not head["gone"] and head["desk"]["killed"]]
    if killed:
        return unknown(f"{', '.join(killed)} is killed already, and the drill would un-kill it")
    try:
        took, silent = _sent(ground, "kill")
    finally:  # whatever became of it, signals must not stay killed
        back, still = _sent(ground, "unkill")
    if silent:
        return failed(f"no acknowledgement of the kill by {silent}", "levibot doctor")
    if still:
        return failed(f"still killed: {still}", "levibot control unkill --wait --reason WHY")
    return passed(
        f"killed within {took:.0f} ms, un-killed within {back:.0f} ms, every shard acknowledged both"
    )


def _sent(ground: Ground, cmd: str) -> tuple[float, str]:
    command = new_command(cmd, {"reason": REASON}, ME)
    answer = delivered(ground.settings, command, TAKEN_WITHIN_S)
    assert answer is not None
    acks, missing = answer
    return max((ack.ms for ack in acks), default=0.0), ", ".join(shard.key for shard in missing)


def audit_works(ground: Ground) -> Seen:
    """Among the last commands one was accepted and one refused, and both left a record."""
    if not ground.has_topic(AUDIT):
        return unknown(f"there is no topic {AUDIT}", "levibot topics create; levibot run guard")
    found = list(
        newest(ground.settings, AUDIT, COMMANDS, lambda body: body["event"] == "command", lambda _: None)
    )
    accepted = sum(bool(body["accepted"]) for body in found)
    refused = len(found) - accepted
    told = f"{accepted} accepted and {refused} refused commands on record"
    if accepted and refused:
        return passed(told)
    return failed(told, "send one with the right ADMIN_SECRET and one with a wrong one; levibot run guard")


def admin_login(ground: Ground) -> Seen:
    """A login with a wrong key is refused."""
    if not _has_gateway(ground):
        return unknown("the API offers no commands over HTTP", "levibot control sends them, signed")
    status = ground.api.post(LOGIN, {"key": "wrong, by levibot check"}).status
    if status in (401, 403, 429):
        return passed(f"a wrong key is answered {status}")
    return failed(f"a wrong key is answered {status}", "set ADMIN_KEY and ADMIN_SECRET")


def ip_allowlist(ground: Ground) -> Seen:
    """Only from an address that is not allowed can it be seen that it gets 403."""
    if not _has_gateway(ground):
        return unknown("the API offers no commands over HTTP, so that there is nothing to allow")
    return manual(f"ask {ground.api.url}{LOGIN} from an address outside the list: it must answer 403")


def _has_gateway(ground: Ground) -> bool:
    return LOGIN in ground.api.get("/openapi.json").json["paths"]
