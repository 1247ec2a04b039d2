"""The page of the profiles, ``docs/profiles.md``, from the profiles themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from models.profiles.items import ITEMS
from models.profiles.profile import Criteria, Profile
from models.profiles.words import needs, of_whom, scope_name, span
from models.rollout.plan import Phase
from models.rollout.worst_case import worst_case
from models.rules.page import done
from models.rules.rule import Rule, duration


def profiles_page(profiles: Sequence[Profile], base: tuple[Rule, ...]) -> str:
    """Return the page in Markdown; ``base``: the rules that hold under every profile."""
    parts = chain.from_iterable(_profile(profile, base) for profile in profiles)
    return "\n".join([_INTRODUCTION, *parts, ""])


def _profile(profile: Profile, base: tuple[Rule, ...]) -> Iterable[str]:
    worst = worst_case(profile.plan, profile.in_force(base))
    plan = profile.plan
    yield f"\n## {profile.name}\n\n{profile.title} (source {profile.source}). {of_whom(plan)}"
    yield (
        f"At its longest {span(worst.promote_s)} to the end of the last phase if every check succeeds, and "
        f"{span(worst.roll_back_s)} from a breach to the rollback.\n"
    )
    yield "| phase | rollout | symbols | lasts | samples | a person approves |\n|---|---|---|---|---|---|"
    yield from (_phase(profile, phase) for phase in plan.phases)
    yield "\n| of | criterion | metric | must be | critical | row |\n|---|---|---|---|---|---|"
    for phase in plan.phases:
        yield from _criteria(f"phase {phase.name}", phase.criteria)
    for kind, groups in (("gate", profile.verdict), ("grade", profile.grades)):
        for name, criteria in groups.items():
            yield from _criteria(f"{kind} {name}", criteria)
    yield "\n| rule | when | beyond | for | severity | what is done | row |\n|---|---|---|---|---|---|---|"
    yield from map(_rule, profile.rules)
    if profile.preflight:
        yield "\n| before the start | | who | row |\n|---|---|---|---|"
    for one in profile.preflight:
        item = ITEMS[one.item]
        who = "`levibot check full`" if item.automatic else "a person"
        yield f"| `{one.item}` | {item.meaning} | {who} | {one.requirement} |"
    if profile.measures:
        yield "\n| a person may send | why | row |\n|---|---|---|"
    for measure in profile.measures:
        told = ", ".join(f"{name} {value}" for name, value in measure.args.items())
        yield f"| `{measure.cmd}` ({told}) | {measure.why} | {measure.requirement} |"


def _phase(profile: Profile, phase: Phase) -> str:
    longest = profile.longest_s.get(phase.name)
    lasts = duration(phase.dwell_s) + (f" to {duration(longest)}" if longest else "")
    return (
        f"| {phase.name} | {phase.rollout} | {', '.join(phase.canary) or 'all'} | {lasts} "
        f"| {phase.least_samples:,} | {'yes' if phase.approve else ''} |"
    )


def _criteria(of: str, criteria: Criteria) -> Iterable[str]:
    for one in criteria:
        yield (
            f"| {of} | `{one.name}` | `{one.metric}` of {scope_name(one.scope)} | {needs(one)} "
            f"| {'yes' if one.critical else ''} | {one.requirement or 'ours'} |"
        )


def _rule(rule: Rule) -> str:
    page = rule.runbook.removeprefix("docs/")
    return (
        f"| [`{rule.name}`]({page}) | `{rule.metric}` of {scope_name(rule.scope)} "
        f"| {rule.op} {rule.value:,.10g} | {duration(rule.for_s) if rule.for_s else ''} | {rule.severity} "
        f"| {done(rule)} | {rule.requirement or 'ours'} |"
    )


_INTRODUCTION = """# Profiles

A profile is a way of going live as data: the rules that are watched, the phases of the rollout with what must
be shown in each, the gates at the end, and what is looked at before. The source of this page is
`configs/profiles/`; `levibot profiles` prints them, and `levibot profiles check FILE` reads one as the
product does and names what is wrong in it. A row number (S096) is that of the owner's requirement from which
a number and its operator are taken; an operator is as strict as it is written. "Ours" is what the owner left
open.

- A **phase** is left when it has lasted for its time of the log (time paused or suspended does not count),
  has had its effective samples (outcomes that do not overlap), and all its critical criteria hold at a check;
  where a person must approve, after that as well. No phase is skipped.
- A **check** looks at every criterion. Each is success, fail, inconclusive (fewer samples than it needs),
  error or no data, counted apart. So many fails in a row of one critical criterion roll back; so many checks
  in a row without a finding pause, until there is one again.
- A **gate** is asked for by its name (`levibot go-nogo`); one without data is not passed.
- **Rules** are those of [rules](rules.md). A profile adds its own; one of the same name takes the place of
  the base's. A rule waits for no check: it acts as soon as it has held for its time.
- The **rollout** is exactly one of preview, 0, 0.1, 0.5 and 1.0. Canary symbols are allowed alone.

Of the gates of the marathon, `checks` are the five that are counted. To be promoted, the challenger must pass
all of `promote`; where it fails one of `keep`, it is rolled back; in all other cases the run is extended, to
the longest time of its phase. `ready` and `targets` are told beside that."""
