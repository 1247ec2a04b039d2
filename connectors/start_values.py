"""Start values from settings and config files: the spec of the stages and the desk a new shard begins with.

A bad value fails here, naming the file or the variable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from connectors.bundles import registry_file
from connectors.bundles.errors import RegistryError
from connectors.bundles.registry import resolve
from connectors.settings import Phase, Settings
from models.control.flags import check_flag
from models.desk.desk import Desk
from models.desk.references import is_bundle
from models.rules.parsing import BadRuleError, parse_rules
from models.rules.rule import Rule
from models.scoring.registry import BUILT_IN, WALKED, load_all
from models.spec import BreakerLimits, MonitorLimits, Spec, Staleness
from models.training.judging.limits import Gates, Limit, Operator

MS = 1_000_000

Probability = Annotated[float, Field(ge=0, le=1)]
_Shape = TypeVar("_Shape", bound=BaseModel)
Seconds = Annotated[float, Field(gt=0)]


class ConfigError(ValueError):
    """A configuration file or variable has a bad value; the message names both."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _TickAge(_Strict):
    warn: Seconds
    fallback: Seconds


class _FeatureAge(_Strict):
    warn: Seconds
    crit: Seconds


class _Staleness(_Strict):
    tick: _TickAge
    feature: _FeatureAge


class _Outcomes(_Strict):
    max_age_s: Seconds


_Limit = Annotated[dict[Operator, float], Field(min_length=1, max_length=1)]


class _Gates(_Strict):
    accuracy: _Limit
    ece: _Limit
    inference_p95_ms: _Limit


class _Models(_Strict):
    gates: _Gates


class _Breaker(_Strict):
    share: Annotated[float, Field(ge=0, lt=1)]
    rows: Annotated[int, Field(ge=1)]
    half_open_after_s: Annotated[int, Field(ge=1)]


class _Ladder(_Strict):
    watch: Annotated[float, Field(gt=0)]
    gate: float
    alert: float
    kill: float

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not self.watch < self.gate <= self.alert < self.kill:
            raise ValueError("the ladder must rise: watch < gate <= alert < kill")
        return self


class DriftRules(_Strict):
    """What the drift monitors declare: false alarms a day, over this many (model, symbol) pairs."""

    false_alarms_per_day: Annotated[float, Field(gt=0)]
    pairs: Annotated[int, Field(ge=1)]
    ladder: _Ladder


class CalibrationRules(_Strict):
    """How rarely a calibrated model passes its limit at one look, and the outcomes it takes to judge it."""

    rarity: Annotated[float, Field(gt=0, lt=0.5)]
    least_n_eff: Annotated[float, Field(ge=1)]


class MonitorRules(_Strict):
    """The rules of the monitors, as the section ``monitors`` of the rules file has them."""

    drift: DriftRules
    calibration: CalibrationRules


class _Rules(_Strict):
    staleness: _Staleness
    outcomes: _Outcomes
    breaker: _Breaker
    monitors: MonitorRules
    models: _Models
    reactions: list[dict[str, Any]]  # read by models/rules/parsing.py


class _Flags(_Strict):
    model: str
    rollout: Phase
    canary: bool
    allow_symbols: list[str]
    entry: Probability
    exit: Probability
    weights: tuple[
        Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]
    ]
    flags: dict[str, bool | int | float]


class Start(NamedTuple):
    """The model of a new shard, and the thresholds that go with it."""

    reference: str
    entry: float
    exit: float


def spec(settings: Settings) -> Spec:
    """Return the spec of the signals flow."""
    rules = _rules(settings.rules_file)
    start = start_model(settings).reference
    chosen = [name for name in (start, *settings.extra_models) if not is_bundle(name) and name not in WALKED]
    load_all(chosen)
    names = [*BUILT_IN, *WALKED, *chosen]
    return Spec(
        disorder=settings.disorder_ms * MS,
        grace=settings.grace_ms * MS,
        max_skew=settings.max_skew_ms * MS,
        symbol_ttl_s=settings.symbol_ttl_s,
        outcome_max_age_s=rules.outcomes.max_age_s,
        staleness=Staleness(
            warn_s=rules.staleness.tick.warn,
            fallback_s=rules.staleness.tick.fallback,
            feature_warn_s=rules.staleness.feature.warn,
            feature_crit_s=rules.staleness.feature.crit,
        ),
        breaker=BreakerLimits(**rules.breaker.model_dump()),
        monitors=_monitors(rules.monitors),
        models=tuple(dict.fromkeys(names)),
    )


