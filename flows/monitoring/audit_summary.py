"""What the scores of an audit stream come to: how many in each tenth, and how the signal's parts relate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from models.ticks import Floats

Plain = dict[str, Any]

ACTION = "ml.score"
PARTS = ("rsi", "macd", "trend")
BUCKETS = 10


def is_score(item: Plain) -> bool:
    """Return whether an item of the audit topic is a score."""
    return item.get("action") == ACTION


def newest(items: Iterable[Plain], limit: int) -> list[Plain]:
    """Return the newest items in order of time and symbol; at one time the last symbols stay."""
    return sorted(items, key=lambda item: (item["ts"], item["symbol"], item["venue"]))[-limit:]


def summary(items: Sequence[Plain]) -> Plain:
    """Return counts, the distribution over ten buckets of the score, means and correlations of the parts."""
    contexts = [item["context"] for item in items]
    confid = [one["confid"] for one in contexts if one.get("confid") is not None]
    return {
        "count": len(items),
        "from_ts": items[0]["ts"] if items else None,
        "to_ts": items[-1]["ts"] if items else None,
        "symbols": _counted(item["symbol"] for item in items),
        "models": _counted(item["model"] for item in items),
        "fallback": sum(bool(one.get("fallback")) for one in contexts),
        "confid_median": float(np.median(confid)) if confid else None,
        "buckets": _buckets(contexts),
        "signal_parts": _parts([one["ml_signal_parts"] for one in contexts if one.get("ml_signal_parts")]),
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _buckets(contexts: Sequence[Plain]) -> list[Plain]:
    places = Counter(_bucket(one) for one in contexts)
    count = sum(places.values()) - places[None]
    return [
        {"bucket": place, "left": place / 10, "right": (place + 1) / 10, "count": places[place],
         "share": places[place] / count if count else None}
        for place in range(BUCKETS)
    ]  # fmt: skip


def _bucket(context: Plain) -> int | None:
    """Return the tenth that an item tells, else that of its score."""
    told, prob = context.get("ml_bucket"), context.get("prob")
    if told is not None:
        return int(told)
    return None if prob is None else min(int(prob * BUCKETS), BUCKETS - 1)


def _parts(found: Sequence[Plain]) -> Plain:
    values = np.array([[_number(one.get(part)) for part in PARTS] for one in found]).reshape(-1, len(PARTS))
    whole = values[np.isfinite(values).all(axis=1)]
    means = whole.mean(axis=0).tolist() if len(whole) else [None] * len(PARTS)
    return {
        "count": len(whole),
        "parts": list(PARTS),
        "means": dict(zip(PARTS, means, strict=True)),
        "correlations": [[_correlation(whole, i, j) for j in range(len(PARTS))] for i in range(len(PARTS))],
    }


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _correlation(values: Floats, i: int, j: int) -> float | None:
    """Return Pearson's correlation of two columns, None where one of them does not vary."""
    if len(values) < 2 or np.ptp(values[:, i]) == 0 or np.ptp(values[:, j]) == 0:
        return None
    one, other = (values[:, k] - values[:, k].mean() for k in (i, j))
    return float(np.clip(one @ other / np.sqrt((one @ one) * (other @ other)), -1, 1))
