"""How often the price went up by score, over days: sums of the buckets that the records tell.

Counts and means are exact, in whatever order records come. Intervals are made of the hours: outcomes of one
hour overlap, and symbols of one hour move together, so an hour is one observation of a bin. For a bin with
n outcomes, u of them up, the variance of the share s = u / n is that of a ratio over clusters,

    var = H / (H - 1) * sum over hours of (u_h - s n_h)**2 / n**2        (Cochran, Sampling Techniques, 6.3)

and Wilson's interval is drawn for n_eff = s (1 - s) / var outcomes. The same way, the residual sum of a bin
has a standard deviation sd, and a calibrated model that scatters as much would show an ECE of about
sqrt(2 / pi) * sum of sd / n. Bins with fewer than eight hours have no interval.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from models.monitor.lines.selecting import NS
from models.ticks import Floats

Plain = dict[str, Any]

HOUR_S = 3_600
LEAST_HOURS = 8
Z = 1.959963984540054
SAID, N, UP, PROB = range(4)


class Reliability:
    """Adds up the ``bucket`` of calibration records, by model."""

    def __init__(self) -> None:
        self._models: dict[str, _Model] = {}

    def put(self, record: Plain) -> None:
        """Add a record; each must come once. One of a bucket in which the model said nothing adds nothing."""
        if record["bucket"] is None:
            return
        reference = record["reference"]
        if reference not in self._models:
            self._models[reference] = _Model(record["model"], record["horizon_s"])
        self._models[reference].put(record)

    def as_dicts(self) -> list[Plain]:
        """Return the diagram of each model with outcomes, in order of their references."""
        found = sorted(self._models.items())
        return [{"reference": name, **one.as_dict()} for name, one in found if one.labelled]


class _Model:
    def __init__(self, model: str, horizon_s: int) -> None:
        self._who = {"model": model, "horizon_s": horizon_s}
        self._hours: dict[int, Floats] = {}
        self._symbols: set[tuple[str, str]] = set()
        self._span: tuple[int, int] | None = None
        self.labelled = False

    def put(self, record: Plain) -> None:
        columns = [[b["said"], b["n"], b["up"], b["prob"]] for b in record["bucket"]["buckets"]]
        hour = record["start_s"] // HOUR_S
        self._hours.setdefault(hour, np.zeros((4, 10)))[:] += np.array(columns, dtype=np.float64).T
        self._symbols.add((record["venue"], record["symbol"]))
        first, last = self._span or (record["start_s"], record["ts"] // NS)
        self._span = min(first, record["start_s"]), max(last, record["ts"] // NS)
        self.labelled = self.labelled or record["bucket"]["n"] > 0

    def as_dict(self) -> Plain:
        hours = np.stack([self._hours[hour] for hour in sorted(self._hours)])
        total = hours.sum(axis=0)
        residual = hours[:, PROB] - hours[:, UP]
        n = total[N].sum()
        spread = np.sqrt(_ratio_variance(residual, hours[:, N])) * total[N]
        judged = len(hours) >= LEAST_HOURS
        first, last = self._span or (0, 0)
        return {
            **self._who,
            "symbols": len(self._symbols),
            "from_s": first,
            "to_s": last,
            "hours": len(hours),
            "said": int(total[SAID].sum()),
            "n": int(n),
            "up": int(total[UP].sum()),
            "ece": float(np.abs(total[PROB] - total[UP]).sum() / n),
            "floor": float(sqrt(2 / pi) * spread.sum() / n) if judged else None,
            "buckets": [_bucket(place, total[:, place], hours[:, :, place]) for place in range(10)],
        }


def _bucket(place: int, total: Floats, hours: Floats) -> Plain:
    n, up = float(total[N]), float(total[UP])
    edges = {"left": place / 10, "right": (place + 1) / 10}
    counts = {"said": int(total[SAID]), "n": int(n), "up": int(up)}
    if not n:
        none = dict.fromkeys(("prob_mean", "up_share", "n_eff", "low", "high"))
        return {**edges, **counts, **none}
    n_eff = _worth(up / n, n, hours)
    low, high = (None, None) if n_eff is None else wilson(up / n, n_eff)
    means = {"prob_mean": float(total[PROB]) / n, "up_share": up / n}
    return {**edges, **counts, **means, "n_eff": n_eff, "low": low, "high": high}


def _worth(share: float, n: float, hours: Floats) -> float | None:
    """Return how many independent outcomes a share is worth, None where too few hours tell."""
    seen = hours[hours[:, N] > 0]
    if len(seen) < LEAST_HOURS:
        return None
    variance = float(_ratio_variance(seen[:, UP], seen[:, N]))
    # all up or all down: an hour counts once
    return min(n, share * (1 - share) / variance) if variance > 0 else float(len(seen))


def _ratio_variance(sums: Floats, counts: Floats) -> Floats:
    """Return the variance of sums / counts over clusters (rows), 0 for a column without counts."""
    hours = np.maximum((counts > 0).sum(axis=0), 2)
    n = np.maximum(counts.sum(axis=0), 1)
    off = sums - sums.sum(axis=0) / n * counts
    variance: Floats = hours / (hours - 1) * (off**2).sum(axis=0) / n**2
    return variance


def wilson(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share seen in ``n`` independent outcomes."""
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
