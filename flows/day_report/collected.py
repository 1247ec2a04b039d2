"""What was collected for the calibration to come, and whether anything disturbed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.day_report.scores import Scores
from flows.day_report.window import Window
from models.monitor.lines.calibration_lines import CalibrationLine
from models.slo.histogram import Histogram, total

Plain = dict[str, Any]
BUCKETS = range(5, 10)
"""The tenths of the probability that the template asks for: 0.5 to 0.9."""


def buckets(tenths: Histogram, lines: Sequence[CalibrationLine]) -> list[Plain]:
    """Return of each tenth from 0.5 on: scores and their share, and how often what they said came true."""
    said = total(tenths)
    known = _reliability(lines)
    found = []
    for tenth in BUCKETS:
        count, (n, up, prob) = tenths.get(str(tenth), 0), known[tenth]
        found.append({
            "bucket": tenth / 10,
            "scores": count if said else None,
            "share": count / said if said else None,
            "n": n,
            "mean_prob": prob / n if n else None,
            "hit_rate": up / n if n else None,
        })  # fmt: skip
    return found


def _reliability(lines: Sequence[CalibrationLine]) -> list[tuple[int, int, float]]:
    """Return outcomes, how many went up, and the sum of probabilities, of ten buckets over all symbols."""
    sums = [(0, 0, 0.0)] * 10
    for line in lines:
        if line.symbol is None:
            every = line.figures.get("buckets") or []
            pairs = zip(sums, every, strict=False)
            sums = [(n + b["n"], up + b["up"], prob + b["prob"]) for (n, up, prob), b in pairs] or sums
    return sums


def models(lines: Sequence[CalibrationLine]) -> list[Plain]:
    """Return of each model, over all of its symbols, hit rate and calibration error with their samples."""
    return [
        {
            "model": line.reference,
            "symbols": line.symbols,
            "n": line.figures["n"] or None,
            "n_eff": line.figures.get("n_eff"),
            "hit_rate": line.figures.get("hit_rate"),
            "ece": line.ece.get("value"),
            "ece_limit": line.ece.get("limit"),
        }
        for line in lines
        if line.symbol is None
    ]


def collection(scores: Scores, commands: Sequence[Plain], window: Window) -> Plain:
    """Return whether what the calibration needs is collected, and what people changed meanwhile."""
    inside = [one for one in commands if window.holds(one["ts"])]
    taken = [one["cmd"] for one in inside if one["accepted"]]
    return {
        "scores": scores.total or None,
        "with_parts": scores.parts()["n"],
        "fallback": scores.fallback if scores.total else None,
        "weights_changed": taken.count("weights.set"),
        "calibration_marks": taken.count("calibration.mark"),
        "commands": len(taken),
        "refused": len(inside) - len(taken),
    }
