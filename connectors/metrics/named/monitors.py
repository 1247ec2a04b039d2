"""Calibration and drift of each model on each symbol."""

from __future__ import annotations

from connectors.metrics.described import API, SIGNALS, Described

_ON = SIGNALS + API
_PAIR = ("model", "symbol")
_WINDOW = (*_PAIR, "window")
_FEATURE = (*_PAIR, "feature")

MONITORS: dict[str, Described] = {
    "levibot_calibration_ece": Described(
        "gauge", _WINDOW, _ON, "Expected calibration error in ten equal bins, over `1h` and `24h`."),
    "levibot_calibration_ece_floor": Described(
        "gauge", _WINDOW, _ON,
        "The median error that a perfectly calibrated model of the same scores shows."),
    "levibot_calibration_ece_limit": Described(
        "gauge", _WINDOW, _ON, "The error beyond which chance does not explain it."),
    "levibot_calibration_outcomes": Described(
        "gauge", _WINDOW, _ON, "Outcomes behind the figures of a window."),
    "levibot_calibration_effective_outcomes": Described(
        "gauge", _WINDOW, _ON, "The same, less what their overlap takes."),
    "levibot_calibration_brier": Described("gauge", _WINDOW, _ON, "Brier score."),
    "levibot_hit_rate": Described(
        "gauge", _WINDOW, _ON, "Share of the outcomes on the side that was called."),
    "levibot_confid_median": Described(
        "gauge", _PAIR, _ON, "Median confidence of the last hour, before the confidence floor."),
    "levibot_drift_psi": Described(
        "gauge", _FEATURE, _ON,
        "PSI of the last hour against training, of the five features that have moved most."),
    "levibot_drift_psi_limit": Described(
        "gauge", _FEATURE, _ON, "The PSI beyond which chance does not explain it, of the same features."),
}  # fmt: skip
