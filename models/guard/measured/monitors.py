"""Calibration and drift as the shards' monitors published them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.guard.inputs import CALIBRATION, DRIFT, Told
from models.rules.evaluate import Sample
from models.rules.metrics import scope_key

KILL = "kill"
_HOUR = "3600"


def qualified(body: Mapping[str, Any]) -> str:
    """Return the ``venue:symbol`` of a record, or the plain name without a venue."""
    plain = str(body["symbol"]).rpartition(":")[2]
    return f"{body['venue']}:{plain}" if body["venue"] else plain


class Monitors:
    """Samples come as they are published; critical drift is counted until it is forgotten."""

    def __init__(self, least_n_eff: float, saved: Mapping[str, Any] | None = None) -> None:
        self._least_n_eff = least_n_eff
        self._critical: dict[str, int] = dict((saved or {}).get("critical", {}))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"critical": dict(self._critical)}

    def forget_critical(self) -> None:
        """Count critical drift anew: a phase begins."""
        self._critical = dict.fromkeys(self._critical, 0)

    def take(self, found: Iterable[Told]) -> list[Sample]:
        """Return the samples of what was published, in its order."""
        samples: list[Sample] = []
        for told in found:
            if told.topic == CALIBRATION:
                samples += self._calibration(told.body)
            elif told.topic == DRIFT:
                samples += self._drift(told.body)
        return samples

    def _calibration(self, body: Mapping[str, Any]) -> list[Sample]:
        key = scope_key("model_symbol", body["model"], qualified(body))
        hour, day = body["windows"]["1h"], body["windows"]["24h"]
        confid = Sample("calibration.confid_median", key, None)
        if hour is not None:
            confid = confid._replace(value=hour["confid_median"], n=hour["said"])
        return [self._ece(key, day), confid, *_deciles(key, day)]

    def _ece(self, key: str, day: Mapping[str, Any] | None) -> Sample:
        nothing = Sample("calibration.ece", key, None)
        if day is None or day["ece"] is None or (day["n_eff"] or 0.0) < self._least_n_eff:
            return nothing
        return nothing._replace(value=day["ece"]["value"], limit=day["ece"]["limit"], n=int(day["n_eff"]))

    def _drift(self, body: Mapping[str, Any]) -> list[Sample]:
        model = body["model"]
        kills = sum(e["kind"] == "crossed" and e["level"] == KILL for e in body["events"])
        counted = self._critical[model] = self._critical.get(model, 0) + kills
        found = [Sample("drift.critical_events", scope_key("model", model), float(counted))]
        if body["levels"] is not None:
            key = scope_key("model_symbol", model, qualified(body))
            found.append(_psi(key, body["levels"]["windows"][_HOUR]))
        return found


def _deciles(key: str, day: Mapping[str, Any] | None) -> list[Sample]:
    """Return how many of the ten deciles of the scores hold outcomes."""
    if day is None or "deciles" not in day:
        return []
    filled = sum(bool(one["n"]) for one in day["deciles"])
    return [Sample("calibration.deciles", key, float(filled), None, day["n"])]


def _psi(key: str, window: Mapping[str, Any]) -> Sample:
    """Return the largest PSI among the features that are above their own limits, else the largest."""
    judged = [one for one in window["features"].values() if one["psi_limit"] is not None]
    if window["insufficient_data"] or not judged:
        return Sample("drift.psi", key, None)
    worst = max(judged, key=lambda one: (one["psi"] > one["psi_limit"], one["psi"]))
    return Sample("drift.psi", key, worst["psi"], worst["psi_limit"], window["rows"])
