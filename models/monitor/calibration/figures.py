"""From a tally to its figures, each by its definition from the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.monitor.bucket import BUCKET_S
from models.monitor.calibration.binning import by_bucket, by_mass
from models.monitor.calibration.cells import BUCKET_OF, BUCKETS, CELLS, EDGES
from models.monitor.calibration.floor import RARITY, Binned, Error, errors_of
from models.monitor.calibration.shapes import (
    Balance,
    BrierParts,
    Decile,
    EceBody,
    Figures,
    FixedBucket,
    Parts,
    TallyBody,
)
from models.monitor.calibration.tally import Tally
from models.monitor.calibration.units import ONE
from models.ticks import Ints

_GRADED = slice(5, 8)  # 0.5 .. 0.8
_MOST_BALANCED, _LEAST_PILED = 0.5, 0.8


def tally_body(tally: Tally) -> TallyBody:
    """Return a tally as it stands in a record."""
    totals = tally.totals
    return {
        "said": int(tally.said.sum()),
        "n": int(tally.n.sum()),
        "up": int(tally.up.sum()),
        "hits": totals.hits,
        "realised": totals.realised / ONE,
        "buckets": _buckets(tally, by_bucket(tally)),
    }


def figures_of(many: Sequence[Tally], rarity: float = RARITY) -> list[Figures | None]:
    """Return each one's figures, None where nothing was said; ``rarity`` is that of the ECE's limits."""
    judged = [tally for tally in many if tally.n.any()]
    bins, mass = [by_bucket(tally) for tally in judged], [by_mass(tally) for tally in judged]
    errors = errors_of([*bins, *mass], rarity)
    found = zip(bins, mass, errors[: len(judged)], errors[len(judged) :], strict=True)
    return [_figures(tally, next(found) if tally.n.any() else None) for tally in many]


def _figures(tally: Tally, judged: tuple[Binned, Binned, Error, Error] | None) -> Figures | None:
    said, totals = int(tally.said.sum()), tally.totals
    if said == 0:
        return None
    told: Figures = {
        "seconds": totals.buckets * BUCKET_S,
        "said": said,
        "n": 0,
        "n_eff": None,
        "up": 0,
        "hit_rate": None,
        "realised": totals.realised / ONE,
        "brier": None,
        "log_loss": None,
        "ece": None,
        "ece_equal_mass": None,
        "confid_median": confid_median(tally.said),
        "balance": balance(tally.said),
        "parts": _parts(tally),
        "buckets": _buckets(tally, judged[0] if judged else by_bucket(tally)),
        "deciles": [],
    }
    if judged is not None:
        bins, mass, ece, ece_equal_mass = judged
        n = int(bins.n.sum())
        told |= {
            "n": n,
            "n_eff": effective(bins),
            "up": int(bins.up.sum()),
            "hit_rate": totals.hits / n,
            "brier": _brier(bins, totals.square),
            "log_loss": totals.log_loss / ONE / n,
            "ece": _ece(ece),
            "ece_equal_mass": _ece(ece_equal_mass),
            "deciles": _deciles(mass),
        }
    return told


def effective(bins: Binned) -> float:
    """Return how many independent outcomes scatter as much as these that overlap."""
    n = int(bins.n.sum())
    return min(float(n), n * float(bins.variance.sum()) / float(bins.covariance.sum()))


def confid_median(said: Ints) -> float:
    """Return the median of max(p, 1 - p) by cells (CELLS,), at least one row.

    Inside the cell of the middle row, rows count as evenly spread: off by less than the cell is wide.
    """
    folded = said[CELLS // 2 :] + said[: CELLS // 2][::-1]
    edges = EDGES[CELLS // 2 :]
    total = np.cumsum(folded)
    half = int(total[-1]) / 2
    cell = int(np.searchsorted(total, half))
    inside = (half - int(total[cell] - folded[cell])) / int(folded[cell])
    return float(edges[cell] + inside * (edges[cell + 1] - edges[cell]))


def balance(said: Ints) -> Balance | None:
    """Return how evenly scores fill 0.5-0.6, 0.6-0.7 and 0.7-0.8, by cells; None where none is there."""
    three = np.bincount(BUCKET_OF, said, BUCKETS)[_GRADED]
    total, most = int(three.sum()), int(three.max())
    if total == 0:
        return None
    if most > _LEAST_PILED * total:
        return "piled_up"
    return "balanced" if most <= _MOST_BALANCED * total else "skewed"


def _ece(found: Error) -> EceBody:
    return {
        "value": found.value,
        "floor": found.floor,
        "limit": found.limit,
        "low": found.low,
        "high": found.high,
    }


def _brier(bins: Binned, square: int) -> BrierParts:
    """Murphy's parts (1973), with the rest within bins (Stephenson, Coelho and Jolliffe 2008)."""
    full = bins.n > 0
    n, up = bins.n[full], bins.up[full]
    score, share, weight = bins.prob[full] / ONE / n, up / n, n / int(n.sum())
    overall = int(up.sum()) / int(n.sum())
    value = square / ONE / int(n.sum())
    reliability = float((weight * (score - share) ** 2).sum())
    resolution = float((weight * (share - overall) ** 2).sum())
    uncertainty = overall * (1.0 - overall)
    return {
        "value": value,
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within": value - reliability + resolution - uncertainty,
    }


def _parts(tally: Tally) -> Parts | None:
    rows = tally.totals.rows
    if rows == 0:
        return None
    rsi, macd, trend = (part / ONE / rows for part in tally.parts.tolist())
    return {"rsi": rsi, "macd": macd, "trend": trend}


def _buckets(tally: Tally, bins: Binned) -> list[FixedBucket]:
    said = np.bincount(BUCKET_OF, tally.said, BUCKETS).astype(np.int64)
    columns = zip(said.tolist(), *(column.tolist() for column in bins[:3]), strict=True)
    return [{"said": s, "n": n, "up": up, "prob": prob / ONE} for s, n, up, prob in columns]


def _deciles(bins: Binned) -> list[Decile]:
    columns = zip(*(column.tolist() for column in bins[:3]), strict=True)
    return [{"n": n, "up": up, "prob": prob / ONE} for n, up, prob in columns if n]
