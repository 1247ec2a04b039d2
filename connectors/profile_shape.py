"""The shape of a profile's file: every field with its type and range, and none that is not known."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from connectors.config_file import Strict
from models.rollout.plan import ROLLOUTS
from models.rules.metrics import METRICS, SCOPES
from models.rules.parsing import NAME, REQUIREMENT, fits, number, parse_duration
from models.rules.rule import Op


def _metric(value: object) -> object:
    if not isinstance(value, str) or value not in METRICS:
        raise ValueError("must be a metric, see docs/rules.md")
    return value


def _scope(value: object) -> object:
    if value not in SCOPES:
        raise ValueError(f"must be one of {', '.join(SCOPES)}")
    return value


def _rollout(value: object) -> object:
    if isinstance(value, bool) or value not in ROLLOUTS:
        raise ValueError(f"must be one of {', '.join(map(str, ROLLOUTS))}")
    return value


def flat(value: object) -> object:
    """Return a list without the lists in it: a criterion is a mapping, a list of them comes from an alias."""
    if not isinstance(value, list):
        return value
    return [one for part in value for one in (part if isinstance(part, list) else [part])]


def _name(value: object) -> object:
    return fits(NAME, value, "lower-case letters, digits and _, such as ece_alert")


def _requirement(value: object) -> object:
    return fits(REQUIREMENT, value, "rows of the requirements, such as S094 or S094, S240")


Name = Annotated[str, BeforeValidator(_name)]
Text = Annotated[str, Field(min_length=1)]
Number = Annotated[float, BeforeValidator(number)]
Duration = Annotated[int, BeforeValidator(parse_duration)]
Period = Annotated[Duration, Field(gt=0)]
Count = Annotated[int, Field(ge=1, strict=True)]
Requirement = Annotated[str, BeforeValidator(_requirement)]


class WrittenCriterion(Strict):
    """What a metric must be for success."""

    name: Name
    metric: Annotated[str, BeforeValidator(_metric)]
    scope: Annotated[str, BeforeValidator(_scope)]
    op: Op
    value: Number
    critical: Annotated[bool, Field(strict=True)] = True
    least_n: Annotated[int, Field(ge=0, strict=True)] = 0
    requirement: Requirement = ""


WrittenCriteria = Annotated[list[WrittenCriterion], BeforeValidator(flat)]


class WrittenPhase(Strict):
    """A phase of the rollout; times are durations such as 4h."""

    name: Text
    rollout: Annotated[float | Literal["preview"], BeforeValidator(_rollout)]
    canary: tuple[Text, ...] = ()
    dwell: Period
    longest: Period | None = None
    least_samples: Annotated[int, Field(ge=0, strict=True)] = 0
    approve: Annotated[bool, Field(strict=True)] = False
    criteria: WrittenCriteria


class WrittenRollout(Strict):
    """The rollout: whose share, how it is checked, and its phases."""

    of: Literal["model", "challenger"] = "model"
    check_every: Period
    fails: Count
    inconclusives: Count
    watch: Duration = 0
    phases: Annotated[list[WrittenPhase], Field(min_length=1)]


class WrittenCheck(Strict):
    """A line of the checklist."""

    item: Name
    requirement: Requirement = ""


class WrittenMeasure(Strict):
    """A command for a person to send."""

    name: Name
    cmd: Text
    args: dict[str, Any]
    why: Text
    requirement: Requirement = ""


class WrittenProfile(Strict):
    """The whole file."""

    name: Name
    title: Text
    source: Text
    rollout: WrittenRollout
    verdict: dict[Name, WrittenCriteria]
    preflight: tuple[WrittenCheck, ...] = ()
    measures: tuple[WrittenMeasure, ...] = ()
    grades: dict[Name, WrittenCriteria] = Field(default_factory=dict)
    rules: list[dict[str, Any]] = Field(default_factory=list)  # read by models/rules/parsing.py
