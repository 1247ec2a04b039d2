"""``model_card.json``, version 2: all that is known of a model, assembled from plain parts.

Its schema is ``model_card.schema.json`` beside this file; docs/model-card.md says what each field means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.training.card.windows import Window
from models.training.judging.gates import Verdict
from models.training.judging.metrics import Metrics

FORMAT = 2
TOP = 20
PICTURES = {"reliability": "reliability.png", "importance": "importance.png"}

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which model this is."""

    name: str
    run_id: str
    version: str
    kind: str
    created: str  # ISO 8601, UTC
    horizon_s: int
    features_version: str
    features: tuple[str, ...]
    calibrated_from: str | None = None  # run id of the bundle whose model this calibrates anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What it was trained and judged on."""

    snapshot_id: str
    checksum: str
    sources: Sequence[Plain]
    symbols: Sequence[str]
    train: Window | None  # None for a model that was trained elsewhere
    validation: Window | None
    test: Window
    split_strategy: str  # in words
    purged: int  # rows left out between the parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How it was found."""

    trials: int
    pruned: int
    best_parameters: Plain
    fixed_parameters: Plain
    seed: int
    objective: str  # in words
    imbalance: Plain  # share of ups in train, the weight of an up
    more: Plain = field(default_factory=dict)  # whatever else the trainer has to say


@dataclass(frozen=True, slots=True)
class Check:
    """One look for leakage: what was checked, how it ended, and how one can see that."""

    check: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class SequenceShape:
    """Shape of a sequence model; None for one that reads a single row."""

    seq_len: int | None = None
    horizon: int | None = None
    hidden_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a card is made of."""

    identity: Identity
    data: Data
    training: Training | None  # None for a model that was trained elsewhere
    validation: Metrics | None
    test: Metrics
    by_symbol: Sequence[Plain]  # windows.by_symbol of the test part
    verdict: Verdict
    calibration: Plain  # method, ece_before, ece_after and what else is known
    policy: Plain  # entry, exit, why, and the sweep
    importance: Mapping[str, float]  # by feature, all of them
    importance_kind: str
    leakage_checks: Sequence[Check]
    latency: Plain
    libraries: Mapping[str, str]
    limits: Sequence[str]
    sequence: SequenceShape = field(default_factory=SequenceShape)
    overrides: Sequence[Plain] = ()


def card(parts: Parts) -> dict[str, Any]:
    """Return the card as plain values, ready for JSON."""
    return {
        "format": FORMAT,
        "identity": _plain(parts.identity),
        "gates": parts.verdict.as_dict(),
        "edge": parts.verdict.edge_dict(),
        "metrics": {part: _dict(getattr(parts, part)) for part in ("validation", "test")},
        "by_symbol": [dict(line) for line in parts.by_symbol],
        "data": _data(parts.data),
        "training": _training(parts.training),
        "calibration": dict(parts.calibration),
        "policy": dict(parts.policy),
        "feature_importance": importance(parts.importance, parts.importance_kind),
        "leakage_checks": [_plain(check) for check in parts.leakage_checks],
        "latency_ms": dict(parts.latency),
        "libraries": dict(parts.libraries),
        "sequence": _plain(parts.sequence),
        "limits": list(parts.limits),
        "overrides": [dict(each) for each in parts.overrides],
        "pictures": dict(PICTURES),
    }


def importance(by_feature: Mapping[str, float], kind: str) -> dict[str, Any]:
    """Return the twenty features that matter most, the greatest first, and their share of the total."""
    total = sum(value for value in by_feature.values() if value > 0) or 1.0
    ranked = sorted(by_feature.items(), key=lambda item: (-item[1], item[0]))
    top = [{"feature": name, "value": value, "share": value / total} for name, value in ranked[:TOP]]
    return {"kind": kind, "features": len(by_feature), "top": top}


def _data(data: Data) -> dict[str, Any]:
    windows = {part: _dict(getattr(data, part)) for part in ("train", "validation", "test")}
    return {
        "snapshot_id": data.snapshot_id,
        "checksum": data.checksum,
        "symbols": list(data.symbols),
        "windows": windows,
        "rows": sum(window["rows"] for window in windows.values() if window) + data.purged,
        "purged": data.purged,
        "split_strategy": data.split_strategy,
        "sources": [dict(source) for source in data.sources],
    }


def _training(training: Training | None) -> dict[str, Any] | None:
    if training is None:
        return None
    plain = _plain(training)
    more = plain.pop("more")
    return {**more, **plain}


def _dict(value: Metrics | Window | None) -> dict[str, Any] | None:
    return None if value is None else value.as_dict()


def _plain(value: Any) -> dict[str, Any]:
    found = {name: getattr(value, name) for name in value.__dataclass_fields__}
    return {
        name: list(one) if isinstance(one, tuple) else dict(one) if isinstance(one, Mapping) else one
        for name, one in found.items()
    }
