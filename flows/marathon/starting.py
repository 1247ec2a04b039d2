"""The seven steps in which a marathon is started (S098); each must pass before the next is tried."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from connectors.redis.reader import RedisDownError, ViewReader
from flows.checks.full import asked
from flows.checks.gate import go_no_go
from flows.checks.ground import Ground
from flows.checks.looking import one_by_one
from flows.checks.quick import quick
from flows.checks.seen import Looked, exit_code
from flows.sending import delivered, new_command
from models.profiles.profile import Profile
from models.rollout.plan import CONCLUSIVE
from models.scoring.ensemble import ENSEMBLE

RUNNING_WITHIN_S = 30.0
LOOK_EVERY_S = 0.5


class Wanted(NamedTuple):
    """What is asked for."""

    challenger: str  # to be selected first, empty for the one that is
    hours: float | None
    literal: bool
    actor: str
    timeout_s: float


class Step(NamedTuple):
    """What came of a step; ``code`` 0: it passed, 1: it did not, 2: it could not be tried."""

    number: int
    name: str
    code: int
    told: str


def start(ground: Ground, profile: Profile, wanted: Wanted) -> Iterator[Step]:
    """Yield the steps as they come to their end; the first that does not pass is the last."""
    steps: list[tuple[str, Callable[[], tuple[int, str]]]] = [
        ("last critical check", lambda: _critical(ground, profile)),
        ("go-live checklist", lambda: _checklist(ground, profile)),
        ("drift check", lambda: _gate(ground, profile)),
        ("ensemble weights", lambda: _weights(ground)),
        ("canary on", lambda: _canary(ground, profile, wanted)),
        ("API", lambda: _pulse(ground)),
        ("monitoring", lambda: _running(ground)),
    ]
    for number, (name, do) in enumerate(steps, 1):
        step = Step(number, name, *do())
        yield step
        if step.code:
            return


def _critical(ground: Ground, profile: Profile) -> tuple[int, str]:
    """Calibration, policy and registry of what is to run."""
    needed = [one for one in asked(profile) if one.item in ("registry_complete", "models_trained")]
    return _all(list(one_by_one(needed, ground, ground.timeout_s)))


def _checklist(ground: Ground, profile: Profile) -> tuple[int, str]:
    return _all(list(one_by_one(asked(profile), ground, ground.timeout_s)))


def _all(found: list[Looked]) -> tuple[int, str]:
    open_ = [f"{one.item}: {one.evidence}" for one in found if one.state in ("failed", "unknown")]
    by_hand = [one.item for one in found if one.state == "manual"]
    told = "; ".join(open_) or f"{len(found) - len(by_hand)} passed"
    more = f"; by hand: {', '.join(by_hand)}" if by_hand else ""
    return exit_code(one.state for one in found), told + more


def _gate(ground: Ground, profile: Profile) -> tuple[int, str]:
    """The gate ``start``; a model that has just begun has no drift to tell of yet."""
    found = go_no_go(ground, profile, "start")
    lost = [one for one in found.lines if one.checked.outcome == "fail"]
    failed = [f"{one.criterion.name}: {one.checked.why}" for one in lost]
    unknown = [one.criterion.name for one in found.lines if one.checked.outcome not in CONCLUSIVE]
    told = "; ".join(failed) or (f"nothing is known yet of {', '.join(unknown)}" if unknown else found.answer)
    return int(bool(failed)), told


def _weights(ground: Ground) -> tuple[int, str]:
    desk = _guard(ground)["desk"]
    if ENSEMBLE in (desk["model"], desk["challenger"]):
        return 0, "the guard tunes them each hour, and leaves them alone in the first day of the run"
    return 0, "no ensemble is in use"


def _canary(ground: Ground, profile: Profile, wanted: Wanted) -> tuple[int, str]:
    """Select the challenger, then let the guard start the profile."""
    if wanted.challenger:
        code, told = _sent(ground, wanted, "model.select", name=wanted.challenger, **{"as": "challenger"})
        if code:
            return code, told
    args: dict[str, Any] = {"profile": profile.name}
    args |= {"hours": wanted.hours} if wanted.hours else {}
    args |= {"literal": True} if wanted.literal else {}
    return _sent(ground, wanted, "rollout.start", **args)


def _sent(ground: Ground, wanted: Wanted, cmd: str, **args: Any) -> tuple[int, str]:
    found = delivered(ground.settings, new_command(cmd, args, wanted.actor), wanted.timeout_s)
    acks, silent = found or ([], [])
    refused = [ack.refusal for ack in acks if ack.refusal]
    if silent:
        return 2, f"{cmd}: no answer from {', '.join(shard.key for shard in silent)}"
    return int(bool(refused)), "; ".join(refused) or f"{cmd}: taken in by {len(acks)} shards"


def _pulse(ground: Ground) -> tuple[int, str]:
    """Nothing is to be started again: what it shows follows the commands."""
    return _all(quick(ground))


def _running(ground: Ground) -> tuple[int, str]:
    deadline = time.monotonic() + RUNNING_WITHIN_S
    while time.monotonic() < deadline:
        rollout = _guard(ground)["rollout"]
        if rollout["state"] not in ("idle", "rolled_back", "finished"):
            return 0, f"run {rollout['run']}, phase {rollout['phase']}; levibot marathon status"
        time.sleep(LOOK_EVERY_S)
    return 2, "the guard has not started it; see the topic rollout for a refusal, and levibot run guard"


def _guard(ground: Ground) -> dict[str, Any]:
    reader = ViewReader(ground.settings.redis_url)
    try:
        found = reader.guard()
    finally:
        reader.close()
    if found is None:
        raise RedisDownError("no guard has published anything: levibot run guard")
    return found
