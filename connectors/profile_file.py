"""Reading a profile, and finding those there are: ``configs/profiles/*.yml``, beside the rules file.

What is wrong with a file is said in one line for each error: file, profile, field, and what it needs. Lists
of criteria may hold lists, so that a phase takes over those of another by a YAML alias and adds its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.config_file import ConfigError, read
from connectors.profile_shape import WrittenCriterion, WrittenProfile, flat
from models.profiles.checks import BadProfileError, check
from models.profiles.profile import Check, Criteria, Measure, Profile
from models.rollout.plan import Criterion, Phase, Plan
from models.rules.parsing import BadRuleError, parse_rules

FOLDER = "profiles"
"""Name of the folder of profiles, beside the rules file."""


def profile_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the profiles of a folder, in order; raise ``ConfigError`` where there is none."""
    found = tuple(sorted(path.stem for path in folder.glob("*.yml")))
    if not found:
        raise ConfigError(f"{folder}: no profiles: start in the folder that holds configs, or set RULES_FILE")
    return found


def profile_named(folder: Path, name: str) -> Profile:
    """Return a profile of a folder; raise ``ConfigError`` where there is none of that name, or a bad one."""
    known = profile_names(folder)
    if name not in known:
        raise ConfigError(f"there is no profile '{name}'; there are: {', '.join(known)}")
    return read_profile(folder / f"{name}.yml")


def read_profile(path: Path) -> Profile:
    """Return the profile of a file; raise ``ConfigError`` naming file, profile and field, if it is bad."""
    raw = read(path)
    where = f"{path}: profile '{path.stem}'"
    try:
        found = _profile(WrittenProfile.model_validate(raw), where)
        if found.name != path.stem:
            raise BadProfileError(f"name: must be '{path.stem}', as the file is called")
        check(found)
    except ValidationError as error:
        lines = [f"{_place(raw, one['loc'])}: {_needs(one['type'], one['msg'])}" for one in error.errors()]
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines)) from error
    except BadProfileError as error:
        raise ConfigError(f"{where}: {error}") from error
    except BadRuleError as error:
        raise ConfigError(str(error)) from error
    return found


def _profile(raw: WrittenProfile, where: str) -> Profile:
    phases = raw.rollout.phases
    for phase in phases:
        if phase.longest is not None and phase.longest < phase.dwell:
            raise BadProfileError(f"rollout.phases[{phase.name}].longest: must not be below its dwell")
    return Profile(
        name=raw.name,
        title=raw.title,
        source=raw.source,
        plan=_plan(raw),
        rules=parse_rules(raw.rules, where),
        verdict=_gates(raw.verdict),
        preflight=tuple(Check(**one.model_dump()) for one in raw.preflight),
        measures=tuple(
            Measure(one.name, one.cmd, one.args, one.why, one.requirement) for one in raw.measures
        ),
        grades=_gates(raw.grades),
        longest_s={phase.name: phase.longest for phase in phases if phase.longest is not None},
    )


def _plan(raw: WrittenProfile) -> Plan:
    of = raw.rollout
    phases = tuple(
        Phase(
            name=one.name,
            rollout=one.rollout,
            canary=one.canary,
            dwell_s=one.dwell,
            least_samples=one.least_samples,
            criteria=_criteria(one.criteria),
            approve=one.approve,
        )
        for one in of.phases
    )
    return Plan(raw.name, phases, of.check_every, of.fails, of.inconclusives, of.of, of.watch)


def _gates(raw: Mapping[str, list[WrittenCriterion]]) -> dict[str, Criteria]:
    return {name: _criteria(criteria) for name, criteria in raw.items()}


def _criteria(raw: list[WrittenCriterion]) -> Criteria:
    return tuple(Criterion(**one.model_dump()) for one in raw)


def _place(raw: Any, way: tuple[int | str, ...]) -> str:
    """Return a field as a path; an entry of a list by its name if it has one, else by its number."""
    found = ""
    for step in way:
        if isinstance(step, int):
            raw = flat(raw)[step]  # type: ignore[index]
            named = raw.get("name", raw.get("item")) if isinstance(raw, dict) else None
            found += f"[{named if isinstance(named, str) else step + 1}]"
        elif step != "[key]":
            found += f".{step}" if found else step
            raw = raw.get(step) if isinstance(raw, dict) else None
    return found or "the file"


_NEEDS = {
    "extra_forbidden": "is unknown",
    "missing": "is missing",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


def _needs(kind: str, message: str) -> str:
    told = message.removeprefix("Value error, ").replace("Input should", "must")
    return _NEEDS.get(kind, told)
