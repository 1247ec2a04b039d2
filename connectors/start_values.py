"""Start values from settings and config files: the spec of the stages and the desk a new shard begins with.

A bad value fails here, naming the file or the variable.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from connectors.bundles import registry_file
from connectors.bundles.errors import RegistryError
from connectors.bundles.registry import resolve
from connectors.config_file import ConfigError, Strict, load
from connectors.profile_file import FOLDER, profile_named, profile_names
from connectors.rules_file import MonitorRules, reactions, rules_of
from connectors.setting_kinds import Phase
from connectors.settings import Settings
from models.control.flags import check_flag
from models.desk.desk import Desk
from models.desk.references import is_bundle
from models.guard.spec import GuardSpec
from models.paper.spec import PaperSpec
from models.scoring.registry import BUILT_IN, WALKED, load_all
from models.spec import BreakerLimits, MonitorLimits, Spec, Staleness
from models.training.judging.limits import Gates, Limit

MS = 1_000_000

Probability = Annotated[float, Field(ge=0, le=1)]


class _Flags(Strict):
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
    rules = rules_of(settings.rules_file)
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


def paper_spec(settings: Settings) -> PaperSpec:
    """Return the spec of the paper account."""
    return PaperSpec(
        start_balance=settings.paper_start_balance,
        maker_bps=settings.paper_maker_bps,
        taker_bps=settings.paper_taker_bps,
        slippage_bps=settings.paper_slippage_bps,
        liquidity=settings.paper_liquidity,
        latency_ms=settings.paper_latency_ms,
        equity_fraction=settings.paper_equity_fraction,
    )


def guard_spec(settings: Settings) -> GuardSpec:
    """Return the spec of the guard: the rules file's reactions, and every profile."""
    rules = rules_of(settings.rules_file)
    folder = settings.rules_file.parent / FOLDER
    return GuardSpec(
        rules=reactions(settings.rules_file),
        profiles={name: profile_named(folder, name) for name in profile_names(folder)},
        desk=desk(settings),
        models=spec(settings).models,
        max_age_s=rules.outcomes.max_age_s,
        least_n_eff=rules.monitors.calibration.least_n_eff,
        silent_after_s=settings.guard_silent_after_s,
        act=settings.guard_acts,
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
    written = rules_of(settings.rules_file).models.gates
    return Gates(*(Limit(*next(iter(limit.items()))) for _, limit in written))


def start_model(settings: Settings) -> Start:
    """Return the model a new shard begins with: the setting's, the promoted one, or the flags file's."""
    flags = load(settings.flags_file, _Flags)
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
    f, start = load(settings.flags_file, _Flags), start_model(settings)
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
