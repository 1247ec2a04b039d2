"""The tables of the runbook: every alert with its numbers, and the phases of every profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.rules_file import Outside
from flows.alerting.names import alert_name
from models.profiles.profile import Profile
from models.profiles.words import scope_name
from models.rules.page import done
from models.rules.rule import Rule, duration

_ALERTS = (
    "| alert | rule | when | for | severity | what is done by itself | from |\n|---|---|---|---|---|---|---|"
)
_PHASES = "| profile | phase | rollout | symbols | lasts | who ends it |\n|---|---|---|---|---|---|"


def alerts_table(base: Sequence[Rule], profiles: Sequence[Profile], outside: Sequence[Outside]) -> str:
    """Return every alert in Markdown, by name; a rule that profiles change stands once for each number."""
    rows: dict[tuple[str, str], list[str]] = {}
    for origin, rules in [("base", base), *((profile.name, profile.rules) for profile in profiles)]:
        for rule in rules:
            rows.setdefault((alert_name(rule.name), _row(rule)), []).append(origin)
    found = [(name, f"{row} | {', '.join(origins)} |") for (name, row), origins in rows.items()]
    found += [(one.alert, f"{_seen(one)} | Prometheus |") for one in outside]
    return "\n".join([_ALERTS, *(row for _, row in sorted(found))])


def phases_table(profiles: Sequence[Profile]) -> str:
    """Return the phases of every profile in Markdown, in order."""
    return "\n".join([_PHASES, *(row for profile in profiles for row in _phases(profile))])


def _row(rule: Rule) -> str:
    when = f"`{rule.metric}` of {scope_name(rule.scope)} {rule.op} {rule.value:,.10g}"
    for_s = duration(rule.for_s) if rule.for_s else ""
    link = _link(alert_name(rule.name))
    return f"| {link} | `{rule.name}` | {when} | {for_s} | {rule.severity} | {done(rule)}"


def _seen(one: Outside) -> str:
    for_s = duration(one.for_s) if one.for_s else ""
    return f"| {_link(one.alert)} | | {one.summary} | {for_s} | {one.severity} |"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _phases(profile: Profile) -> Iterator[str]:
    for phase in profile.plan.phases:
        longest = profile.longest_s.get(phase.name)
        lasts = duration(phase.dwell_s) + (f" to {duration(longest)}" if longest else "")
        ends = "a person, after a check that holds" if phase.approve else "a check that holds"
        symbols = ", ".join(phase.canary) or "all"
        yield f"| {profile.name} | {phase.name} | {phase.rollout} | {symbols} | {lasts} | {ends} |"
