"""Every number of the owner's is in its profile, as strict as it was written, with its row beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from profiles.owners_numbers import NUMBERS, RANGES, WITHOUT_A_NUMBER

from connectors.profile_file import profile_named
from models.profiles.profile import Profile

CONFIGS = Path(__file__).parents[2] / "configs"
FILES = {"base": "rules.yml", "flags": "flags.yaml"}
PROFILES = ("golive", "runbook", "spark", "marathon", "enterprise")


@cache
def profile(name: str) -> Profile:
    """Return a profile of the product."""
    return profile_named(CONFIGS / "profiles", name)


def found(of: str, place: str) -> tuple[str, Any, str | None]:
    """Return operator, number and rows of a place; rows None where a number stands without any."""
    if of in FILES:
        raw = yaml.safe_load((CONFIGS / FILES[of]).read_text(encoding="utf-8"))
        raw = raw["flags"] if of == "flags" else raw
        for step in place.split("."):
            raw = raw[step]
        return "", raw, None
    kind, name, *field = place.split(".")
    return {"rules": _rule, "measures": _measure, "rollout": _rollout, "phases": _phase}.get(kind, _group)(
        profile(of), kind, name, *field
    )


def _rule(of: Profile, _: str, name: str, field: str = "") -> tuple[str, Any, str]:
    [rule] = [rule for rule in of.rules if rule.name == name]
    if not field:
        return rule.op, rule.value, rule.requirement
    return "", rule.for_s if field == "for" else rule.args[field], rule.requirement


def _measure(of: Profile, _: str, name: str) -> tuple[str, Any, str]:
    [one] = [one for one in of.measures if one.name == name]
    number = next(one.args[key] for key in ("value", "phase", "parts") if key in one.args)
    return "", " ".join(map(str, number)) if isinstance(number, list) else number, one.requirement


def _rollout(of: Profile, _: str, name: str) -> tuple[str, Any, None]:
    return "", {"check_every": of.plan.check_every_s, "watch": of.plan.watch_s}[name], None


def _phase(of: Profile, _: str, name: str, field: str) -> tuple[str, Any, str | None]:
    [phase] = [phase for phase in of.plan.phases if phase.name == name]
    alone = {"dwell": phase.dwell_s, "longest": of.longest_s.get(name), "rollout": phase.rollout}
    return ("", alone[field], None) if field in alone else _criterion(phase.criteria, field)


def _group(of: Profile, kind: str, name: str, criterion: str) -> tuple[str, Any, str]:
    return _criterion(getattr(of, kind)[name], criterion)


def _criterion(criteria: Any, name: str) -> tuple[str, Any, str]:
    [one] = [one for one in criteria if one.name == name]
    return one.op, one.value, one.requirement


@pytest.mark.parametrize(("row", "of", "place", "op", "number"), NUMBERS)
def test_a_number_is_where_it_belongs(row: str, of: str, place: str, op: str, number: Any) -> None:
    """With its operator, and its row named beside it."""
    operator, value, rows = found(of, place)
    assert (op, number) == (operator, value)
    assert rows is None or row in rows.split(", ")


def test_every_row_has_its_numbers_in_the_table() -> None:
    """All of the ranges, but those that give no number."""
    wanted = {f"S{row:03}" for first, last in RANGES for row in range(first, last + 1)}
    assert wanted - {row for row, *_ in NUMBERS} == WITHOUT_A_NUMBER


@pytest.mark.parametrize("name", PROFILES)
def test_a_row_that_a_profile_names_gives_that_number(name: str) -> None:
    """No profile claims a requirement for a number that is not the requirement's."""
    of = profile(name)
    known = {(row, *found(name, place)[:2]) for row, in_profile, place, *_ in NUMBERS if in_profile == name}
    named = {
        (row, one.op, one.value)
        for one in (*of.rules, *of.criteria)
        for row in filter(None, one.requirement.split(", "))
    }
    assert named - known == set()


def test_a_loss_near_the_limit_is_the_owners_180_usd() -> None:
    """Nine tenths of the flag as it starts."""
    limit = found("flags", "max_daily_loss")[1]
    assert found("runbook", "rules.daily_loss_near")[1] * limit == -180


def test_the_canary_symbols_are_the_owners() -> None:
    """Two of the runbook, one of the phased rollout, all others every symbol."""
    symbols = {(name, phase.name): phase.canary for name in PROFILES for phase in profile(name).plan.phases}
    assert {key: value for key, value in symbols.items() if value} == {
        ("runbook", "canary"): ("BTCUSDT", "ETHUSDT"),
        ("spark", "canary"): ("BTCUSDT",),
        ("enterprise", "soak"): ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "ADAUSDT"),
    }


def test_which_gates_have_an_unimportant_criterion() -> None:
    """Only the marathon's five checks: all but the number of shadow trades are critical."""
    spared = {
        (name, gate, one.name)
        for name in PROFILES
        for gate, criteria in profile(name).verdict.items()
        for one in criteria
        if not one.critical
    }
    assert spared == {("marathon", "checks", "shadow_trades")}


def test_only_the_marathon_is_of_a_challenger() -> None:
    """The other profiles bring out the model in use."""
    assert {name: profile(name).plan.of for name in PROFILES if profile(name).plan.of != "model"} == {
        "marathon": "challenger"
    }
