"""Metrics of calibration and drift, off the monitors' last records beside each symbol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client.core import Metric

from connectors.metrics.families import Labels, gauge

Plain = dict[str, Any]
Found = dict[str, dict[Labels, float]]

_HOUR = "3600"
_NAMES = (
    "levibot_calibration_ece", "levibot_calibration_ece_floor", "levibot_calibration_ece_limit",
    "levibot_calibration_outcomes", "levibot_calibration_effective_outcomes", "levibot_calibration_brier",
    "levibot_hit_rate", "levibot_confid_median", "levibot_drift_psi", "levibot_drift_psi_limit",
)  # fmt: skip


def monitor_families(shards: Sequence[Plain]) -> Iterator[Metric]:
    """Yield what is known of each model on each symbol; nothing, not 0, where there is nothing to say."""
    found: Found = defaultdict(dict)
    for record in _records(shards, "calibration"):
        _calibration(found, record)
    for record in _records(shards, "drift"):
        _drift(found, record)
    for name in _NAMES:
        yield gauge(name, found[name])


def _records(shards: Iterable[Plain], topic: str) -> Iterator[Plain]:
    for shard in shards:
        for symbol in shard["symbols"].values():
            for by_topic in (symbol.get("monitors") or {}).values():
                if topic in by_topic:
                    yield by_topic[topic]


def _calibration(found: Found, record: Plain) -> None:
    pair = record["model"], record["symbol"]
    for window, figures in record["windows"].items():
        if figures is not None:
            of_window: Labels = (*pair, window)
            ece, brier = figures["ece"] or {}, figures["brier"] or {}
            _put(found, of_window, {
                "levibot_calibration_ece": ece.get("value"),
                "levibot_calibration_ece_floor": ece.get("floor"),
                "levibot_calibration_ece_limit": ece.get("limit"),
                "levibot_calibration_outcomes": figures["n"],
                "levibot_calibration_effective_outcomes": figures["n_eff"],
                "levibot_calibration_brier": brier.get("value"),
                "levibot_hit_rate": figures["hit_rate"],
            })  # fmt: skip
    hour = record["windows"]["1h"]
    if hour is not None:
        _put(found, pair, {"levibot_confid_median": hour["confid_median"]})


def _drift(found: Found, record: Plain) -> None:
    window = (record["levels"] or {"windows": {}})["windows"].get(_HOUR)
    if window is None or window["insufficient_data"]:
        return
    features = window["features"]
    for feature in sorted(features, key=lambda name: (-features[name]["psi"], name))[:5]:
        labels = record["model"], record["symbol"], feature
        one = features[feature]
        _put(found, labels, {
            "levibot_drift_psi": one["psi"], "levibot_drift_psi_limit": one["psi_limit"],
        })  # fmt: skip


def _put(found: Found, labels: Labels, values: Mapping[str, float | None]) -> None:
    for name, value in values.items():
        if value is not None:
            found[name][labels] = value
