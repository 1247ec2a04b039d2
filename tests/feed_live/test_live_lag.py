"""Lags as quantiles in bounded memory, against numpy on all of them."""

from __future__ import annotations

import numpy as np
import pytest

from connectors.feed.live.lag import Lags

MILLI = 1_000_000


def test_quantiles_are_right_within_five_per_cent() -> None:
    """For lags from one millisecond to ten seconds."""
    lags = Lags()
    drawn = np.random.default_rng(1).lognormal(4.0, 1.5, 5_000).clip(1.0, 10_000.0)
    for ms in drawn:
        lags.add(int(ms * MILLI))
    for share in (0.01, 0.5, 0.9, 0.99, 1.0):
        exact = np.quantile(drawn, share, method="inverted_cdf")
        assert exact * 0.999 <= lags.quantile_ms(share) <= exact * 1.051
    assert lags.as_dict()["most"] == pytest.approx(drawn.max(), abs=1e-5)


def test_a_clock_behind_the_exchange_shows() -> None:
    """Lags below zero are in the lowest bucket; the least one tells by how much."""
    lags = Lags()
    for ms in (-1_270, -1_200, 5):
        lags.add(ms * MILLI)
    assert lags.as_dict() == {"p50": 1.0, "p99": lags.quantile_ms(1.0), "least": -1_270.0, "most": 5.0}


def test_nothing_yet_is_null() -> None:
    """No lag is not a lag of zero."""
    assert Lags().as_dict() == {"p50": None, "p99": None, "least": None, "most": None}
