"""Start values from settings and config files: the spec of the stages and the desk a new shard begins with.

A bad value fails here, naming the file or the variable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.settings import Phase, Settings
from models.control.flags import check_flag
from models.desk.desk import Desk
from models.scoring.registry import load
from models.spec import Spec, Staleness

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


class _Staleness(_Strict):
    tick: _TickAge


class _Outcomes(_Strict):
    max_age_s: Seconds


class _Rules(_Strict):
    staleness: _Staleness
    outcomes: _Outcomes


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


def spec(settings: Settings) -> Spec:
    """Return the spec of the signals flow."""
    rules = _load(settings.rules_file, _Rules)
    names = ["stub-sine", "ml-fusion", start_model(settings), *settings.extra_models]
    for name in names:
        load(name)
    return Spec(
        disorder=settings.disorder_ms * MS,
        grace=settings.grace_ms * MS,
        max_skew=settings.max_skew_ms * MS,
        symbol_ttl_s=settings.symbol_ttl_s,
        outcome_max_age_s=rules.outcomes.max_age_s,
        staleness=Staleness(warn_s=rules.staleness.tick.warn, fallback_s=rules.staleness.tick.fallback),
        models=tuple(dict.fromkeys(names)),
    )


def start_model(settings: Settings) -> str:
    """Return the model a new shard begins with."""
    return settings.model or _load(settings.flags_file, _Flags).model


def desk(settings: Settings) -> Desk:
    """Return the desk a new shard begins with."""
    f = _load(settings.flags_file, _Flags)
    phase = f.rollout if settings.feature_ml_scoring is None else settings.feature_ml_scoring
    flags = _flags(settings, f)
    return Desk(
        model=start_model(settings),
        preview=phase == "preview",
        fraction=1.0 if isinstance(phase, str) else phase,
        canary=f.canary or settings.canary_symbol is not None,
        canary_timeframe=settings.canary_timeframe,
        canary_symbols=frozenset([settings.canary_symbol] if settings.canary_symbol else f.allow_symbols),
        entry=f.entry,
        exit=f.exit,
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
