"""Everything that is to be looked at before a start: a profile's checklist, and its gate where it has one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from connectors.profile_file import FOLDER, profile_named
from flows.checks.gate import gate_of
from flows.checks.ground import Ground
from flows.checks.items.commands_taken import admin_login, audit_works, ip_allowlist, kill_test
from flows.checks.items.failing_closed import fallback_without_model, guard_fails_closed
from flows.checks.items.history import canary_tested, chaos_reported, deciles_csv_there
from flows.checks.items.models_kept import models_trained, registry_complete, rollback_plan
from flows.checks.items.serving import api_health, metrics_arrive, public_offline, smoke_test
from flows.checks.items.watching import alerts_loaded, grafana, runbook_in_repository
from flows.checks.looking import Asked, Look, one_by_one
from flows.checks.measuring.measures import Line, lines
from flows.checks.measuring.where import Where
from flows.checks.quick import quick
from flows.checks.seen import Looked, Seen, State, exit_code, failed, manual, passed, unknown
from models.profiles.items import ITEMS
from models.profiles.profile import Profile

LIMIT_S = 300.0
"""More than a drill may take, which must come to its end."""
BEFORE = ("start", "go")
"""Gates of a profile that belong to its checklist."""


def postfix_check(ground: Ground) -> Seen:
    """The quick check passes."""
    found = quick(ground, ground.timeout_s)
    wrong = [f"{one.item}: {one.evidence}" for one in found if one.state != "passed"]
    code = exit_code(one.state for one in found)
    if code:
        return (failed if code == 1 else unknown)("; ".join(wrong), "levibot check quick")
    return passed(f"{len(found)} looks passed")


LOOKS: dict[str, Look] = {
    "admin_login": admin_login,
    "alerts_loaded": alerts_loaded,
    "api_health": api_health,
    "audit_works": audit_works,
    "canary_tested": canary_tested,
    "chaos_reported": chaos_reported,
    "deciles_csv": deciles_csv_there,
    "fallback_without_model": fallback_without_model,
    "grafana": grafana,
    "guard_fails_closed": guard_fails_closed,
    "ip_allowlist": ip_allowlist,
    "kill_test": kill_test,
    "metrics_arrive": metrics_arrive,
    "models_trained": models_trained,
    "postfix_check": postfix_check,
    "public_offline": public_offline,
    "registry_complete": registry_complete,
    "rollback_plan": rollback_plan,
    "runbook_in_repository": runbook_in_repository,
    "smoke_test": smoke_test,
}
"""How each automatic item of ``models.profiles.items`` is looked at."""


def profile_of(ground: Ground) -> Profile:
    """Return the profile that was asked for; raise ``ConfigError`` naming those there are."""
    return profile_named(ground.settings.rules_file.parent / FOLDER, ground.profile)


def asked(profile: Profile) -> list[Asked]:
    """Return the items of a profile's checklist in its order; those that a person looks at are ``manual``."""
    return [
        Asked(one.item, LOOKS.get(one.item, partial(_by_hand, one.item)), one.requirement)
        for one in profile.preflight
    ]


def _by_hand(item: str, ground: Ground) -> Seen:
    del ground
    return manual(ITEMS[item].meaning)


def full(ground: Ground, profile: Profile) -> Iterator[Looked]:
    """Yield the items of the checklist, then the criteria of the gate that is to hold before the start."""
    yield from one_by_one(asked(profile), ground, LIMIT_S)
    names = [name for name in BEFORE if name in profile.verdict]
    for name in names[:1]:
        yield from map(_line, lines(Where(ground, profile), gate_of(profile, name)))


def _line(line: Line) -> Looked:
    one, found = line.criterion, line.checked
    states: dict[str, State] = {"success": "passed", "fail": "failed"}
    value = "no data" if found.value is None else f"{found.value:.6g}"
    evidence = f"{one.metric} is {value}, wanted {one.op} {one.value:g}"
    do = "" if found.outcome == "success" else found.why
    return Looked(
        f"gate {one.name}", states.get(found.outcome, "unknown"), evidence, do, one.requirement, 0.0
    )
