"""From the section ``reactions`` of a rules file to rules, or an error that names file, rule and field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from models.rules.metrics import METRICS, SCOPES
from models.rules.rule import ACTIONS, OPS, SEVERITIES, UNITS, Rule


class BadRuleError(ValueError):
    """A rule is not one; the message names the file, the rule and the field, and says what it needs."""


_LARGEST = 2**53
NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_DURATION = re.compile(r"(\d{1,6})([smhd])")
REQUIREMENT = re.compile(r"(S\d{3}(, S\d{3})*)?")
RUNBOOK = re.compile(r"docs/runbook\.md#[a-z0-9-]+")
_TIGHTEN: dict[str, tuple[str, Callable[[float], bool]]] = {
    "entry": ("from 0 to below 1, what is added", lambda v: 0 <= v < 1),
    "exit": ("above -1 to 0, what is added", lambda v: -1 < v <= 0),
}


def parse_rules(raw: object, where: str) -> tuple[Rule, ...]:
    """Return the rules of a list of plain dicts in their order; ``where`` is the file for the errors."""
    if not isinstance(raw, list):
        raise BadRuleError(f"{where}: 'reactions' must be a list of rules")
    rules = tuple(_rule(entry, where, place) for place, entry in enumerate(raw, 1))
    for i, rule in enumerate(rules):
        if rule.name in {other.name for other in rules[:i]}:
            raise BadRuleError(f"{where}: rule '{rule.name}': field 'name' is that of a rule above")
    return rules


def parse_duration(text: object) -> int:
    """Return the seconds of a duration such as ``0s``, ``3m``, ``3h``; raise ``ValueError`` otherwise."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be a duration such as 0s, 3m or 3h")
    return int(found[1]) * UNITS[found[2]]


def _rule(raw: object, where: str, place: int) -> Rule:
    if not isinstance(raw, Mapping):
        raise BadRuleError(f"{where}: rule {place} is no mapping of fields")
    named = f"{where}: rule {raw['name']!r}" if isinstance(raw.get("name"), str) else f"{where}: rule {place}"
    known = [*_FIELDS, "args", "requirement"]
    for name in raw:
        if name not in known:
            raise BadRuleError(f"{named}: field {name!r} is unknown; known: {', '.join(known)}")
    for name in _FIELDS:
        if name not in raw:
            raise BadRuleError(f"{named}: field {name!r} is missing")
    fields = {}
    for name, read in {**_FIELDS, "requirement": _requirement}.items():
        try:
            fields[name] = read(raw.get(name, ""))
        except ValueError as error:
            raise BadRuleError(f"{named}: field {name!r} {error}") from error
    scopes = METRICS[fields["metric"]].scopes
    if fields["scope"] not in scopes:
        raise BadRuleError(
            f"{named}: field 'scope' must be {_either(scopes)}, where {fields['metric']} is measured"
        )
    fields["args"] = _args(raw.get("args", {}), fields["action"], named)
    return Rule(for_s=fields.pop("for"), actions=fields.pop("action"), **fields)


def _args(raw: object, actions: tuple[str, ...], named: str) -> dict[str, float]:
    needed = _TIGHTEN if "tighten" in actions else {}
    if not isinstance(raw, Mapping) or raw.keys() != needed.keys():
        needs = "must hold entry and exit for tighten" if needed else "is for the action tighten only"
        raise BadRuleError(f"{named}: field 'args' {needs}")
    for name, (what, good) in needed.items():
        if not _is_number(raw[name]) or not good(raw[name]):
            raise BadRuleError(f"{named}: field 'args.{name}' must be a number {what}")
    if needed and not any(raw.values()):
        raise BadRuleError(f"{named}: field 'args' must tighten entry or exit")
    return {name: float(raw[name]) for name in needed}


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < _LARGEST  # type: ignore[arg-type]


def number(value: object) -> float:
    """Return a number as a float; raise ``ValueError`` for a boolean, NaN, or what is too large."""
    if not _is_number(value):
        raise ValueError("must be a number")
    return float(value)  # type: ignore[arg-type]


def _actions(value: object) -> tuple[str, ...]:
    actions = value if isinstance(value, list) else [value]
    if not actions or len(set(map(repr, actions))) < len(actions):
        raise ValueError("must be an action, or a list of different ones")
    return tuple(_one_of(ACTIONS)(action) for action in actions)


def _one_of(known: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"must be {_either(known)}, not {value!r}")
        return value

    return read


def fits(form: re.Pattern[str], value: object, needs: str) -> str:
    """Return a text of that form; raise ``ValueError`` saying what it needs otherwise."""
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(f"must be {needs}")
    return value


def _text(form: re.Pattern[str], needs: str) -> Callable[[object], str]:
    return lambda value: fits(form, value, needs)


_requirement = _text(REQUIREMENT, "rows of the requirements, such as S094 or S094, S240")


def _either(known: tuple[str, ...]) -> str:
    return " or ".join(filter(None, [", ".join(known[:-1]), known[-1]]))


_FIELDS: dict[str, Callable[[object], Any]] = {
    "name": _text(NAME, "lower-case letters, digits and _, such as ece_alert"),
    "metric": _one_of(tuple(METRICS)),
    "scope": _one_of(SCOPES),
    "op": _one_of(OPS),
    "value": number,
    "for": parse_duration,
    "severity": _one_of(SEVERITIES),
    "action": _actions,
    "runbook": _text(RUNBOOK, "a heading of the runbook, such as docs/runbook.md#driftkill"),
}
