"""What training learns of the monitor's looks: against plain loops over windows."""

from __future__ import annotations

import math

import numpy as np
from made_rows import HORIZON, drawn_rows, plain_rows

from models.market.schema import NAMES
from models.monitor.drift.distance import ks, psi
from models.monitor.drift.looks import KEYS
from models.training.card.drift_looks import PARTS, bucket_counts, looks_null
from models.training.card.drift_reference import reference, smoothed

BINS = 4


def drawn_counts(buckets: int, symbols: int = 2, features: int = 3, seed: int = 0) -> np.ndarray:
    """Return counts of 200 to 300 rows a bucket, whose shares wander."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet([5.0] * BINS, (symbols, buckets, features))
    rows = rng.integers(200, 300, (symbols, buckets, 1, 1))
    counts = np.floor(share * rows).astype(np.int64)
    counts[..., 0] += rows[..., 0] - counts.sum(axis=-1)
    return counts.astype(np.uint16)


def by_hand(
    counts: np.ndarray, key: str, symbol: int, bucket: int, feature: int
) -> tuple[float, float] | None:
    """Return PSI and KS of one window: against the parts it does not lie in, or the window before it."""
    if key == "sustained":
        hours = [
            by_hand(counts, "3600", symbol, bucket - 12 * h, feature) for h in range(3) if bucket >= 12 * h
        ]
        if len(hours) < 3 or None in hours:
            return None
        return min(h[0] for h in hours), min(h[1] for h in hours)  # type: ignore[index]
    width = 12 if key == "3600" else 3
    mine = counts[symbol, :, feature].astype(float)
    window = mine[max(bucket - width + 1, 0) : bucket + 1].sum(axis=0)
    if window.sum() < width * 150:
        return None
    if key == "previous":
        other = mine[max(bucket - 2 * width + 1, 0) : max(bucket - width + 1, 0)].sum(axis=0)
        if other.sum() < width * 150:
            return None
    else:
        part = np.arange(counts.shape[1]) * PARTS // counts.shape[1]
        outside = (part < part[max(bucket - width + 1, 0)]) | (part > part[bucket])
        other = counts[:, outside, feature].sum(axis=(0, 1)).astype(float)
    a, e = smoothed(window), smoothed(other)
    return float(psi(a, e)), float(ks(a, e))


def test_centre_and_spread_by_hand() -> None:
    """The median of the logarithm over all looks of all symbols, and how far those above it lie."""
    counts = drawn_counts(60)
    features, _ = looks_null(counts, np.ones((3, BINS), dtype=bool))

    for key in KEYS:
        for feature in range(3):
            looks = [by_hand(counts, key, s, b, feature) for s in range(2) for b in range(60)]
            for place, name in enumerate(("psi", "ks")):
                logs = np.log([look[place] for look in looks if look is not None])
                above = logs[logs > np.median(logs)] - np.median(logs)
                found = features[feature][key][name]
                np.testing.assert_allclose(found["centre"], np.median(logs), rtol=1e-9)
                np.testing.assert_allclose(found["spread"], max(math.sqrt((above**2).mean()), 0.1), rtol=1e-9)


def test_the_tail_is_that_of_the_hours() -> None:
    """Half of the hourly maxima of the standardised PSI lie above the threshold."""
    counts = drawn_counts(24 * 12 + 11, symbols=1)
    features, found = looks_null(counts, np.ones((3, BINS), dtype=bool))
    assert found is not None and found["hours"] == 24

    far = np.full(24 * 12, -np.inf)
    for look in range(24 * 12):
        for feature, null in enumerate(features):
            for key in ("900", "3600", "sustained"):
                value = by_hand(counts, key, 0, look + 11, feature)
                if value is not None:
                    one = null[key]["psi"]
                    far[look] = max(far[look], (math.log(value[0]) - one["centre"]) / one["spread"])
    hours = far.reshape(24, 12).max(axis=1)
    tail = found["tails"]["psi"]
    np.testing.assert_allclose(tail["threshold"], np.median(hours))
    above = hours[hours > np.median(hours)] - np.median(hours)
    np.testing.assert_allclose(tail["excess"], max(above.mean(), 0.25))
    assert 1.0 <= found["independent_hours"] <= 24.0


def test_buckets_lie_on_the_grid_of_the_day() -> None:
    """A row counts in the bucket of its second, for its symbol, in the bin of each feature."""
    second = np.array([1_700_000_399, 1_700_000_400, 1_700_000_400, 1_700_000_999])
    places = np.array([[0, 3], [1, 2], [1, 1], [2, 0]], dtype=np.int8)

    found = bucket_counts(np.array([0, 0, 1, 1]), second, places, BINS)

    assert found.shape == (2, 3, 2, BINS) and found.sum() == 8
    assert [found[0, 0, 0, 0], found[0, 1, 0, 1], found[1, 1, 1, 1], found[1, 2, 1, 0]] == [1, 1, 1, 1]


def test_a_short_training_has_no_tail() -> None:
    """Of less than two hours in a row: raw values can be had, limits cannot; JSON's null says so."""
    found = reference(drawn_rows(3_000), NAMES[:2], horizon_s=HORIZON, seed=0, draws=10)

    assert found["format"] == 2 and found["looks"] is None
    looks = found["features"][NAMES[0]]["looks"]
    assert looks.keys() == set(KEYS) and looks["sustained"] is None and looks["900"] is not None


def test_rows_that_are_few_are_no_look() -> None:
    """A symbol with a row every ten seconds has no window with half of its seconds."""
    seconds = list(range(0, 20_000, 10))
    rows = plain_rows(seconds, [0] * len(seconds), [0] * len(seconds), symbols=1)
    rows.x[:, 0] = np.random.default_rng(0).standard_normal(len(seconds))
    found = reference(rows, NAMES[:1], horizon_s=HORIZON, seed=0, draws=10)

    assert found["looks"] is None
    assert set(found["features"][NAMES[0]]["looks"].values()) == {None}
