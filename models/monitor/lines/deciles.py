"""The deciles of each model and symbol as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from models.monitor.lines.calibration_lines import CalibrationLine

COLUMNS = ("symbol", "model", "decile", "n", "up", "prob_mean", "hit_share")
"""``prob_mean`` is the mean score and ``hit_share`` the share that went up; empty without outcomes."""


def deciles_csv(lines: Iterable[CalibrationLine]) -> bytes:
    """Return a row for each tenth of the scores by rank, 1 the lowest; equal scores stay together."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        if line.symbol is None:
            continue
        for place, one in enumerate(line.figures.get("deciles") or [], 1):
            n, up, prob = one["n"], one["up"], one["prob"]
            means = (prob / n, up / n) if n else ("", "")
            writer.writerow((line.symbol, line.model, place, n, up, *means))
    return out.getvalue().encode()
