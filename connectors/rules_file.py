"""``rules.yml``: every threshold of the product, read strictly and as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from connectors.config_file import ConfigError, Strict, load
from models.rules.parsing import RUNBOOK, BadRuleError, parse_duration, parse_rules
from models.rules.rule import Op, Rule, Severity
from models.training.judging.limits import Operator

Seconds = Annotated[float, Field(gt=0)]


class _TickAge(Strict):
    warn: Seconds
    fallback: Seconds


class _FeatureAge(Strict):
    warn: Seconds
    crit: Seconds


class _Staleness(Strict):
    tick: _TickAge
    feature: _FeatureAge


class _Outcomes(Strict):
    max_age_s: Seconds


_Limit = Annotated[dict[Operator, float], Field(min_length=1, max_length=1)]


class _Gates(Strict):
    accuracy: _Limit
    ece: _Limit
    inference_p95_ms: _Limit


class _Models(Strict):
    gates: _Gates


class _Breaker(Strict):
    share: Annotated[float, Field(ge=0, lt=1)]
    rows: Annotated[int, Field(ge=1)]
    half_open_after_s: Annotated[int, Field(ge=1)]


class _Ladder(Strict):
    watch: Annotated[float, Field(gt=0)]
    gate: float
    alert: float
    kill: float

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not self.watch < self.gate <= self.alert < self.kill:
            raise ValueError("the ladder must rise: watch < gate <= alert < kill")
        return self


class DriftRules(Strict):
    """What the drift monitors declare: false alarms a day, over this many (model, symbol) pairs."""

    false_alarms_per_day: Annotated[float, Field(gt=0)]
    pairs: Annotated[int, Field(ge=1)]
    ladder: _Ladder


class CalibrationRules(Strict):
    """How rarely a calibrated model passes its limit at one look, and the outcomes it takes to judge it."""

    rarity: Annotated[float, Field(gt=0, lt=0.5)]
    least_n_eff: Annotated[float, Field(ge=1)]


class MonitorRules(Strict):
    """The rules of the monitors, as the section ``monitors`` of the rules file has them."""

    drift: DriftRules
    calibration: CalibrationRules


class Outside(Strict):
    """An alert of what the product cannot tell of itself: Prometheus alone looks at it."""

    alert: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]+$")]
    watch: str  # a name in flows/alerting/expressions.py
    op: Op
    value: float
    for_s: Annotated[int, BeforeValidator(parse_duration), Field(alias="for")]
    severity: Severity
    summary: Annotated[str, Field(min_length=1)]
    runbook: Annotated[str, Field(pattern=f"^{RUNBOOK.pattern}$")]


class RulesFile(Strict):
    """The whole file."""

    staleness: _Staleness
    outcomes: _Outcomes
    breaker: _Breaker
    monitors: MonitorRules
    models: _Models
    reactions: list[dict[str, Any]]  # read by models/rules/parsing.py
    outside: tuple[Outside, ...] = ()


def reactions(path: Path) -> tuple[Rule, ...]:
    """Return the reactions of a rules file, all of which is checked."""
    return _reactions(path, load(path, RulesFile))


def rules_of(path: Path) -> RulesFile:
    """Return a rules file, its reactions checked too: a bad one is not to be found when it is needed."""
    found = load(path, RulesFile)
    _reactions(path, found)
    return found


def _reactions(path: Path, found: RulesFile) -> tuple[Rule, ...]:
    try:
        parsed = parse_rules(found.reactions, str(path))
    except BadRuleError as error:
        raise ConfigError(str(error)) from error
    for rule in parsed:
        if "fallback" in rule.actions and not _is_the_shards_own(rule, found):
            raise ConfigError(
                f"{path}: rule '{rule.name}': the fallback is the shard's own doing: it goes with "
                f"staleness.tick of symbol > staleness.tick.fallback for 0s"
            )
    return parsed


def _is_the_shards_own(rule: Rule, found: RulesFile) -> bool:
    own = ("staleness.tick", "symbol", ">", found.staleness.tick.fallback, 0)
    return (rule.metric, rule.scope, rule.op, rule.value, rule.for_s) == own
