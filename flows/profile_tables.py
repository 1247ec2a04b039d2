"""Profiles as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from models.profiles.items import ITEMS
from models.profiles.profile import Criteria, Profile
from models.profiles.words import needs, of_whom, scope_name, span
from models.rollout.worst_case import worst_case
from models.rules.page import done
from models.rules.rule import Rule, duration

NARROW = ("phase", "lasts", "criterion", "rule", "for", "must be", "beyond", "name", "item", "row")
"""Columns that are not wrapped."""


def listing(profiles: Sequence[Profile], base: tuple[Rule, ...]) -> Table:
    """Return a line for each profile."""
    table = _table("", "name", "what", "phases", "to the end", "to the rollback")
    for profile in profiles:
        worst = worst_case(profile.plan, profile.in_force(base))
        phases = " → ".join(phase.name for phase in profile.plan.phases)
        table.add_row(profile.name, profile.title, phases, span(worst.promote_s), span(worst.roll_back_s))
    table.caption = "longest times; levibot profiles show NAME has the sums"
    table.caption_justify = "left"
    return table


def shown(profile: Profile, base: tuple[Rule, ...]) -> Iterable[RenderableType]:
    """Return a profile part by part."""
    yield f"[bold]{profile.name}[/]: {profile.title} (source {profile.source}). {of_whom(profile.plan)}"
    worst = worst_case(profile.plan, profile.in_force(base))
    yield f"Longest to the end of the last phase: {span(worst.promote_s)}"
    yield from (f"  {escape(why)}" for why in worst.promote_why)
    yield f"Longest from a breach to the rollback: {span(worst.roll_back_s)}"
    yield from (f"  {escape(why)}" for why in worst.roll_back_why)
    yield _phases(profile)
    for phase in profile.plan.phases:
        yield _criteria(f"phase {phase.name}", phase.criteria)
    for name, criteria in profile.verdict.items():
        yield _criteria(f"gate {name}", criteria)
    for name, criteria in profile.grades.items():
        yield _criteria(f"grades of {name}", criteria)
    yield _rules(profile)
    if profile.preflight:
        yield _checklist(profile)
    if profile.measures:
        yield _measures(profile)


def _phases(profile: Profile) -> Table:
    table = _table("phases", "phase", "rollout", "symbols", "lasts", "samples", "approved by a person")
    for phase in profile.plan.phases:
        longest = profile.longest_s.get(phase.name)
        lasts = duration(phase.dwell_s) + (f" to {duration(longest)}" if longest else "")
        symbols = ", ".join(phase.canary) or "all"
        samples, approved = str(phase.least_samples), "yes" if phase.approve else ""
        table.add_row(phase.name, str(phase.rollout), symbols, lasts, samples, approved)
    return table


def _criteria(title: str, criteria: Criteria) -> Table:
    table = _table(title, "", "criterion", "metric", "of", "must be", "row")
    for one in criteria:
        dot = "•" if one.critical else ""
        table.add_row(dot, one.name, one.metric, scope_name(one.scope), needs(one), one.requirement)
    return table


def _rules(profile: Profile) -> Table:
    table = _table("rules", "rule", "metric", "of", "beyond", "for", "", "what is done", "row")
    for rule in profile.rules:
        sustained = duration(rule.for_s) if rule.for_s else ""
        table.add_row(
            rule.name, rule.metric, scope_name(rule.scope), f"{rule.op} {rule.value:,.10g}", sustained,
            rule.severity, done(rule), rule.requirement,
        )  # fmt: skip
    return table


def _checklist(profile: Profile) -> Table:
    table = _table("before the start", "item", "what", "who", "row")
    for one in profile.preflight:
        item = ITEMS[one.item]
        who = "levibot check full" if item.automatic else "a person"
        table.add_row(one.item, item.meaning, who, one.requirement)
    return table


def _measures(profile: Profile) -> Table:
    table = _table("a person may send", "command", "arguments", "why", "row")
    for one in profile.measures:
        told = ", ".join(f"{name} {value}" for name, value in one.args.items())
        table.add_row(one.cmd, escape(told), one.why, one.requirement)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), expand=False)
    for name in columns:
        table.add_column(name, no_wrap=name in NARROW, overflow="fold")
    return table
