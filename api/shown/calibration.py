"""A model's calibration on a symbol, or over all of them, as the API shows it."""

from __future__ import annotations

from collections.abc import Sequence

from api.shown.freshness import Plain, age_s
from models.monitor.lines.calibration_lines import CalibrationLine

_FIGURES = (
    "seconds", "said", "n", "n_eff", "up", "hit_rate", "log_loss", "ece", "ece_equal_mass", "brier",
    "confid_median", "balance",
)  # fmt: skip


def line_of(line: CalibrationLine, now: int) -> Plain:
    """Return the figures of a line with its bins."""
    figures = {name: line.figures.get(name) for name in _FIGURES}
    bins = [_bin(place, one) for place, one in enumerate(line.figures.get("buckets") or [])]
    return {**_head(line, now), **figures, "bins": bins}


def decile_rows(line: CalibrationLine, of: Sequence[CalibrationLine], now: int) -> Plain:
    """Return ten buckets by rank, the sums over the lines ``of`` it."""
    every = [one.figures.get("deciles") or [] for one in of]
    same = zip(*(each for each in every if each), strict=True)
    buckets = [_decile(place, many) for place, many in enumerate(same, 1)]
    return {**_head(line, now), "n": sum(one["n"] for one in buckets), "buckets": buckets}


def _head(line: CalibrationLine, now: int) -> Plain:
    names = ("model", "reference", "symbol", "venue", "symbols", "ts")
    return {name: getattr(line, name) for name in names} | {"age_s": age_s(line.ts, now)}


def _bin(place: int, one: Plain) -> Plain:
    edges = {"left": place / 10, "right": (place + 1) / 10}
    return {**edges, "said": one["said"], "n": one["n"], "up": one["up"], **_means(one["n"], one)}


def _decile(place: int, many: Sequence[Plain]) -> Plain:
    sums = {name: sum(one[name] for one in many) for name in ("n", "up", "prob")}
    return {"decile": place, "n": sums["n"], "up": sums["up"], **_means(sums["n"], sums)}


def _means(n: int, sums: Plain) -> Plain:
    """Return the mean score and the share that went up, null without outcomes."""
    return {"prob_mean": sums["prob"] / n, "hit_share": sums["up"] / n} if n else _NONE


_NONE = {"prob_mean": None, "hit_share": None}
