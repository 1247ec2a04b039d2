"""The profiles of the product beside the base rules: overriding, runbook, commands, worst-case times."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules.written import rule

from connectors.profile_file import profile_named, profile_names
from connectors.rules_file import reactions
from models.control.commands import Command, check
from models.profiles.items import ITEMS
from models.profiles.profile import Measure, Profile
from models.profiles.words import span
from models.rollout.plan import Plan
from models.rollout.sound import require_sound
from models.rollout.worst_case import worst_case
from models.rules.rule import Rule
from models.shadow.sequential import ALPHA

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "configs" / "profiles"
BASE = reactions(ROOT / "configs" / "rules.yml")
PROFILES = [profile_named(FOLDER, name) for name in profile_names(FOLDER)]
RULES = [(profile.name, one) for profile in PROFILES for one in profile.rules]
MEASURES = [one for profile in PROFILES for one in profile.measures]

NAMES = [f"{name}: {one.name}" for name, one in RULES]
every_rule = pytest.mark.parametrize("one", [one for _, one in RULES], ids=NAMES)


def test_there_are_five() -> None:
    """One for each document of the owner's."""
    assert [profile.name for profile in PROFILES] == ["enterprise", "golive", "marathon", "runbook", "spark"]
    assert len({profile.source for profile in PROFILES}) == 5


def test_a_rule_of_the_same_name_takes_the_place_of_the_bases() -> None:
    """In its place; others come behind."""
    own = (rule(name="b", value=0.5), rule(name="d"))
    profile = Profile(name="p", title="", source="", plan=Plan("p", (), 60, 1, 1), rules=own)
    found = profile.in_force((rule(name="a"), rule(name="b"), rule(name="c")))
    assert [(one.name, one.value) for one in found] == [("a", 0.3), ("b", 0.5), ("c", 0.3), ("d", 0.3)]


def test_a_base_rule_is_replaced_by_one_on_the_same_metric() -> None:
    """Else one name would mean two things."""
    base = {one.name: one for one in BASE}
    replaced = [(one, base[one.name]) for _, one in RULES if one.name in base]
    assert len(replaced) == 22
    assert {
        one.name for one, other in replaced if (one.metric, one.scope) != (other.metric, other.scope)
    } == set()


@every_rule
def test_a_rule_has_its_page_of_the_runbook(one: Rule) -> None:
    """With what it means and how it ends."""
    page, _, anchor = one.runbook.partition("#")
    text = (ROOT / page).read_text(encoding="utf-8")
    section = re.search(rf"^### {anchor}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL | re.IGNORECASE)
    assert section is not None
    assert "**Means**" in section[1] and "**Ends**" in section[1]


@every_rule
def test_a_rule_that_acts_alerts_and_is_as_severe_as_what_it_does(one: Rule) -> None:
    """A kill or a rollback is P0 and red; nothing is done in silence."""
    stops = {"kill", "rollback"} & set(one.actions)
    assert "alert" in one.actions
    assert bool(stops) == (one.severity == "P0")
    assert one.level == ("RED" if one.severity in ("P0", "P1") else "YELLOW")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.name)
def test_a_measure_is_a_command_that_a_person_may_send(measure: Measure) -> None:
    """Checked as the shards check it."""
    command = Command(id="1", ts=0, actor="me", n=0, role="admin", cmd=measure.cmd, args=measure.args)
    check(command)


def test_every_item_of_a_checklist_is_of_some_profile() -> None:
    """None is described for nothing."""
    assert {one.item for profile in PROFILES for one in profile.preflight} == set(ITEMS)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_the_phases_widen_up_to_all(profile: Profile) -> None:
    """But the marathon's, whose challenger is promoted behind its one phase."""
    require_sound(profile.plan)
    last = profile.plan.phases[-1]
    assert (last.rollout, last.canary) == ((0.1, ()) if profile.name == "marathon" else (1.0, ()))
    assert all(
        phase.criteria and phase.dwell_s >= profile.plan.check_every_s for phase in profile.plan.phases
    )


def test_the_worst_case_of_each_profile() -> None:
    """Dwell times plus what checks and approvals add; rollbacks by fails in a row or by the longest rule."""
    times = {one.name: worst_case(one.plan, one.in_force(BASE))[:2] for one in PROFILES}
    assert {name: (span(up), span(back)) for name, (up, back) in times.items()} == {
        "enterprise": ("25h 10m", "30m"),  # 24 h + 1 h, a check and an approval
        "golive": ("2h 10m", "30m"),
        "marathon": ("48h 10m", "30m"),  # a check, and the verdict
        "runbook": ("1h 25m", "30m"),
        "spark": ("31h 1m", "1h"),  # 4 h + 1 h + 2 h + 24 h; sixty checks of a minute
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (61, "1m 1s"), (3_600, "1h"), (3_601, "1h 1m"), (93_784, "26h 4m"),
     (86_399, "24h"), (604_800, "168h")],
)  # fmt: skip
def test_a_span_is_rounded_up(seconds: int, text: str) -> None:
    """To minutes above an hour."""
    assert span(seconds) == text


def test_a_challenger_is_called_worse_at_the_level_of_the_test_itself() -> None:
    """The criterion's number is the one for which the rate of false alarms is shown."""
    [marathon] = [profile for profile in PROFILES if profile.name == "marathon"]
    [one] = [one for one in marathon.plan.phases[0].criteria if one.metric == "shadow.worse_p"]
    assert (one.op, one.value, one.critical) == (">", ALPHA, True)
