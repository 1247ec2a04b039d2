"""Prometheus' rule files as text: the alerts in use, and those of each profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from connectors.rules_file import Outside
from flows.alerting.expressions import OUTSIDE, RULES, Expression
from flows.alerting.names import alert_name
from models.profiles.profile import Profile
from models.rules.rule import Rule, duration

Plain = dict[str, Any]

DEFAULT = ("golive", "runbook")
"""Profiles whose alerts stand beside the base's in the file that is loaded unless told otherwise."""
_HEAD = """# Written by `python -m docs.render` from configs/; change the numbers there.
# {what}
# A rule's own time is `for`. No data, no alert: what is down is told of by the group "outside".
"""


def alerts_file(base: Sequence[Rule], profiles: Sequence[Profile], outside: Sequence[Outside]) -> str:
    """Return ``alerts.yml``: the base rules, those of the two profiles above, and what is seen from outside.

    The last of one name stands; a group for each origin.
    """
    chosen = [profile for profile in profiles if profile.name in DEFAULT]
    last = {rule.name: origin for origin, rules in _origins(base, chosen) for rule in rules}
    groups = [
        _group(origin, [rule for rule in rules if last[rule.name] == origin])
        for origin, rules in _origins(base, chosen)
    ]
    what = f"Base rules with those of {' and '.join(DEFAULT)}; the other profiles are in profiles/."
    return _text(what, [*groups, _outside(outside)])


def profile_file(profile: Profile, base: tuple[Rule, ...], outside: Sequence[Outside]) -> str:
    """Return the file of one profile, to be loaded in place of ``alerts.yml``: all rules in force there."""
    what = f"All alerts under the profile {profile.name}: load it in place of alerts.yml."
    return _text(what, [_group(profile.name, profile.in_force(base)), _outside(outside)])


def alert(rule: Rule, profile: str) -> Plain:
    """Return the alert of a rule."""
    found = RULES[rule.metric, rule.scope]
    name = alert_name(rule.name)
    body = _alert(name, found, rule.op, rule.value, rule.for_s, rule.severity, rule.runbook)
    body["labels"] |= {"level": rule.level, "rule": rule.name, "profile": profile}
    body["annotations"]["description"] += f" Actions of the guard: {', '.join(rule.actions)}."
    return body


def _outside(outside: Iterable[Outside]) -> Plain:
    return {"name": "levibot-outside", "rules": [_seen(one) for one in outside]}


def _seen(one: Outside) -> Plain:
    body = _alert(one.alert, OUTSIDE[one.watch], one.op, one.value, one.for_s, one.severity, one.runbook)
    body["labels"] |= {"level": "RED" if one.severity in ("P0", "P1") else "YELLOW"}
    body["annotations"]["summary"] = one.summary
    return body


def _alert(
    name: str, of: Expression, op: str, value: float, for_s: int, severity: str, runbook: str
) -> Plain:
    bound = f"{value:.10g}"
    beyond = f"({of.value}) {op} {bound}"
    whose = f" of {of.of}" if of.of else ""
    lasted = f" for {duration(for_s)}" if for_s else ""
    return {
        "alert": name,
        "expr": f"({beyond}) unless ({of.value} <= {of.limit})" if of.limit else beyond,
        "for": duration(for_s),
        "labels": {"severity": severity},
        "annotations": {
            "summary": f"{name}{whose}: {op} {bound}{lasted}",
            "description": f"The value{whose} is {of.shown}; the rule holds at {op} {bound}{lasted}.",
            "runbook_url": runbook,
        },
    }


def _origins(base: Sequence[Rule], profiles: Iterable[Profile]) -> list[tuple[str, Sequence[Rule]]]:
    return [("base", base), *((profile.name, profile.rules) for profile in profiles)]


def _group(origin: str, rules: Iterable[Rule]) -> Plain:
    return {"name": f"levibot-{origin}", "rules": [alert(rule, origin) for rule in rules]}


def _text(what: str, groups: Iterable[Plain]) -> str:
    told = [group for group in groups if group["rules"]]
    return _HEAD.format(what=what) + yaml.safe_dump(
        {"groups": told}, sort_keys=False, width=160, allow_unicode=True
    )