def _monitors(rules: MonitorRules) -> MonitorLimits:
    drift, ladder = rules.drift, rules.drift.ladder
    return MonitorLimits(
        false_alarms_per_day=drift.false_alarms_per_day,
        pairs=drift.pairs,
        watch=ladder.watch,
        alert=ladder.alert,
        kill=ladder.kill,
        rarity=rules.calibration.rarity,
    )


def gates(settings: Settings) -> Gates:
    """Return what a model must show on its test data to be promoted."""
    written = _rules(settings.rules_file).models.gates
    return Gates(*(Limit(*next(iter(limit.items()))) for _, limit in written))


def monitor_rules(settings: Settings) -> MonitorRules:
    """Return what the monitors declare."""
    return _rules(settings.rules_file).monitors


def reactions(path: Path) -> tuple[Rule, ...]:
    """Return the reactions of a rules file, all of which is checked."""
    return _reactions(path, _load(path, _Rules))


def start_model(settings: Settings) -> Start:
    """Return the model a new shard begins with: the setting's, the promoted one, or the flags file's."""
    flags = _load(settings.flags_file, _Flags)
    usual = Start(flags.model, flags.entry, flags.exit)
    try:
        registry = registry_file.read(settings.registry_file)
        if settings.model:
            found = resolve(registry, settings.model)
            bundle = registry.bundles.get(found.run_id)
            return usual._replace(reference=found.reference, **(bundle.policy if bundle else {}))
    except RegistryError as error:
        raise ConfigError(f"{'MODEL' if settings.model else 'REGISTRY_FILE'}: {error}") from error
    if registry.current is None:
        return usual
    return Start(registry.current.reference, **registry.current.policy)


def desk(settings: Settings) -> Desk:
    """Return the desk a new shard begins with."""
    f, start = _load(settings.flags_file, _Flags), start_model(settings)
    phase = f.rollout if settings.feature_ml_scoring is None else settings.feature_ml_scoring
    flags = _flags(settings, f)
    return Desk(
        model=start.reference,
        bundles=(start.reference,) if is_bundle(start.reference) else (),
        preview=phase == "preview",
        fraction=1.0 if isinstance(phase, str) else phase,
        canary=f.canary or settings.canary_symbol is not None,
        canary_timeframe=settings.canary_timeframe,
        canary_symbols=frozenset([settings.canary_symbol] if settings.canary_symbol else f.allow_symbols),
        entry=start.entry,
        exit=start.exit,
        usual=(f.entry, f.exit),
        weights=settings.ml_signal_weights or f.weights,
        flags=flags,
    )


def _flags(settings: Settings, f: _Flags) -> dict[str, bool | int | float]:
    from_env = {
        "ml_confid_floor": settings.ml_confid_floor,
        "poll_interval_ms": settings.poll_interval_ms,
        "audit_ml_bucket": settings.audit_ml_bucket,
        "audit_ml_signal_parts": settings.audit_ml_signal_parts,
    }
    flags = f.flags | {key: value for key, value in from_env.items() if value is not None}
    for key, value in flags.items():
        problem = check_flag(key, value)
        if problem:
            where = key.upper() if from_env.get(key) is not None else str(settings.flags_file)
            raise ConfigError(f"{where}: {problem}")
    return flags


def _rules(path: Path) -> _Rules:
    """Return a rules file, its reactions checked too: a bad one is not to be found when it is needed."""
    found = _load(path, _Rules)
    _reactions(path, found)
    return found


def _reactions(path: Path, found: _Rules) -> tuple[Rule, ...]:
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


def _is_the_shards_own(rule: Rule, found: _Rules) -> bool:
    own = ("staleness.tick", "symbol", ">", found.staleness.tick.fallback, 0)
    return (rule.metric, rule.scope, rule.op, rule.value, rule.for_s) == own


def _load(path: Path, shape: type[_Shape]) -> _Shape:
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return shape.model_validate(raw)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}): start in the folder that holds it, or set its path"
        ) from error
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from error
